"""Taking shipments back, closing short, canceling."""

import pytest

from core.errors import InvalidInput, WrongState
from inventory.errors import AlreadyReversed
from inventory.models import CostPool, Demand, Posting, StockBalance
from inventory.selectors.ranks import positions
from inventory.services import undo
from sales.drafts import ShipDraft, ShipLine
from sales.errors import NothingOpen, NothingToReverse
from sales.models import SalesOrder, SalesOrderLine, Shipment
from sales.services import sales_orders


def ship(cast, order, quantity):
    draft = ShipDraft(lines=[ShipLine(line_id=order.lines.first().pk, quantity=quantity)])
    return sales_orders.ship(order.pk, draft, now=cast.now, actor=cast.planner)


def reverse(cast, order, **options):
    return sales_orders.reverse(order.pk, now=cast.now, actor=cast.planner, **options)


def quantities(order):
    line = order.lines.get()
    return line.posted_quantity, line.closed_quantity, line.open_quantity


def test_the_latest_shipment_comes_back_with_its_value(cast, stock, make_order, assert_sound):
    stock(cast.table, 5, cost="10")
    order = make_order((cast.table, 5))
    ship(cast, order, 2)
    second = ship(cast, order, 3)

    taken_back = reverse(cast, order, reason="Wrong address")

    assert taken_back.shipment.pk == second.shipment.pk
    assert (taken_back.order.state, taken_back.order.shipped_at) == ("partly_shipped", None)
    assert quantities(order) == (2, 0, 3)
    assert (StockBalance.objects.get().quantity, CostPool.objects.get().value) == (3, 30)
    demand = Demand.objects.get()
    assert (demand.open_quantity, demand.closed_at, demand.priority_id) == (3, None, order.priority_id)
    assert Posting.objects.get(reverses=second.shipment.posting_id).reason == "Wrong address"

    assert reverse(cast, order).order.state == "open"
    assert quantities(order) == (0, 0, 5)
    with pytest.raises(WrongState):
        reverse(cast, order)
    assert_sound()


def test_a_posting_reversed_by_itself_takes_the_shipment_along(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    first = ship(cast, order, 2)
    ship(cast, order, 3)

    undo.reverse_posting(first.shipment.posting_id, now=cast.now, actor=cast.planner)

    assert (SalesOrder.objects.get(pk=order.pk).state, quantities(order)) == ("partly_shipped", (3, 0, 2))
    assert Shipment.objects.get(pk=first.shipment.pk).reversed_at == cast.now
    with pytest.raises(AlreadyReversed):
        undo.reverse_posting(first.shipment.posting_id, now=cast.now, actor=cast.planner)
    assert_sound()


def test_what_comes_back_of_a_closed_order_is_open_again(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    ship(cast, order, 3)
    sales_orders.close(order.pk, reason="Enough", now=cast.now, actor=cast.planner)

    assert reverse(cast, order).order.state == "open"
    assert quantities(order) == (0, 2, 3)
    assert Demand.objects.get().open_quantity == 3
    assert_sound()


def test_the_rest_of_an_order_is_closed_short_with_a_reason(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    ship(cast, order, 2)

    with pytest.raises(InvalidInput, match="reason"):
        sales_orders.close(order.pk, now=cast.now, actor=cast.planner)
    assert quantities(order) == (2, 0, 3)
    closed = sales_orders.close(order.pk, reason="He has enough", now=cast.now, actor=cast.planner)

    assert (closed.state, closed.close_reason) == ("closed", "He has enough")
    assert quantities(order) == (2, 3, 0)
    assert Demand.objects.get().closed_at is not None
    with pytest.raises(WrongState):
        ship(cast, order, 1)
    assert_sound()


def test_a_shipped_order_is_closed_without_a_reason(cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    ship(cast, order, 5)

    assert sales_orders.close(order.pk, now=cast.now, actor=cast.planner).state == "closed"


def test_lines_are_closed_by_themselves_and_the_state_follows(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5), (cast.leg, 4))
    table, leg = order.lines.order_by("line_no")
    close = {"reason": "Sold out", "now": cast.now, "actor": cast.planner}

    assert sales_orders.close(order.pk, line_ids=[leg.pk], **close).state == "open"
    assert SalesOrderLine.objects.get(pk=leg.pk).close_reason == "Sold out"
    with pytest.raises(NothingOpen, match="line 2"):
        sales_orders.close(order.pk, line_ids=[leg.pk], **close)
    with pytest.raises(InvalidInput, match=r"lines\.1"):
        sales_orders.close(order.pk, line_ids=[table.pk, 10**9], **close)

    ship(cast, order, 5)
    assert SalesOrder.objects.get(pk=order.pk).state == "shipped"
    assert_sound()


def test_an_order_that_shipped_nothing_is_canceled(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    ship(cast, order, 1)
    with pytest.raises(WrongState, match="partly shipped"):
        sales_orders.cancel(order.pk, now=cast.now, actor=cast.planner)
    reverse(cast, order)

    canceled = sales_orders.cancel(order.pk, reason="Changed his mind", now=cast.now, actor=cast.planner)

    assert (canceled.state, quantities(order)) == ("canceled", (0, 5, 0))
    assert not Demand.objects.filter(closed_at=None).exists()
    assert_sound()


def test_an_order_that_ended_leaves_the_ranks_until_it_is_open_again(cast, stock, make_order, assert_sound):
    stock(cast.table, 10)
    first, second = make_order((cast.table, 5)), make_order((cast.table, 5))
    both = [first.priority_id, second.priority_id]

    ship(cast, first, 5)
    assert positions(both) == {second.priority_id: 1}
    assert_sound()
    reverse(cast, first)
    assert positions(both) == {first.priority_id: 1, second.priority_id: 2}

    sales_orders.cancel(first.pk, now=cast.now, actor=cast.planner)
    assert positions(both) == {second.priority_id: 1}
    assert_sound()


def test_a_canceled_quote_ends_its_demand(cast, make_order, assert_sound):
    quote = make_order((cast.table, 5), is_open=False)

    assert sales_orders.cancel(quote.pk, now=cast.now, actor=cast.planner).state == "canceled"
    assert not Demand.objects.filter(closed_at=None).exists()
    assert_sound()


def test_nothing_to_reverse_where_no_shipment_stands(cast, make_order):
    order = make_order((cast.table, 5))
    SalesOrder.objects.filter(pk=order.pk).update(state="shipped")

    with pytest.raises(NothingToReverse):
        reverse(cast, order)
