"""What a change of a recipe or routing touches: the open orders that follow it, and lines that name no operation."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Count

from production.models import BillOfMaterials, BillOfMaterialsLine, ManufacturingOrder, Operation
from production.rules import OPEN_STATES
from production.selectors.bills import BillKey
from production.selectors.routings import closest_routings


def open_orders_of_bills(bill_ids: Collection[int]) -> dict[int, int]:
    """How many open orders follow each bill; those without are left out."""
    return _counted("bill_id", bill_ids)


def open_orders_of_routings(routing_ids: Collection[int]) -> dict[int, int]:
    """How many open orders follow each routing; those without are left out."""
    return _counted("routing_id", routing_ids)


def bill_warnings(bills: Sequence[BillOfMaterials], *, on: date) -> dict[int, list[str]]:
    """For each bill with such lines, the lines whose operation the closest routing on a date doesn't have.

    These are used at the first operation. Four queries for any number of bills.
    """
    named = BillOfMaterialsLine.objects.filter(bill__in=[bill.pk for bill in bills]).exclude(operation_number=None)
    lines = list(named.order_by("bill_id", "line_no").values_list("bill_id", "line_no", "operation_number"))
    if not lines:
        return {}
    keys = {bill.pk: BillKey(bill.item_id, bill.site_id, bill.company_id, on) for bill in bills}
    followed = closest_routings(keys.values())
    there = set(
        Operation.objects.filter(routing__in=[routing.pk for routing in followed.values()]).values_list(
            "routing_id", "number"
        )
    )
    found: dict[int, list[str]] = {}
    for bill_id, line_no, number in lines:
        routing = followed.get(keys[bill_id])
        if routing is None or (routing.pk, number) not in there:
            text = f"Line {line_no}: there is no operation {number}; it is used at the first."
            found.setdefault(bill_id, []).append(text)
    return found


def _counted(column: str, ids: Collection[int]) -> dict[int, int]:
    rows = ManufacturingOrder.objects.filter(**{f"{column}__in": list(ids)}, state__in=OPEN_STATES)
    return dict(rows.order_by().values_list(column).annotate(count=Count("pk")))
