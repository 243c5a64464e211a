"""The nouns of the shop floor."""

from core.api.routers import router
from floor.api import views

router.register("devices", views.DeviceViewSet)
router.register("floor-commands", views.FloorCommandViewSet)
