"""Editing, opening, ranking and blocking."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InvalidInput, StaleVersion, WrongState
from core.models import Event
from inventory.models import AllocationPin, Demand, Priority, StockBalance
from inventory.services import items, pins
from sales.drafts import LineChange, LineDraft, LineRemoval, ShipDraft, ShipLine
from sales.errors import LineTouched
from sales.models import SalesOrder, SalesOrderLine
from sales.services import sales_orders


def edit(cast, order, *lines, **options):
    return sales_orders.edit(order.pk, lines=lines, **({"now": cast.now, "actor": cast.planner} | options))


def line_of(order, line_no=1):
    return SalesOrderLine.objects.get(order=order, line_no=line_no)


def change(order, line_no=1, **values):
    return LineChange(line_id=line_of(order, line_no).pk, values=values)


def test_lines_are_added_changed_and_removed_together(cast, make_order, assert_sound):
    order = make_order((cast.table, 5), (cast.leg, 4))

    edited = edit(
        cast,
        order,
        change(order, quantity="7", discount="0.1", site_id=cast.chi.pk),
        LineRemoval(line_of(order, 2).pk),
        LineDraft(item_id=cast.top.pk, quantity=2),
        changes={"note": "By van"},
    )

    assert (edited.version, edited.note, edited.state) == (2, "By van", "open")
    rows = order.lines.order_by("line_no").values_list("line_no", "item__sku", "quantity", "site__code", "discount")
    assert list(rows) == [(1, "TABLE", 7, "CHI", Decimal("0.1")), (3, "TOP", 2, "TLL", 0)]
    open_rows = Demand.objects.filter(closed_at=None).order_by("line_id")
    assert list(open_rows.values_list("item__sku", "open_quantity", "site__code")) == [
        ("TABLE", 7, "CHI"),
        ("TOP", 2, "TLL"),
    ]
    levels = Event.objects.get(kind="sales_order.changed").payload["levels"]
    assert [cast.table.pk, cast.tll.pk, cast.maker.pk] in levels  # where it stood before
    assert [cast.table.pk, cast.chi.pk, cast.maker.pk] in levels
    assert_sound()


def test_a_line_that_goes_to_another_site_lets_go_of_its_pins(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    stock(cast.table, 5, site=cast.chi)
    order, other = make_order((cast.table, 5)), make_order((cast.table, 3), site_id=cast.chi.pk)
    for one, quantity in ((order, 5), (other, 3)):
        demand = Demand.objects.get(line_id=line_of(one).pk)
        pins.pin(demand.pk, quantity=Decimal(quantity), now=cast.now, actor=cast.planner)

    edit(cast, order, change(order, site_id=cast.chi.pk))

    reserved = dict(StockBalance.objects.values_list("site__code", "reserved"))
    assert reserved == {"TLL": 0, "CHI": 3}
    assert list(AllocationPin.objects.values_list("demand__document_id", "quantity")) == [(other.pk, 3)]
    assert_sound()


def test_a_line_that_is_named_with_its_own_site_keeps_its_pins(cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))
    pins.pin(Demand.objects.get().pk, quantity=Decimal(4), now=cast.now, actor=cast.planner)

    edit(cast, order, change(order, site_id=cast.tll.pk, discount="0.1"))

    assert AllocationPin.objects.get().quantity == 4


def test_open_lines_go_along_with_the_order_s_date(cast, make_order):
    lines = [
        LineDraft(item_id=cast.table.pk, quantity=1),
        LineDraft(item_id=cast.leg.pk, quantity=1, need_by_on=date(2026, 12, 24)),
    ]
    order = make_order(lines=lines, need_by_on=date(2026, 12, 1))

    edit(cast, order, changes={"need_by_on": date(2026, 12, 5)})

    assert line_of(order, 1).need_by_on == date(2026, 12, 5)
    assert line_of(order, 2).need_by_on == date(2026, 12, 24)
    assert Demand.objects.get(line_id=line_of(order).pk).due_on == date(2026, 12, 5)


def test_the_factor_stays_frozen_until_the_unit_is_changed(cast, make_order):
    table = items.edit(cast.table, units={cast.m: Decimal(12)}, actor=cast.planner)
    order = make_order(lines=[LineDraft(item_id=cast.table.pk, quantity=1, unit_id=cast.m.pk)])
    items.edit(table, units={cast.m: Decimal(10)}, actor=cast.planner)

    edit(cast, order, change(order, quantity="2"))
    assert (line_of(order).quantity, line_of(order).unit_factor) == (24, 12)

    with pytest.raises(InvalidInput, match=r"lines\.0\.unit_price"):
        edit(cast, order, change(order, unit_id=cast.pcs.pk))
    edit(cast, order, change(order, unit_id=cast.pcs.pk, unit_price="9"))
    assert (line_of(order).quantity, line_of(order).unit_factor, line_of(order).unit_price) == (2, 1, 9)


def test_a_stale_edit_is_refused(cast, make_order):
    order = make_order((cast.table, 5))
    edit(cast, order, changes={"note": "First"}, expected=1)

    with pytest.raises(StaleVersion) as refusal:
        edit(cast, order, change(order, quantity="9"), expected=1)

    assert refusal.value.details["version"] == 2
    assert line_of(order).quantity == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": "0.5"}, "lines.0.quantity"),
        ({"quantity": "0"}, "lines.0.quantity"),
        ({"unit_price": "-1"}, "lines.0.unit_price"),
        ({"discount": "2"}, "lines.0.discount"),
        ({"site_id": 10**9}, "lines.0.site"),
        ({"item_id": 1}, "lines.0.item_id"),
        ({"unit_id": 10**9, "unit_price": "1"}, "lines.0.unit"),
    ],
)
def test_bad_changes_name_the_field_and_change_nothing(cast, make_order, assert_sound, values, field):
    order = make_order((cast.table, 5))

    with pytest.raises(InvalidInput) as refusal:
        edit(cast, order, change(order, **values), changes={"note": "x"})

    assert list(refusal.value.errors) == [field]
    assert SalesOrder.objects.get(pk=order.pk).note == ""
    assert (line_of(order).quantity, Demand.objects.get().open_quantity) == (5, 5)
    assert_sound()


def test_a_shipped_line_keeps_its_substance_and_takes_a_new_date(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5), (cast.leg, 1))
    part = ShipDraft(lines=[ShipLine(line_id=line_of(order).pk, quantity=2)])
    sales_orders.ship(order.pk, part, now=cast.now, actor=cast.planner)

    for touched in (change(order, quantity="9"), change(order, unit_price="1"), LineRemoval(line_of(order).pk)):
        with pytest.raises(LineTouched, match="Line 1 has 2 shipped"):
            edit(cast, order, touched)
    edit(cast, order, change(order, promised_on=date(2026, 12, 3), need_by_on=date(2026, 12, 4)))

    assert (line_of(order).quantity, line_of(order).promised_on) == (5, date(2026, 12, 3))
    assert Demand.objects.get(line_id=line_of(order).pk).due_on == date(2026, 12, 4)
    assert edit(cast, order, LineRemoval(line_of(order, 2).pk)).state == "partly_shipped"
    assert_sound()


def test_a_line_that_was_shipped_and_came_back_is_not_removed(cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 5), (cast.leg, 1))
    part = ShipDraft(lines=[ShipLine(line_id=line_of(order).pk)])
    sales_orders.ship(order.pk, part, now=cast.now, actor=cast.planner)
    sales_orders.reverse(order.pk, now=cast.now, actor=cast.planner)

    with pytest.raises(LineTouched, match="was shipped before"):
        edit(cast, order, LineRemoval(line_of(order).pk))


def test_the_last_line_stays_and_strange_lines_are_named(cast, make_order):
    order, other = make_order((cast.table, 5)), make_order((cast.table, 5))

    with pytest.raises(InvalidInput, match="at least one line"):
        edit(cast, order, LineRemoval(line_of(order).pk))
    with pytest.raises(InvalidInput, match=r"lines\.0\.id"):
        edit(cast, order, change(other, quantity=1))
    assert line_of(order).quantity == 5


def test_a_canceled_order_is_not_edited_opened_ranked_or_blocked(cast, make_order):
    order = make_order((cast.table, 5))
    other = make_order((cast.table, 5))
    options = {"now": cast.now, "actor": cast.planner}
    sales_orders.cancel(order.pk, **options)

    with pytest.raises(WrongState):
        edit(cast, order, changes={"note": "x"})
    with pytest.raises(WrongState):
        sales_orders.open(order.pk, **options)
    with pytest.raises(WrongState):
        sales_orders.rank(order.pk, after=other.pk, **options)
    with pytest.raises(WrongState):
        sales_orders.block(order.pk, reason="x", **options)


def test_a_quote_is_opened(cast, make_order, assert_sound):
    quote = make_order((cast.table, 5), is_open=False)

    opened = sales_orders.open(quote.pk, now=cast.now, actor=cast.planner)

    assert (opened.state, opened.version, opened.opened_at) == ("open", 2, cast.now)
    demand = Demand.objects.get()
    assert (demand.firmness, demand.priority_id) == ("firm", opened.priority_id)
    assert_sound()


def test_an_open_order_is_ranked_before_another(cast, make_order):
    first, second, third = (make_order((cast.table, 1)) for _ in range(3))

    moved = sales_orders.rank(third.pk, before=second.pk, now=cast.now, actor=cast.planner)

    order = Priority.objects.order_by("rank").values_list("pk", flat=True)
    assert list(order) == [first.priority_id, third.priority_id, second.priority_id]
    assert moved.was_after_id == second.priority_id
    event = Event.objects.get(kind="priority.moved")
    assert event.payload["levels"] == [[cast.table.pk, cast.tll.pk, cast.maker.pk]]


def test_ranking_names_what_is_wrong(cast, make_order):
    order, quote = make_order((cast.table, 1)), make_order((cast.table, 1), is_open=False)
    rank = {"now": cast.now, "actor": cast.planner}

    with pytest.raises(InvalidInput, match="before"):
        sales_orders.rank(order.pk, **rank)
    with pytest.raises(InvalidInput, match="after: There is no sales order"):
        sales_orders.rank(order.pk, after=10**9, **rank)
    with pytest.raises(InvalidInput, match="is a quote"):
        sales_orders.rank(order.pk, after=quote.pk, **rank)
    with pytest.raises(InvalidInput, match="itself"):
        sales_orders.rank(order.pk, after=order.pk, **rank)


def test_a_block_needs_a_reason(cast, make_order):
    order = make_order((cast.table, 1))

    with pytest.raises(InvalidInput, match="reason"):
        sales_orders.block(order.pk, reason=" ", now=cast.now, actor=cast.planner)
    blocked = sales_orders.block(order.pk, reason="Unpaid", now=cast.now, actor=cast.planner)

    assert (blocked.blocked_at, blocked.blocked_reason, blocked.state) == (cast.now, "Unpaid", "open")
