"""What the tests of production share."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core import invariants
from inventory.models import CostPool, Demand, StockBalance, Supply
from inventory.services.adjustments import AdjustmentLine, adjust
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import BillOfMaterials, ManufacturingOrder
from production.services import bills, manufacturing_orders
from tests.cast import Cast


@pytest.fixture
def stock(cast: Cast) -> Callable[..., Any]:
    """Puts so many of an item on hand at a site (TLL), at a unit cost (10)."""

    def put(item: Any, quantity: Any, *, site: Any = None, cost: Any = "10", owner: Any = None, lot: Any = None) -> Any:
        line = AdjustmentLine(
            item_id=item.pk, quantity=Decimal(quantity), unit_cost=Decimal(cost), lot_id=lot and lot.pk
        )
        return adjust(
            site_id=(site or cast.tll).pk,
            reason="Opening stock",
            owner_id=owner and owner.pk,
            lines=[line],
            now=cast.now,
            actor=None,
        )

    return put


@pytest.fixture
def make_bill(cast: Cast) -> Callable[..., BillOfMaterials]:
    """A bill of Nordwood: `make_bill(item, (component, quantity per), …)`; a third part holds more of the line."""

    def make(item: Any, *lines: tuple, **changes: Any) -> BillOfMaterials:
        drafts = [
            BillLineDraft(component_id=line[0].pk, quantity_per=line[1], **(line[2] if len(line) > 2 else {}))
            for line in lines
        ]
        draft = BillDraft(item_id=item.pk, lines=drafts, **({"company_id": cast.maker.pk} | changes))
        return bills.create(draft, now=cast.now, actor=cast.planner)

    return make


@pytest.fixture
def table_bill(cast: Cast, make_bill: Callable[..., BillOfMaterials]) -> BillOfMaterials:
    """A TABLE is 1 TOP and 4 LEG."""
    return make_bill(cast.table, (cast.top, 1), (cast.leg, 4))


@pytest.fixture
def make_order(cast: Cast, table_bill: BillOfMaterials) -> Callable[..., ManufacturingOrder]:
    """An order for so many tables at TLL, released unless said otherwise."""

    def make(quantity: Any = 10, *, is_released: bool = True, **changes: Any) -> ManufacturingOrder:
        given = {"item_id": cast.table.pk, "site_id": cast.tll.pk, "quantity": quantity, "due_on": None} | changes
        order = manufacturing_orders.create(OrderDraft(**given), now=cast.now, actor=cast.planner)
        if is_released:
            order = manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
        return order

    return make


@pytest.fixture
def complete(cast: Cast) -> Callable[..., Any]:
    """Reports so many good ones of an order: `complete(order, 4, components=[…])`."""

    def report(order: ManufacturingOrder, quantity: Any, **said: Any) -> Any:
        draft = CompletionDraft(quantity=quantity, **said)
        return manufacturing_orders.complete(order.pk, draft, now=cast.now, actor=cast.planner)

    return report


def on_hand(item: Any, site: Any) -> Decimal:
    """What stands in the balances of an item at a site."""
    return sum(StockBalance.objects.filter(item=item, site=site).values_list("quantity", flat=True), Decimal(0))


def pool_value(kind: str, item: Any, **where: Any) -> Decimal:
    """The value in a cost pool, 0 without one."""
    return sum(CostPool.objects.filter(kind=kind, item=item, **where).values_list("value", flat=True), Decimal(0))


def demand_of(order: ManufacturingOrder) -> dict[str, Decimal]:
    """Open component demand of an order by SKU."""
    rows = Demand.objects.filter(document_kind="manufacturing_order", document_id=order.pk, closed_at=None)
    return {row.item.sku: row.open_quantity for row in rows.select_related("item")}


def supply_of(order: ManufacturingOrder) -> Supply:
    """The order's row in the supply register."""
    return Supply.objects.get(kind="mo_output", line_id=order.pk)


@pytest.fixture(autouse=True)
def _invariants_hold(request: pytest.FixtureRequest) -> Any:
    """Whatever a test of production does, its invariants hold afterwards."""
    if "cast" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")  # so that this looks before the test's transaction is undone
    yield
    names = [name for name in invariants.names() if "levels" not in name and "allocation" not in name]
    assert [outcome for outcome in invariants.check(names) if not outcome.is_ok] == []
