"""Another item is used for a component, as the recipe allows: the need goes over to it."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from production.models import BillOfMaterialsSubstitute, ManufacturingOrderComponent

ZERO = Decimal(0)


def allowed(
    parts: Sequence[ManufacturingOrderComponent], item_ids: Sequence[int]
) -> dict[int, tuple[ManufacturingOrderComponent, Decimal]]:
    """For each of the items the component that it may stand for, and its factor: the preferred one first; one query."""
    by_line = {part.bill_line_id: part for part in parts if part.bill_line_id is not None}
    if not by_line or not item_ids:
        return {}
    rows = BillOfMaterialsSubstitute.objects.filter(line__in=list(by_line), item__in=list(item_ids))
    found: dict[int, tuple[ManufacturingOrderComponent, Decimal]] = {}
    for line_id, item_id, factor in rows.order_by("preference", "pk").values_list("line_id", "item_id", "factor"):
        found.setdefault(item_id, (by_line[line_id], factor))
    return found


def hand_over(
    component: ManufacturingOrderComponent, other: ManufacturingOrderComponent, quantity: Decimal, factor: Decimal
) -> None:
    """Let `other` (unsaved, of another item) need what is used of it, as far as the component still needs it.

    `factor` of the other stand for one of the component; what that leaves of a whole unit stays needed. The plan's
    cost goes along, so that another price shows as a difference. The component is written; the caller holds the
    order's lock.
    """
    left = max(component.quantity - component.posted_quantity, ZERO)
    needed = min(quantity, left * factor)
    step = Decimal(1).scaleb(-component.item.unit.decimals)
    freed = left if needed == left * factor else (needed / factor).quantize(step, rounding=ROUND_DOWN)
    other.quantity = other.ordered_quantity = needed
    other.bill_line_id = component.bill_line_id
    other.planned_unit_cost = (component.planned_unit_cost / factor).quantize(Decimal("0.00000001"))
    component.quantity -= freed
    component.ordered_quantity = component.quantity
    component.save(update_fields=["quantity", "ordered_quantity"])
