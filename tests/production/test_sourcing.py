"""Orders made for a demand, and what becomes of them when nobody asks any more."""

from decimal import Decimal

import pytest

from core import drainer, handlers
from core.models import Event, OutboxEvent
from inventory.models import Allocation, Demand, Priority, StockLevel, Supply
from production.drafts import OrderDraft
from production.models import ManufacturingOrder
from production.services import manufacturing_orders
from sales.drafts import LineChange, LineDraft
from sales.drafts import OrderDraft as SellDraft
from sales.models import SalesOrder
from sales.services import customers, sales_orders
from tests.production.conftest import supply_of


@pytest.fixture
def sold(cast) -> SalesOrder:
    """An open order for 10 tables."""
    customer = customers.create(company=cast.maker, code="C-1", name="Harbor Dining", actor=cast.planner)
    draft = SellDraft(
        customer_id=customer.pk, site_id=cast.tll.pk, lines=[LineDraft(item_id=cast.table.pk, quantity=10)]
    )
    order = sales_orders.create(draft, now=cast.now, actor=cast.planner)
    return sales_orders.open(order.pk, now=cast.now, actor=cast.planner)


@pytest.fixture
def chain(cast, sold, make_order, make_bill) -> tuple[ManufacturingOrder, ManufacturingOrder]:
    """The order that makes these tables, and the one that makes their tops."""
    make_bill(cast.top, (cast.plank, "1.5"))
    tables = make_order(10, demand_id=Demand.objects.get(document_id=sold.pk, kind="sales_line").pk)
    asked = Demand.objects.get(document_id=tables.pk, kind="mo_component", item=cast.top)
    draft = OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=10, demand_id=asked.pk)
    return tables, manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)


def work(cast) -> None:
    drainer.drain(now=lambda: cast.now)
    assert not OutboxEvent.objects.exclude(error="").exists()


def end(cast, sold, how) -> None:
    at = {"now": cast.now, "actor": cast.planner}
    {
        "canceled": lambda: sales_orders.cancel(sold.pk, **at),
        "closed": lambda: sales_orders.close(sold.pk, reason="Fair is off", **at),
        "lines_closed": lambda: sales_orders.close(sold.pk, reason="Fair is off", line_ids=[sold.lines.get().pk], **at),
    }[how]()


@pytest.mark.parametrize("how", ["canceled", "closed", "lines_closed"])
def test_what_was_made_for_a_line_that_ends_is_made_to_stock(cast, sold, chain, how, assert_sound):
    tables, tops = chain
    place = tables.priority_id

    end(cast, sold, how)
    work(cast)

    for order in chain:
        order.refresh_from_db()
    assert (tables.source_kind, tables.source_id, tables.chain_id) == ("", None, None)
    assert tables.priority_id != place
    assert Priority.objects.get(pk=tables.priority_id).closed_at is None
    supply = supply_of(tables)
    assert (supply.pegged_demand_id, supply.chain_id) == (None, None)
    asked = Demand.objects.get(kind="mo_component", item=cast.top)
    assert (asked.chain_id, asked.priority_id) == (None, tables.priority_id)
    assert (tops.source_id, tops.chain_id, tops.priority_id) == (asked.line_id, asked.pk, tables.priority_id)
    assert supply_of(tops).pegged_demand_id == asked.pk
    assert Demand.objects.get(document_id=tops.pk).chain_id == asked.pk
    event = Event.objects.get(kind="manufacturing_order.made_to_stock")
    assert event.payload["documents"][0][:2] == ["manufacturing_order", tables.pk]
    assert_sound()


def test_it_serves_whoever_asks_next(cast, sold, chain):
    end(cast, sold, "canceled")
    work(cast)
    draft = SellDraft(
        customer_id=sold.customer_id, site_id=cast.tll.pk, lines=[LineDraft(item_id=cast.table.pk, quantity=4)]
    )
    other = sales_orders.create(draft, now=cast.now, actor=cast.planner)
    sales_orders.open(other.pk, now=cast.now, actor=cast.planner)
    work(cast)

    served = Allocation.objects.get(demand_id=Demand.objects.get(document_id=other.pk).pk)
    assert (served.availability, StockLevel.objects.get(item=cast.table).expected) == ("expected", Decimal(10))


def test_a_line_that_is_open_keeps_what_is_made_for_it(cast, sold, chain):
    change = LineChange(line_id=sold.lines.get().pk, values={"quantity": 6})
    sales_orders.edit(sold.pk, lines=[change], now=cast.now, actor=cast.planner)
    work(cast)

    assert supply_of(chain[0]).pegged_demand_id is not None
    assert manufacturing_orders.make_to_stock(chain[0].pk, now=cast.now) is None
    assert not Event.objects.filter(kind="manufacturing_order.made_to_stock").exists()


def test_twice_changes_nothing_the_second_time(cast, sold, chain):
    end(cast, sold, "canceled")
    work(cast)
    before = list(Supply.objects.order_by("pk").values()), list(ManufacturingOrder.objects.order_by("pk").values())

    event = Event.objects.get(kind="sales_order.canceled")
    handlers.get("made_to_order").function([(event.pk,)], now=cast.now)

    assert before == (
        list(Supply.objects.order_by("pk").values()),
        list(ManufacturingOrder.objects.order_by("pk").values()),
    )
