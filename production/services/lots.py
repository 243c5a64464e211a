"""The lots that completions make."""

from collections.abc import Sequence
from datetime import date

from inventory.choices import DocumentKind
from inventory.models import Lot
from production.models import ManufacturingOrder


def take(
    order: ManufacturingOrder,
    numbers: Sequence[str],
    *,
    item_id: int | None = None,
    began_on: date,
    expires_on: date | None,
) -> list[int]:
    """The ids of the made item's lots with these numbers, of the order's company as maker, made where missing.

    `item_id` names another item that comes out.

    One that is there already is added to and keeps its dates. Safe against another transaction that makes the same.
    """
    if not numbers:
        return []
    item_id = item_id or order.item_id
    Lot.objects.bulk_create(
        [
            Lot(
                item_id=item_id,
                issuer_id=order.company_id,
                number=number,
                began_on=began_on,
                expires_on=expires_on,
                source_kind=DocumentKind.MANUFACTURING_ORDER,
                source_id=order.pk,
            )
            for number in sorted(numbers)
        ],
        ignore_conflicts=True,
    )
    wanted = {number.lower() for number in numbers}
    rows = Lot.objects.extra(where=["lower(number) = ANY(%s)"], params=[sorted(wanted)])  # uses the unique index
    ids = {
        number.lower(): lot_id
        for number, lot_id in rows.filter(item_id=item_id, issuer_id=order.company_id).values_list("number", "id")
    }
    return [ids[number.lower()] for number in numbers]
