"""The nouns of production."""

from core.api.routers import router
from production.api import bill_views, order_views, task_views

router.register("bills-of-materials", bill_views.BillViewSet)
router.register("manufacturing-orders", order_views.OrderViewSet)
router.register("tasks", task_views.TaskViewSet)
