"""The nouns of quality."""

from core.api.routers import router
from quality.api import views

router.register("quality-plans", views.PlanViewSet)
router.register("quality-checks", views.CheckViewSet)
