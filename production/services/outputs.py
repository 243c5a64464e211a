"""What comes out of an order beside what it makes: by-products and co-products, with each report of finished ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from core.errors import InvalidInput, plain
from core.money import parts, round_money
from core.quantities import check_quantity, to_decimal
from inventory.choices import LocationKind, Tracking
from inventory.drafts import Deposit
from inventory.models import ItemCompany
from inventory.selectors.places import receipt_location, virtual_location
from production import rules
from production.choices import OUTPUT_KINDS, BillLineKind, OrderKind
from production.drafts import OutputDraft
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.services import lots

ZERO = Decimal(0)

_COUNT = """
UPDATE production_manufacturingordercomponent AS line SET posted_quantity = line.posted_quantity + given.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS given(id, quantity) WHERE line.id = given.id
"""


@dataclass(frozen=True)
class Beside:
    """Deposits of by-products, which go first; those of co-products, with their share of what is left, go last.

    `share` is the part of the cost that stays with what the order makes.
    """

    by_products: Sequence[Deposit]
    co_products: Sequence[tuple[Deposit, Decimal]]

    @property
    def share(self) -> Decimal:
        return max(1 - sum((share for _, share in self.co_products), ZERO), ZERO)


def take(
    order: ManufacturingOrder,
    finished: Decimal,
    *,
    given: Sequence[OutputDraft] | None = None,
    on: date,
    lot_number: str,
) -> Beside:
    """What comes out with so many finished ones more, and count it; the caller holds the order's lock.

    As `given`, else the planned share of each, the last report the rest. A by-product comes at its standard cost, which
    the order's cost falls by. One tracked by lot takes the lot number said, that of what is made, else the order's own
    number.

    :raises InvalidInput: naming each output that is wrong; for one tracked by serial number without its numbers; when
        of something taken apart nothing comes out that bears its cost.
    """
    if not getattr(order, "has_outputs", True):  # told with the lock, so that most reports ask nothing
        if given:
            raise InvalidInput(errors={"outputs.0.item": f"Nothing comes out of {order.number} beside its item."})
        return Beside([], [])
    kinds = order.components.filter(kind__in=OUTPUT_KINDS).select_related("item__unit").order_by("line_no", "pk")
    rows = list(kinds)
    told = _planned(order, rows, finished) if given is None else _given(order, rows, given)
    _count([(one.row, one.quantity) for one in told])
    costs = _standard_costs(order, [one.row for one in told])
    by_products: list[Deposit] = []
    co_products: list[tuple[Deposit, Decimal]] = []
    for one in told:
        amount = round_money(costs.get(one.row.item_id, ZERO) * one.quantity, order.company.currency)
        deposits = _deposits(order, one, amount, on, lot_number)
        if one.row.kind == BillLineKind.BY_PRODUCT:
            by_products += deposits
        else:
            co_products += [(deposit, one.row.cost_share / len(deposits)) for deposit in deposits]
    return Beside(by_products, _whole(order, co_products))


def _planned(
    order: ManufacturingOrder, rows: Sequence[ManufacturingOrderComponent], finished: Decimal
) -> list["_Told"]:
    completed = order.posted_quantity + finished
    shares = [_Told(row, _share(row, order, completed), place) for place, row in enumerate(rows)]
    return [one for one in shares if one.quantity > 0]


def _given(
    order: ManufacturingOrder, rows: Sequence[ManufacturingOrderComponent], given: Sequence[OutputDraft]
) -> list["_Told"]:
    by_item = {row.item_id: row for row in rows}
    told, errors = [], {}
    for place, draft in enumerate(given):
        row = by_item.pop(draft.item_id, None)
        if row is None:
            errors[f"outputs.{place}.item"] = f"It does not come out of {order.number}, or is named twice."
            continue
        unit, field = row.item.unit, f"outputs.{place}.quantity"
        quantity = to_decimal(draft.quantity, field=field)
        if quantity:
            check_quantity(quantity, decimals=unit.decimals, unit=unit.code, field=field)
            told.append(_Told(row, quantity, place, draft.lot_number.strip(), tuple(draft.serial_numbers)))
    if errors:
        raise InvalidInput(errors=errors)
    return told


@dataclass(frozen=True)
class _Told:
    """How much of an output came, and the numbers it has; `place` is where the caller said so."""

    row: ManufacturingOrderComponent
    quantity: Decimal
    place: int
    lot_number: str = ""
    serial_numbers: Sequence[str] = ()


def _whole(
    order: ManufacturingOrder, co_products: Sequence[tuple[Deposit, Decimal]]
) -> Sequence[tuple[Deposit, Decimal]]:
    """Of something taken apart the co-products that come bear all of its cost, in proportion to their shares."""
    if order.kind != OrderKind.DISASSEMBLY:
        return co_products
    total = sum((share for _, share in co_products), ZERO)
    if not total:
        text = f"No co-product of {order.number} comes out with this: report more at once, or what really came out."
        raise InvalidInput(errors={"quantity": text})
    return [(deposit, share / total) for deposit, share in co_products]


def _share(row: ManufacturingOrderComponent, order: ManufacturingOrder, completed: Decimal) -> Decimal:
    return rules.planned_share(
        use=rules.Use(row.quantity, row.posted_quantity),
        ordered=order.quantity,
        completed=completed,
        decimals=row.item.unit.decimals,
    )


def _deposits(order: ManufacturingOrder, one: _Told, amount: Decimal, on: date, lot_number: str) -> list[Deposit]:
    """One, or for each serial number one; a by-product's amount is shared out to the last cent."""
    row = one.row
    numbers = _numbers(order, one, lot_number)
    lot_ids: Sequence[int | None] = lots.take(order, numbers, item_id=row.item_id, began_on=on, expires_on=None) or [
        None
    ]
    amounts = parts(amount, len(lot_ids), order.company.currency)
    return [
        Deposit(
            item_id=row.item_id,
            quantity=one.quantity / len(lot_ids),
            site_id=order.site_id,
            location_id=receipt_location(row.item_id, order.site_id, order.company_id),
            owner_id=order.company_id,
            from_location_id=virtual_location(order.site_id, LocationKind.PRODUCTION),
            lot_id=lot_id,
            amount=part if row.kind == BillLineKind.BY_PRODUCT else None,
            line_id=row.pk,
        )
        for lot_id, part in zip(lot_ids, amounts, strict=True)
    ]


def _numbers(order: ManufacturingOrder, one: _Told, lot_number: str) -> list[str]:
    item = one.row.item
    if item.tracking == Tracking.LOT:
        return [one.lot_number or lot_number or order.number]
    if item.tracking == Tracking.NONE:
        return []
    numbers = [number.strip() for number in one.serial_numbers]
    if len(numbers) != one.quantity or len({number.lower() for number in numbers}) < len(numbers) or "" in numbers:
        text = f"{item.sku} comes out of {order.number}; name {plain(one.quantity)} different serial numbers of it."
        raise InvalidInput(errors={f"outputs.{one.place}.serial_numbers": text})
    return numbers


def _count(rows: Sequence[tuple[ManufacturingOrderComponent, Decimal]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [[row.pk for row, _ in rows], [quantity for _, quantity in rows]])


def _standard_costs(order: ManufacturingOrder, rows: Sequence[ManufacturingOrderComponent]) -> dict[int, Decimal]:
    wanted = [row.item_id for row in rows if row.kind == BillLineKind.BY_PRODUCT]
    if not wanted:
        return {}
    known = ItemCompany.objects.filter(item_id__in=wanted, company_id=order.company_id, standard_cost__isnull=False)
    return {item_id: cost for item_id, cost in known.values_list("item_id", "standard_cost") if cost is not None}
