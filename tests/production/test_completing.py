"""Completions in detail: lots, serial numbers, consigned components, calendars, and how many statements it takes."""

from datetime import date, time, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidInput
from inventory.errors import LotBlocked
from inventory.models import CostPool, Item, Lot, StockBalance
from inventory.services import agreements
from inventory.services.agreements import Term
from production.choices import ManufacturingOrderState as State
from production.drafts import ComponentUse, OrderDraft
from production.services import bills, manufacturing_orders
from sites.services import calendars
from sites.services import sites as site_services
from tests.production.conftest import demand_of, on_hand, pool_value


def lots_of(item, site):
    rows = StockBalance.objects.filter(item=item, site=site, quantity__gt=0)
    return dict(rows.values_list("lot__number", "quantity"))


def track(item, tracking):
    item.tracking = tracking
    item.save(update_fields=["tracking"])


def test_a_tracked_item_needs_a_lot(cast, make_order, complete):
    track(cast.table, "lot")
    order = make_order(4)

    with pytest.raises(InvalidInput, match="TABLE is tracked by lot; name the lot"):
        complete(order, 2, components=[])
    complete(order, 2, components=[], lot_number="B-1", expires_on=date(2027, 1, 1))
    complete(order, 2, components=[], lot_number="b-1")

    assert lots_of(cast.table, cast.tll) == {"B-1": 4}
    lot = Lot.objects.get(number="B-1")
    assert (lot.issuer, lot.began_on, lot.expires_on) == (cast.maker, date(2026, 11, 23), date(2027, 1, 1))


def test_the_order_s_lot_is_taken_where_none_is_named(cast, make_order, complete):
    track(cast.table, "lot")
    complete(make_order(4, lot_number="A-7"), 4, components=[])

    assert lots_of(cast.table, cast.tll) == {"A-7": 4}


def test_each_serial_number_is_one_and_takes_its_part_of_the_cost(cast, make_order, stock, complete):
    """3 for 100: 33.33, 33.34 of the rest, 33.33; together all of it."""
    stock(cast.top, 3, cost="33.333333")
    track(cast.table, "serial")
    order = make_order(3)
    used = [ComponentUse(item_id=cast.top.pk, quantity=3)]

    for wrong in ([], ["S1", "S2"], ["S1", "s1", "S2"]):
        with pytest.raises(InvalidInput, match="name 3 different ones"):
            complete(order, 3, components=used, serial_numbers=wrong)
    done = complete(order, 3, components=used, serial_numbers=["S1", "S2", "S3"])

    assert lots_of(cast.table, cast.tll) == {"S1": 1, "S2": 1, "S3": 1}
    assert [move.amount for move in done.posted.moves if move.item_id == cast.table.pk] == [
        D("33.33"),
        D("33.34"),
        D("33.33"),
    ]
    assert pool_value("stock", cast.table) == 100
    assert pool_value("mo", cast.table) == 0


def test_a_serial_number_is_completed_once(cast, make_order, complete):
    track(cast.table, "serial")
    order = make_order(3)
    complete(order, 1, components=[], serial_numbers=["S1"])

    with pytest.raises(InvalidInput, match="S1 of TABLE is in stock already"):
        complete(order, 1, components=[], serial_numbers=["s1"])

    assert lots_of(cast.table, cast.tll) == {"S1": 1}


def test_an_untracked_item_takes_no_lot(cast, make_order, complete):
    with pytest.raises(InvalidInput, match="not tracked"):
        complete(make_order(1), 1, components=[], lot_number="B-1")


@pytest.fixture
def glue(cast, make_order, stock):
    """An order of which 3 GLUE are a component, tracked by lot: 5 of OLD, 5 of NEW."""
    item = Item.objects.create(sku="GLUE", name="Glue", unit=cast.pcs, tracking="lot")
    for number, month in (("OLD", 1), ("NEW", 6)):
        lot = Lot.objects.create(item=item, number=number, began_on=date(2026, month, 1))
        stock(item, 5, lot=lot)
    return item


def test_the_oldest_lot_of_a_component_is_used_first_unless_one_is_named(cast, glue, make_order, complete):
    order = make_order(10)

    complete(order, 1, components=[ComponentUse(item_id=glue.pk, quantity=3)])
    assert lots_of(glue, cast.tll) == {"OLD": 2, "NEW": 5}

    new = Lot.objects.get(number="NEW")
    complete(order, 1, components=[ComponentUse(item_id=glue.pk, quantity=3, lot_id=new.pk)])
    assert lots_of(glue, cast.tll) == {"OLD": 2, "NEW": 2}


def test_a_held_lot_is_not_used(cast, glue, make_order, complete):
    old = Lot.objects.get(number="OLD")
    old.state = "held"
    old.save(update_fields=["state"])
    order = make_order(10)

    with pytest.raises(LotBlocked, match="OLD is blocked"):
        complete(order, 1, components=[ComponentUse(item_id=glue.pk, quantity=1, lot_id=old.pk)])
    complete(order, 1, components=[ComponentUse(item_id=glue.pk, quantity=1)])
    assert lots_of(glue, cast.tll) == {"OLD": 5, "NEW": 4}


def test_consigned_components_become_ours_as_they_are_used(cast, make_order, stock, complete):
    """4 legs of our own at 5 and 8 of Saeveski's at its cost of 2, sold at 3: a table takes 4 and 4."""
    term = Term(valid_from_on=date(2026, 1, 1), unit_price=D(3), currency="EUR")
    agreements.start(owner=cast.supplier, site=cast.tll, used_by=cast.maker, term=term, now=cast.now, actor=None)
    stock(cast.top, 2, cost="20")
    stock(cast.leg, 4, cost="5")
    stock(cast.leg, 8, cost="2", owner=cast.supplier)
    order = make_order(2)

    complete(order, 2)

    assert pool_value("stock", cast.table) == 2 * 20 + 4 * 5 + 4 * 3
    assert CostPool.objects.get(item=cast.leg, owner=cast.supplier).value == 8
    assert order.components.get(item=cast.leg).posted_quantity == 8

    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert order.components.get(item=cast.leg).posted_quantity == 0
    assert CostPool.objects.get(item=cast.leg, owner=cast.supplier).value == 16
    owners = StockBalance.objects.filter(item=cast.leg, quantity__gt=0).values_list("owner__code", "quantity")
    assert dict(owners) == {"NORDWOOD": 4, "SAEVESKI": 8}


def test_two_lines_of_one_component_share_what_is_given(cast, make_bill, stock, complete):
    make_bill(cast.top, (cast.plank, 2), (cast.plank, 1))
    stock(cast.plank, 20)

    order = manufacturing_orders.create(
        OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=4), now=cast.now, actor=cast.planner
    )
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)

    complete(order, 1, components=[ComponentUse(item_id=cast.plank.pk, quantity=9)])

    assert list(order.components.order_by("line_no").values_list("posted_quantity", flat=True)) == [8, 1]


def test_a_report_may_tell_of_the_past_and_not_of_the_future(cast, make_order, complete):
    order = make_order(2)
    yesterday = cast.now - timedelta(days=1)

    done = complete(order, 1, components=[], effective_at=yesterday)
    assert (done.completion.completed_at, done.order.started_at) == (yesterday, yesterday)
    with pytest.raises(InvalidInput, match="future"):
        complete(order, 1, components=[], effective_at=cast.now + timedelta(minutes=1))


def test_lead_times_count_working_days_where_there_is_a_calendar(cast, make_order, table_bill):
    """Due on Monday, 14 December, after 5 working days: started on Monday, 7 December."""
    week = calendars.create(code="WEEK", company=cast.maker, now=cast.now, actor=None)
    site_services.edit(cast.tll, calendar=week, actor=None)
    bills.change(table_bill.pk, changes={"lead_time_days": 5}, now=cast.now, actor=cast.planner)

    assert make_order(due_on=date(2026, 12, 14)).start_on == date(2026, 12, 7)
    assert make_order(due_on=date(2026, 12, 13)).start_on == date(2026, 12, 4)  # a Sunday counts as the Friday before
    assert time(17, 0) == cast.tll.receiving_ends_at


def test_a_completion_of_five_components_is_a_handful_of_statements(cast, make_bill, stock, complete):
    items = [Item.objects.create(sku=f"PART-{n}", name=f"Part {n}", unit=cast.pcs) for n in range(15)]
    for item in items:
        stock(item, 100)

    def statements(parts):
        made = Item.objects.create(sku=f"MADE-{len(parts)}", name="Made", unit=cast.pcs)
        make_bill(made, *((part, 2) for part in parts))

        order = manufacturing_orders.create(
            OrderDraft(item_id=made.pk, site_id=cast.tll.pk, quantity=4), now=cast.now, actor=cast.planner
        )
        manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
        complete(order, 1)
        with CaptureQueriesContext(connection) as queries:
            complete(order, 1)
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    five, fifteen = statements(items[:5]), statements(items)

    assert len(five) <= 17, "\n".join(five)
    assert len(fifteen) == len(five)


def test_done_leaves_no_demand_even_when_less_was_used(cast, make_order, stock, complete):
    stock(cast.top, 10)
    order = make_order(10)

    done = complete(order, 10, components=[ComponentUse(item_id=cast.top.pk, quantity=9)])

    assert done.order.state == State.DONE
    assert demand_of(order) == {}
    assert list(order.components.order_by("line_no").values_list("posted_quantity", "closed_quantity")) == [
        (9, 1),
        (0, 40),
    ]
    assert on_hand(cast.top, cast.tll) == 1
