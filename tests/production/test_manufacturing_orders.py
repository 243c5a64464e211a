"""Manufacturing orders from plan to end: states, registers, refusals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion, WrongState
from inventory.errors import DocumentBlocked, InsufficientStock, InsufficientStocks, ReversalBlocked
from inventory.models import Demand, ItemSite, Posting, Priority
from inventory.selectors.ranks import positions
from inventory.services import undo
from inventory.services.adjustments import AdjustmentLine, adjust
from production.choices import ManufacturingOrderState as State
from production.drafts import BillLineChange, ComponentUse, OrderDraft
from production.errors import NoBill, OverCompletion
from production.models import ManufacturingOrder
from production.services import bills, manufacturing_orders
from tests.production.conftest import demand_of, on_hand, pool_value, supply_of


def test_a_new_order_is_planned_and_asks_for_its_components(cast, make_order):
    order = make_order(10, is_released=False, due_on=date(2026, 12, 4))

    assert (order.number, order.state, order.company, order.owner) == ("MO-1001", State.PLANNED, cast.maker, cast.maker)
    assert demand_of(order) == {"TOP": 10, "LEG": 40}
    assert set(Demand.objects.values_list("firmness", "tier")) == {("planned", 2)}
    supply = supply_of(order)
    assert (supply.open_quantity, supply.firmness, supply.due_on) == (10, "planned", date(2026, 12, 4))


def test_due_on_a_date_means_the_end_of_receiving_there(make_order):
    order = make_order(is_released=False, due_on=date(2026, 12, 4))

    assert order.due_at.astimezone(UTC) == datetime(2026, 12, 4, 15, 0, tzinfo=UTC)  # 17:00 in Tallinn


def test_due_at_a_moment_falls_on_the_site_s_date(make_order):
    order = make_order(is_released=False, due_at=datetime(2026, 12, 4, 22, 30, tzinfo=UTC))

    assert order.due_on == date(2026, 12, 5)


def test_starts_a_lead_time_before_it_is_due_and_needs_its_components_then(cast, make_bill, make_order, table_bill):
    bills.change(table_bill.pk, changes={"lead_time_days": 5}, now=cast.now, actor=cast.planner)

    order = make_order(is_released=False, due_on=date(2026, 12, 14))

    assert order.start_on == date(2026, 12, 9)
    assert set(Demand.objects.values_list("due_on", flat=True)) == {date(2026, 12, 9)}
    kept = ItemSite.objects.get(item=cast.table, site=cast.tll, company=cast.maker)
    assert kept.source_lead_time_days == 5


def test_orders_to_stock_go_to_the_end_of_the_ranks(make_order):
    first, second = make_order(is_released=False), make_order(is_released=False)

    assert first.priority.rank < second.priority.rank
    assert set(Demand.objects.filter(document_id=second.pk).values_list("priority_id", flat=True)) == {
        second.priority_id
    }


def test_an_order_for_a_demand_shares_its_rank_and_is_pegged_to_it(cast, make_order, make_bill):
    make_bill(cast.top, (cast.plank, "1.5"))
    parent = make_order(10)
    demand = Demand.objects.get(document_id=parent.pk, item=cast.top)

    order = manufacturing_orders.create(
        OrderDraft(item_id=cast.top.pk, site_id=cast.tll.pk, quantity=10, demand_id=demand.pk),
        now=cast.now,
        actor=cast.planner,
    )

    assert order.priority_id == parent.priority_id
    assert Priority.objects.count() == 1
    assert supply_of(order).pegged_demand_id == demand.pk
    assert Demand.objects.get(document_id=order.pk).chain_id == demand.pk
    with pytest.raises(WrongState, match="made for a demand"):
        manufacturing_orders.rank(order.pk, before=parent.priority_id, now=cast.now, actor=cast.planner)


def test_rank_moves_an_order_before_another(cast, make_order):
    first, second = make_order(), make_order()

    manufacturing_orders.rank(second.pk, before=first.priority_id, now=cast.now, actor=cast.planner)

    ranked = ManufacturingOrder.objects.order_by("priority__rank").values_list("pk", flat=True)
    assert list(ranked) == [second.pk, first.pk]


def test_an_item_without_a_recipe_is_refused(cast):
    with pytest.raises(NoBill, match="LEG has no bill of materials for TLL"):
        manufacturing_orders.create(
            OrderDraft(item_id=cast.leg.pk, site_id=cast.tll.pk, quantity=1), now=cast.now, actor=cast.planner
        )
    assert not ManufacturingOrder.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "many", "1e30"])
def test_a_quantity_that_can_t_be_is_refused(cast, make_order, quantity):
    with pytest.raises(InvalidInput) as refusal:
        make_order(quantity)
    assert list(refusal.value.errors) == ["quantity"]
    assert not ManufacturingOrder.objects.exists()


def test_many_orders_name_the_place_of_what_is_wrong(cast, table_bill):
    drafts = [OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=quantity) for quantity in (1, -1)]

    with pytest.raises(InvalidInput) as refusal:
        manufacturing_orders.create_many(drafts, now=cast.now, actor=cast.planner)
    assert list(refusal.value.errors) == ["1.quantity"]


def test_release_freezes_the_recipe(cast, make_order, table_bill):
    order = make_order(10, is_released=False)
    leg_line = table_bill.lines.get(component=cast.leg)
    bills.change(
        table_bill.pk,
        line_edits=[BillLineChange(line_id=leg_line.pk, values={"quantity_per": 5})],
        now=cast.now,
        actor=cast.planner,
    )

    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    assert demand_of(order) == {"TOP": 10, "LEG": 50}
    assert set(Demand.objects.filter(closed_at=None).values_list("firmness", flat=True)) == {"firm"}
    assert supply_of(order).firmness == "firm"

    bills.change(
        table_bill.pk,
        line_edits=[BillLineChange(line_id=leg_line.pk, values={"quantity_per": 6})],
        now=cast.now,
        actor=cast.planner,
    )
    order.refresh_from_db()
    assert list(order.components.order_by("line_no").values_list("quantity", flat=True)) == [10, 50]


def test_yield_starts_more_and_needs_more(cast, make_order, table_bill):
    bills.change(table_bill.pk, changes={"yield_factor": "0.9"}, now=cast.now, actor=cast.planner)

    order = make_order(9)

    assert (order.quantity, order.start_quantity) == (9, 10)
    assert demand_of(order) == {"TOP": 10, "LEG": 40}
    assert supply_of(order).open_quantity == 9


def test_completing_takes_the_planned_share_and_makes_stock(cast, make_order, stock, complete):
    stock(cast.top, 10, cost="20")
    stock(cast.leg, 40, cost="5")
    order = make_order(10)

    done = complete(order, 4)

    assert done.order.state == State.PARTLY_COMPLETED
    assert (on_hand(cast.top, cast.tll), on_hand(cast.leg, cast.tll), on_hand(cast.table, cast.tll)) == (6, 24, 4)
    assert demand_of(order) == {"TOP": 6, "LEG": 24}
    assert supply_of(order).open_quantity == 6
    assert pool_value("stock", cast.table) == 4 * (20 + 4 * 5)
    assert done.completion.number == done.posted.number == f"CMP-{done.posted.posting_id}"


def test_the_last_completion_settles_components_and_cost(cast, make_order, stock, complete):
    """Worked by hand: 10 tables, tops at 20, legs at 5.

    First 4 with all 10 tops (200) and 20 legs (100): 300 in the order. Legs cover 20 ÷ 40 × 10 = 5, so the 4 take
    4 ÷ 5 of 300 = 240 and 60 stay. The last 6 take the other 20 legs (100): 160 in all, for the 6 tables.
    """
    stock(cast.top, 10, cost="20")
    stock(cast.leg, 40, cost="5")
    order = make_order(10)

    complete(
        order,
        4,
        components=[ComponentUse(item_id=cast.top.pk, quantity=10), ComponentUse(item_id=cast.leg.pk, quantity=20)],
    )
    assert pool_value("stock", cast.table) == 240
    assert pool_value("mo", cast.table) == 60

    done = complete(order, 6)
    assert done.order.state == State.DONE
    assert pool_value("stock", cast.table) == 400
    assert pool_value("mo", cast.table) == 0
    assert demand_of(order) == {}
    assert supply_of(order).closed_at is not None


def test_components_given_are_taken_as_given(cast, make_order, stock, complete):
    stock(cast.top, 10)
    stock(cast.leg, 40)
    order = make_order(10)

    complete(order, 4, components=[ComponentUse(item_id=cast.leg.pk, quantity=17)])

    assert (on_hand(cast.top, cast.tll), on_hand(cast.leg, cast.tll)) == (10, 23)


def test_an_empty_list_of_components_takes_none(cast, make_order, complete):
    order = make_order(10)

    done = complete(order, 10, components=[])

    assert done.order.state == State.DONE
    assert on_hand(cast.table, cast.tll) == 10
    assert demand_of(order) == {}  # nobody will take the rest


def test_an_item_that_was_not_planned_may_be_used(cast, make_order, stock, complete):
    stock(cast.plank, "2.5", cost="4")
    order = make_order(10)

    complete(order, 1, components=[ComponentUse(item_id=cast.plank.pk, quantity="2.5")])

    added = order.components.get(item=cast.plank)
    assert (added.quantity, added.posted_quantity) == (0, D("2.5"))
    assert pool_value("stock", cast.table) == 10
    assert "PLANK" not in demand_of(order)


def test_scrap_is_counted_and_does_not_meet_the_order(cast, make_order, stock, complete):
    stock(cast.top, 10)
    stock(cast.leg, 40)
    order = make_order(10)

    done = complete(order, 0, scrapped_quantity=2, components=[ComponentUse(item_id=cast.top.pk, quantity=2)])
    assert (done.order.state, done.order.scrapped_quantity) == (State.IN_PROGRESS, 2)
    assert supply_of(order).open_quantity == 10
    assert on_hand(cast.table, cast.tll) == 0
    assert pool_value("mo", cast.table) == 20

    complete(order, 10)
    assert pool_value("stock", cast.table) == 10 * 10 + 40 * 10  # the scrap's two tops are among the need of 10


def test_too_few_components_are_all_named_and_nothing_changes(cast, make_order, stock, complete):
    stock(cast.top, 3)
    order = make_order(10)

    with pytest.raises(InsufficientStocks) as refusal:
        complete(order, 4)

    numbers = [
        (one.details["item"], one.details["requested"], one.details["available"]) for one in refusal.value.shortages
    ]
    assert numbers == [("TOP", "4", "3"), ("LEG", "16", "0")]
    order.refresh_from_db()
    assert (order.state, order.posted_quantity) == (State.RELEASED, 0)
    assert on_hand(cast.top, cast.tll) == 3
    assert demand_of(order) == {"TOP": 10, "LEG": 40}


def test_one_component_too_few_is_named(cast, make_order, stock, complete):
    stock(cast.top, 10)
    stock(cast.leg, 15)

    with pytest.raises(InsufficientStock, match="LEG at TLL: 16 asked, 15 on hand"):
        complete(make_order(10), 4)


def test_more_than_is_open_is_refused_with_the_numbers(cast, make_order, complete):
    order = make_order(10)
    complete(order, 4, components=[])

    with pytest.raises(OverCompletion, match="7 of TABLE reported, 6 of 10 are open"):
        complete(order, 7, components=[])
    assert on_hand(cast.table, cast.tll) == 4


def test_a_planned_order_is_not_completed(make_order, complete):
    with pytest.raises(WrongState, match="is planned; “complete” is possible when it is in progress"):
        complete(make_order(is_released=False), 1)


def test_reversing_brings_the_latest_report_back(cast, make_order, stock, complete):
    stock(cast.top, 10, cost="20")
    stock(cast.leg, 40, cost="5")
    order = make_order(10)
    complete(order, 4)
    complete(order, 6)

    undone = manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    assert undone.order.state == State.PARTLY_COMPLETED
    assert (on_hand(cast.table, cast.tll), on_hand(cast.leg, cast.tll)) == (4, 24)
    assert demand_of(order) == {"TOP": 6, "LEG": 24}

    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert (order.state, order.posted_quantity) == (State.RELEASED, 0)
    assert pool_value("stock", cast.top) == 200
    assert pool_value("stock", cast.leg) == 200
    assert pool_value("mo", cast.table) == 0
    with pytest.raises(WrongState):
        manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)


def test_a_posting_reversed_where_it_is_seen_opens_its_order_again(cast, make_order, complete):
    order = make_order(10)
    posted = complete(order, 10, components=[]).posted

    undo.reverse_posting(posted.posting_id, now=cast.now, actor=cast.planner)

    order.refresh_from_db()
    assert (order.state, order.posted_quantity) == (State.RELEASED, 0)


def test_what_has_left_can_t_be_reversed(cast, make_order, complete):
    order = make_order(10)
    complete(order, 4, components=[])
    taken = adjust(
        site_id=cast.tll.pk,
        reason="Sold by hand",
        lines=[AdjustmentLine(item_id=cast.table.pk, quantity=D(-1))],
        now=cast.now,
        actor=None,
    )

    with pytest.raises(ReversalBlocked, match=taken.number):
        manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    order.refresh_from_db()
    assert order.posted_quantity == 4


def test_closing_short_releases_the_rest_and_writes_its_cost_off(cast, make_order, stock, complete):
    stock(cast.top, 10, cost="20")
    order = make_order(10)
    complete(order, 4, components=[ComponentUse(item_id=cast.top.pk, quantity=10)])
    assert pool_value("mo", cast.table) == 0  # no legs at all: nothing covers more than the 4

    complete(order, 0, scrapped_quantity=1, components=[])
    with pytest.raises(InvalidInput, match="6 are open"):
        manufacturing_orders.close(order.pk, now=cast.now, actor=cast.planner)

    closed = manufacturing_orders.close(order.pk, reason="Customer left", now=cast.now, actor=cast.planner)
    assert (closed.state, closed.closed_quantity, closed.close_reason) == (State.CLOSED, 6, "Customer left")
    assert demand_of(order) == {}
    assert supply_of(order).closed_at is not None


def test_cost_left_in_a_closed_order_is_written_off(cast, make_order, stock, complete):
    stock(cast.top, 10, cost="20")
    order = make_order(10)
    complete(order, 0, scrapped_quantity=2, components=[ComponentUse(item_id=cast.top.pk, quantity=2)])
    assert pool_value("mo", cast.table) == 40

    manufacturing_orders.close(order.pk, reason="Given up", now=cast.now, actor=cast.planner)

    assert pool_value("mo", cast.table) == 0
    assert Posting.objects.get(kind="discrepancy").reason == f"{order.number} closed: Given up"


def test_a_closed_order_is_opened_again_by_taking_its_latest_posting_back(cast, make_order, stock, complete):
    """4 of 10 made with all tops: 200 in, no legs, so 200 out. One scrapped with 8 legs: 40 in, written off."""
    stock(cast.top, 10, cost="20")
    stock(cast.leg, 40, cost="5")
    order = make_order(10)
    report = complete(order, 4, components=[ComponentUse(item_id=cast.top.pk, quantity=10)])
    complete(order, 0, scrapped_quantity=1, components=[ComponentUse(item_id=cast.leg.pk, quantity=8)])
    manufacturing_orders.close(order.pk, reason="Given up", now=cast.now, actor=cast.planner)
    with pytest.raises(WrongState, match="take that back first"):
        undo.reverse_posting(report.posted.posting_id, now=cast.now, actor=cast.planner)

    opened = manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner).order

    assert (opened.state, opened.closed_quantity, opened.close_reason) == (State.PARTLY_COMPLETED, 0, "")
    assert pool_value("mo", cast.table) == 40
    assert demand_of(order) == {"LEG": 32}
    assert supply_of(order).open_quantity == 6
    manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner)
    assert (pool_value("mo", cast.table), pool_value("stock", cast.leg)) == (0, 200)


def test_a_done_order_that_was_closed_is_opened_again(cast, make_order, complete):
    order = make_order(10)
    complete(order, 10, components=[])
    manufacturing_orders.close(order.pk, now=cast.now, actor=cast.planner)

    opened = manufacturing_orders.reverse(order.pk, now=cast.now, actor=cast.planner).order

    assert (opened.state, supply_of(order).open_quantity) == (State.RELEASED, 10)


def test_an_order_that_ended_leaves_the_ranks_until_it_is_open_again(cast, make_order, complete, assert_sound):
    first, second = make_order(10), make_order(10)
    both = [first.priority_id, second.priority_id]

    complete(first, 10, components=[])
    assert positions(both) == {second.priority_id: 1}
    manufacturing_orders.reverse(first.pk, now=cast.now, actor=cast.planner)
    assert positions(both) == {first.priority_id: 1, second.priority_id: 2}

    manufacturing_orders.close(second.pk, reason="Given up", now=cast.now, actor=cast.planner)
    assert positions(both) == {first.priority_id: 1}
    assert_sound()


def test_a_canceled_order_asks_and_brings_nothing(cast, make_order):
    order = make_order(10)

    manufacturing_orders.cancel(order.pk, now=cast.now, actor=cast.planner)

    assert demand_of(order) == {}
    assert supply_of(order).closed_at is not None


def test_an_order_with_a_report_is_closed_and_not_canceled(cast, make_order, complete):
    order = make_order(10)
    complete(order, 1, components=[])

    with pytest.raises(WrongState, match="is partly completed; “cancel” is possible when it is planned or released"):
        manufacturing_orders.cancel(order.pk, now=cast.now, actor=cast.planner)


def test_a_blocked_order_waits(cast, make_order, complete):
    order = make_order(10)
    manufacturing_orders.block(order.pk, reason="Drawing is wrong", now=cast.now, actor=cast.planner)

    with pytest.raises(DocumentBlocked, match="blocked since 2026-11-23: Drawing is wrong") as error:
        complete(order, 1, components=[])
    assert error.value.code == "blocked"

    manufacturing_orders.unblock(order.pk, now=cast.now, actor=cast.planner)
    complete(order, 1, components=[])


def test_a_planned_order_is_resized(cast, make_order):
    order = make_order(10, is_released=False)

    manufacturing_orders.edit(order.pk, {"quantity": 3}, expected=1, now=cast.now, actor=cast.planner)

    assert demand_of(order) == {"TOP": 3, "LEG": 12}
    assert supply_of(order).open_quantity == 3
    with pytest.raises(StaleVersion):
        manufacturing_orders.edit(order.pk, {"quantity": 4}, expected=1, now=cast.now, actor=cast.planner)


def test_another_due_date_moves_both_registers(cast, make_order):
    order = make_order(10)

    manufacturing_orders.edit(order.pk, {"due_on": date(2026, 12, 24)}, now=cast.now, actor=cast.planner)

    assert supply_of(order).due_on == date(2026, 12, 24)
    assert set(Demand.objects.filter(document_id=order.pk).values_list("due_on", flat=True)) == {date(2026, 12, 24)}
    with pytest.raises(WrongState):
        manufacturing_orders.edit(order.pk, {"quantity": 4}, now=cast.now, actor=cast.planner)


def test_whoever_operates_the_site_completes_but_does_not_plan(cast, make_bill, table_bill, complete):
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.rix.pk, quantity=2)
    order = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    assert order.company == cast.maker
    with pytest.raises(NotFound):
        manufacturing_orders.release(order.pk, now=cast.now, actor=cast.outsider)
    with pytest.raises((NotFound, Forbidden)):
        manufacturing_orders.release(order.pk, now=cast.now, actor=cast.partner)
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)

    from production.drafts import CompletionDraft

    done = manufacturing_orders.complete(
        order.pk, CompletionDraft(quantity=2, components=[]), now=cast.now, actor=cast.partner
    )
    assert done.order.state == State.DONE
    assert on_hand(cast.table, cast.rix) == 2


def test_orders_for_many_days_take_as_many_statements_as_for_one(cast, table_bill, django_assert_max_num_queries):
    def drafts(days):
        one = {"item_id": cast.table.pk, "site_id": cast.tll.pk, "quantity": 1}
        return [OrderDraft(**one, due_on=date(2027, 1, 1) + timedelta(days=place % days)) for place in range(12)]

    with django_assert_max_num_queries(40) as counted:
        orders = manufacturing_orders.create_many(drafts(1), now=cast.now, actor=cast.planner)
        manufacturing_orders.release_many([order.pk for order in orders], now=cast.now, actor=cast.planner)
    with django_assert_max_num_queries(len(counted)):
        orders = manufacturing_orders.create_many(drafts(12), now=cast.now, actor=cast.planner)
        manufacturing_orders.release_many([order.pk for order in orders], now=cast.now, actor=cast.planner)
    assert [order.components.count() for order in orders] == [table_bill.lines.count()] * 12


def test_releasing_many_takes_as_many_statements_as_releasing_two(cast, make_order, django_assert_max_num_queries):
    few = [make_order(1, is_released=False).pk for _ in range(2)]
    many = [make_order(1, is_released=False).pk for _ in range(12)]

    with django_assert_max_num_queries(30) as counted:
        manufacturing_orders.release_many(few, now=cast.now, actor=cast.planner)
    with django_assert_max_num_queries(len(counted)):
        manufacturing_orders.release_many(many, now=cast.now, actor=cast.planner)
