"""Recipes, routings and the orders that follow them."""

from production.models.bills import BillOfMaterials, BillOfMaterialsLine, BillOfMaterialsSubstitute
from production.models.completions import Completion
from production.models.orders import ManufacturingOrder, ManufacturingOrderComponent
from production.models.routings import Operation, OperationAlternative, OperationInstruction, Routing
from production.models.tasks import Task, TaskEvent
from production.models.work_centers import Attachment, Operator, Reason, Skill, Team, Tool, WorkCenter

__all__ = [
    "Attachment",
    "BillOfMaterials",
    "BillOfMaterialsLine",
    "BillOfMaterialsSubstitute",
    "Completion",
    "ManufacturingOrder",
    "ManufacturingOrderComponent",
    "Operation",
    "OperationAlternative",
    "OperationInstruction",
    "Operator",
    "Reason",
    "Routing",
    "Skill",
    "Task",
    "TaskEvent",
    "Team",
    "Tool",
    "WorkCenter",
]
