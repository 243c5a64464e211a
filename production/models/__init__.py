"""Recipes and the orders that follow them."""

from production.models.bills import BillOfMaterials, BillOfMaterialsLine
from production.models.completions import Completion
from production.models.orders import ManufacturingOrder, ManufacturingOrderComponent

__all__ = [
    "BillOfMaterials",
    "BillOfMaterialsLine",
    "Completion",
    "ManufacturingOrder",
    "ManufacturingOrderComponent",
]
