"""One order becomes several, several become one; nothing of what is made and needed is lost or added."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import invariants
from core.errors import InvalidInput, WrongState
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.services import bills, manufacturing_orders
from production.services.manufacturing_orders.splitting import shares
from tests.scenarios.telling import put


@pytest.fixture
def order(cast):
    """10 tables, 9 of 10 good, from 1 top and 2.5 legs each: 12 started, 12 tops and 30 legs."""
    lines = [BillLineDraft(component_id=item.pk, quantity_per=per) for item, per in ((cast.top, 1), (cast.leg, "2.5"))]
    bill = BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, yield_factor="0.9", lines=lines)
    bills.create(bill, now=cast.now, actor=None)
    return make(cast, 10)


def make(cast, quantity):
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=quantity)
    return manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)


def needs(*orders):
    rows = ManufacturingOrderComponent.objects.filter(order__in=[order.pk for order in orders])
    return [
        list(rows.filter(order=order.pk).order_by("line_no").values_list("quantity", flat=True)) for order in orders
    ]


def by_rank():
    open_orders = ManufacturingOrder.objects.exclude(state__in=["closed", "canceled"])
    return list(open_orders.order_by("priority__rank").values_list("quantity", flat=True))


def hold_true():
    return [outcome for outcome in invariants.check() if not outcome.is_ok and "level" not in outcome.name]


@given(
    total=st.decimals(0, 10_000, places=2),
    parts=st.lists(st.integers(1, 1000).map(D), min_size=1, max_size=8),
)
def test_shares_are_the_whole_again_and_never_below_nothing(total, parts):
    given_out = shares(total, parts, decimals=2)

    assert sum(given_out) == total
    assert min(given_out) >= 0


def test_a_split_keeps_what_is_made_and_needed_and_stands_directly_behind(cast, order):
    make(cast, 7)
    second, third = manufacturing_orders.split(order.pk, [3, 2], now=cast.now, actor=cast.planner)
    order.refresh_from_db()

    assert (order.quantity, second.quantity, third.quantity) == (5, 3, 2)
    assert (order.start_quantity, second.start_quantity, third.start_quantity) == (6, 4, 2)
    assert needs(order, second, third) == [[6, 15], [4, 9], [2, 6]]
    assert by_rank() == [5, 3, 2, 7]
    assert second.split_from_id == order.pk
    assert hold_true() == []


@pytest.mark.parametrize("quantities", [[], [10], [6, 4], [0], ["1.5"]])
def test_a_split_must_leave_something(cast, order, quantities):
    with pytest.raises(InvalidInput, match="quantities"):
        manufacturing_orders.split(order.pk, quantities, now=cast.now, actor=cast.planner)

    assert ManufacturingOrder.objects.get().quantity == 10


def test_merging_gives_back_what_was_split(cast, order):
    parts = manufacturing_orders.split(order.pk, [3, 2], now=cast.now, actor=cast.planner)
    whole = manufacturing_orders.merge([order.pk, *(one.pk for one in parts)], now=cast.now, actor=cast.planner)

    assert (whole.quantity, whole.start_quantity, needs(whole)) == (10, 12, [[12, 30]])
    assert ManufacturingOrder.objects.filter(state="canceled").count() == 2
    assert hold_true() == []


def test_only_planned_orders_of_the_same_are_merged(cast, order):
    other = make(cast, 4)
    manufacturing_orders.release(other.pk, now=cast.now, actor=cast.planner)

    with pytest.raises(WrongState):
        manufacturing_orders.merge([order.pk, other.pk], now=cast.now, actor=cast.planner)
    with pytest.raises(InvalidInput, match="orders"):
        manufacturing_orders.merge([order.pk, order.pk], now=cast.now, actor=cast.planner)


def test_a_back_order_takes_the_rest_and_the_place(cast, order):
    make(cast, 7)
    put(cast, cast.tll, cast.top, 20, 5)
    put(cast, cast.tll, cast.leg, 50, 1)
    manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)
    manufacturing_orders.complete(order.pk, CompletionDraft(quantity=6), now=cast.now, actor=cast.planner)
    rest = manufacturing_orders.close_with_back_order(order.pk, now=cast.now, actor=cast.planner)
    order.refresh_from_db()

    assert (order.state, order.closed_quantity) == ("closed", 4)
    assert (rest.state, rest.quantity, rest.split_from_id) == ("planned", 4, order.pk)
    assert by_rank() == [4, 7]
    assert hold_true() == []
    with pytest.raises(WrongState):
        manufacturing_orders.close_with_back_order(order.pk, now=cast.now, actor=cast.planner)
