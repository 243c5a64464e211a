"""The nouns of production."""

from core.api.routers import router
from production.api import (
    attachment_views,
    bill_views,
    master_views,
    order_views,
    routing_views,
    supply_flow_views,
    task_views,
)

router.register("bills-of-materials", bill_views.BillViewSet)
router.register("manufacturing-orders", order_views.OrderViewSet)
router.register("tasks", task_views.TaskViewSet)
router.register("attachments", attachment_views.AttachmentViewSet)
router.register("supply-flow", supply_flow_views.SupplyFlowViewSet)

for noun, view in {
    "work-centers": master_views.WorkCenterViewSet,
    "skills": master_views.SkillViewSet,
    "tools": master_views.ToolViewSet,
    "reasons": master_views.ReasonViewSet,
    "teams": master_views.TeamViewSet,
    "operators": master_views.OperatorViewSet,
    "routings": routing_views.RoutingViewSet,
}.items():
    router.register(noun, view)
