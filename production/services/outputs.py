"""What comes out of an order beside what it makes: by-products and co-products, with each report of finished ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from core.errors import InvalidInput
from core.money import round_money
from inventory.choices import LocationKind, Tracking
from inventory.drafts import Deposit
from inventory.models import ItemCompany
from inventory.selectors.places import receipt_location, virtual_location
from production import rules
from production.choices import OUTPUT_KINDS, BillLineKind
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
        return 1 - sum((share for _, share in self.co_products), ZERO)


def take(order: ManufacturingOrder, finished: Decimal, *, on: date, lot_number: str) -> Beside:
    """What comes out with so many finished ones more, and count it; the caller holds the order's lock.

    The planned share of each, the last report the rest. A by-product comes at its standard cost, which the order's
    cost falls by. One tracked by lot takes the lot number of what is made, else the order's own number.

    :raises InvalidInput: for one tracked by serial number.
    """
    if not getattr(order, "has_outputs", True):  # told with the lock, so that most reports ask nothing
        return Beside([], [])
    rows = order.components.filter(kind__in=OUTPUT_KINDS).select_related("item__unit").order_by("line_no", "pk")
    completed = order.posted_quantity + finished
    shares = [(row, _share(row, order, completed)) for row in rows]
    _count([(row, quantity) for row, quantity in shares if quantity > 0])
    costs = _standard_costs(order, [row for row, _ in shares])
    by_products, co_products = [], []
    for row, quantity in shares:
        is_by_product = row.kind == BillLineKind.BY_PRODUCT
        if quantity > 0:
            amount = round_money(costs.get(row.item_id, ZERO) * quantity, order.company.currency)
            deposit = _deposit(order, row, quantity, amount if is_by_product else None, on, lot_number)
            if is_by_product:
                by_products.append(deposit)
            else:
                co_products.append((deposit, row.cost_share))
    return Beside(by_products, co_products)


def _share(row: ManufacturingOrderComponent, order: ManufacturingOrder, completed: Decimal) -> Decimal:
    return rules.planned_share(
        use=rules.Use(row.quantity, row.posted_quantity),
        ordered=order.quantity,
        completed=completed,
        decimals=row.item.unit.decimals,
    )


def _deposit(
    order: ManufacturingOrder,
    row: ManufacturingOrderComponent,
    quantity: Decimal,
    amount: Decimal | None,
    on: date,
    lot_number: str,
) -> Deposit:
    if row.item.tracking == Tracking.SERIAL:
        text = f"{row.item.sku} comes out of {order.number} and is tracked by serial number, which can't be named here."
        raise InvalidInput(errors={"quantity": text})
    numbers = [lot_number or order.number] if row.item.tracking == Tracking.LOT else []
    found = lots.take(order, numbers, item_id=row.item_id, began_on=on, expires_on=None)
    return Deposit(
        item_id=row.item_id,
        quantity=quantity,
        site_id=order.site_id,
        location_id=receipt_location(row.item_id, order.site_id, order.company_id),
        owner_id=order.company_id,
        from_location_id=virtual_location(order.site_id, LocationKind.PRODUCTION),
        lot_id=found[0] if found else None,
        amount=amount,
        line_id=row.pk,
    )


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
