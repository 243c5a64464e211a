"""What is made for an order is that order's, from the plan to the shipment, whoever stands before it in the ranks.

Worked by hand. SO-A asks for 5 tables and ranks first, SO-B for 8. The factory makes 8 for SO-B alone.

                    on hand   reserved   A                B
    8 made          8         8          not available    in stock
    3 shipped (B)   5         5          refused          5 open
    B closed        5         0          in stock
"""

from decimal import Decimal as D

import pytest

from inventory.drafts import LineChange
from inventory.errors import InsufficientStock
from inventory.models import AllocationPin, Demand, StockBalance
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from sales.drafts import LineDraft, ShipDraft, ShipLine
from sales.drafts import OrderDraft as SaleDraft
from sales.services import customers, sales_orders
from tests.scenarios.telling import put, served, work


@pytest.fixture
def world(cast):
    put(cast, cast.tll, cast.top, 20, 5)
    recipe = [BillLineDraft(component_id=cast.top.pk, quantity_per=1)]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=recipe), now=cast.now, actor=None)
    return cast


def sell(cast, customer, quantity):
    lines = [LineDraft(item_id=cast.table.pk, quantity=quantity, unit_price=D(100))]
    draft = SaleDraft(customer_id=customer.pk, site_id=cast.tll.pk, lines=lines, need_by_on=cast.now.date())
    return sales_orders.create(draft, is_open=True, now=cast.now, actor=cast.planner)


@pytest.fixture
def orders(world):
    cast = world
    customer = customers.create(company=cast.maker, code="SHOP", actor=cast.planner)
    first, second = sell(cast, customer, 5), sell(cast, customer, 8)
    demand = Demand.objects.get(kind="sales_line", line_id=second.lines.get().pk)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=8, demand_id=demand.pk)
    made = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    manufacturing_orders.release(made.pk, now=cast.now, actor=cast.planner)
    return first, second, made


def tables(cast):
    return StockBalance.objects.values_list("quantity", "reserved").get(item=cast.table, site=cast.tll)


def ship(cast, order, quantity):
    draft = ShipDraft(lines=[ShipLine(line_id=order.lines.get().pk, quantity=quantity)])
    return sales_orders.ship(order.pk, draft, now=cast.now, actor=cast.planner)


def complete(cast, made, quantity):
    manufacturing_orders.complete(made.pk, CompletionDraft(quantity=quantity), now=cast.now, actor=cast.planner)


def test_what_is_made_for_an_order_waits_for_it_in_stock(world, orders):
    cast, (first, second, made) = world, orders
    complete(cast, made, 8)
    work(cast)
    assert tables(cast) == (8, 8)
    assert AllocationPin.objects.get().kind == "pegged"
    assert (served(first.lines.get().pk), served(second.lines.get().pk)) == ((0, "not_available"), (8, "in_stock"))

    with pytest.raises(InsufficientStock):
        ship(cast, first, 1)
    ship(cast, second, 3)
    work(cast)
    assert tables(cast) == (5, 5)

    sales_orders.close(second.pk, reason="Enough", now=cast.now, actor=cast.planner)
    work(cast)
    assert tables(cast) == (5, 0)
    assert served(first.lines.get().pk) == (5, "in_stock")
    ship(cast, first, 5)
    work(cast)


def test_taking_the_report_back_lets_it_go_and_pegs_the_order_again(world, orders):
    cast, (_, second, made) = world, orders
    complete(cast, made, 6)
    complete(cast, made, 2)
    manufacturing_orders.reverse(made.pk, now=cast.now, actor=cast.planner)
    work(cast)

    assert tables(cast) == (6, 6)
    assert served(second.lines.get().pk) == (8, "expected")


def test_a_component_made_for_an_order_is_used_by_that_one_alone(world):
    cast = world
    put(cast, cast.tll, cast.plank, 100, 1)
    recipe = [BillLineDraft(component_id=cast.plank.pk, quantity_per=2)]
    bills.create(BillDraft(item_id=cast.leg.pk, company_id=cast.maker.pk, lines=recipe), now=cast.now, actor=None)
    whole = BillDraft(
        item_id=cast.table.pk,
        site_id=cast.tll.pk,
        lines=[BillLineDraft(component_id=cast.leg.pk, quantity_per=4)],
    )
    bills.create(whole, now=cast.now, actor=None)
    above, other = (
        manufacturing_orders.create(
            OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=2), now=cast.now, actor=cast.planner
        )
        for _ in range(2)
    )
    manufacturing_orders.release_many([above.pk, other.pk], now=cast.now, actor=cast.planner)
    demand = Demand.objects.get(kind="mo_component", line_id=above.components.get().pk)
    draft = OrderDraft(item_id=cast.leg.pk, site_id=cast.tll.pk, quantity=8, demand_id=demand.pk)
    legs = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    manufacturing_orders.release(legs.pk, now=cast.now, actor=cast.planner)
    complete(cast, legs, 8)
    work(cast)

    with pytest.raises(InsufficientStock):
        complete(cast, other, 1)
    complete(cast, above, 2)
    work(cast)
    assert not AllocationPin.objects.exists()


def chain_of(line):
    demand = Demand.objects.get(kind="sales_line", line_id=line.pk)
    return demand.pk


@pytest.fixture
def line(world):
    """6 tables asked for; a table is made of 1 top, a top of 3 m of plank, and planks are bought."""
    cast = world
    lines = [BillLineDraft(component_id=cast.plank.pk, quantity_per=3)]
    bills.create(BillDraft(item_id=cast.top.pk, company_id=cast.maker.pk, lines=lines), now=cast.now, actor=None)
    customer = customers.create(company=cast.maker, code="SHOP", actor=cast.planner)
    return sell(cast, customer, 6).lines.get()


def make(cast, line, **how):
    return manufacturing_orders.make_for([chain_of(line)], **how, now=cast.now, actor=cast.planner)


def test_a_chain_is_made_once_with_the_rank_of_its_line(world, line):
    cast = world
    shown = manufacturing_orders.preview_for([chain_of(line)], now=cast.now, actor=cast.planner)
    assert [(row.level, row.item_id, row.quantity) for row in shown] == [(0, cast.table.pk, 6), (1, cast.top.pk, 6)]
    assert not ManufacturingOrder.objects.exists()

    tables, tops = make(cast, line)
    assert (tables.item_id, tables.quantity, tops.item_id, tops.quantity) == (cast.table.pk, 6, cast.top.pk, 6)
    assert {tables.priority_id, tops.priority_id} == {line.order.priority_id}
    assert (tables.chain_id, tops.chain_id) == (chain_of(line), chain_of(line))
    assert make(cast, line) == []
    work(cast)


def test_only_the_first_level_is_made_where_that_is_asked(world, line):
    (tables,) = make(world, line, is_first_level_alone=True)
    assert tables.item_id == world.table.pk

    (tops,) = make(world, line)
    assert tops.item_id == world.top.pk


def test_what_is_still_planned_is_taken_back(world, line):
    cast = world
    tables, tops = make(cast, line)
    manufacturing_orders.release(tops.pk, now=cast.now, actor=cast.planner)
    (gone,) = manufacturing_orders.unmake_for([chain_of(line)], now=cast.now, actor=cast.planner)
    assert gone.pk == tables.pk

    work(cast)
    tops.refresh_from_db()
    assert (tops.state, tops.source_id) == ("released", None)


def test_an_order_says_when_less_is_asked_for_and_when_nothing_is(world, line):
    cast = world
    tables, _ = make(cast, line)
    work(cast)
    change = LineChange(line_id=line.pk, values={"quantity": 4})
    sales_orders.edit(line.order_id, lines=[change], changes={}, expected=None, now=cast.now, actor=cast.planner)
    work(cast)
    tables.refresh_from_db()
    assert tables.review_reason == f"{line.order.number} asks for 4 only: 2 more are being made."

    sales_orders.cancel(line.order_id, now=cast.now, actor=cast.planner)
    work(cast)
    tables.refresh_from_db()
    assert tables.source_id is None
    assert tables.review_reason == f"{line.order.number} asks for it no longer: it is made to stock."
