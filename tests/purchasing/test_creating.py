"""Drafts of purchases, and ordering them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, InvalidInput, NotFound, WrongState
from core.models import Event, OutboxEvent
from inventory.models import Supply
from inventory.services import agreements
from purchasing.drafts import LineChange, LineDraft, LineRemoval, OrderDraft
from purchasing.errors import LineTouched
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from purchasing.services import purchase_orders, supplier_items, suppliers
from purchasing.services.supplier_items import PriceDraft


@pytest.fixture
def draft(cast, sawmill):
    lines = [LineDraft(item_id=cast.plank.pk, quantity="30", unit_price="4")]
    return OrderDraft(supplier_id=sawmill.pk, site_id=cast.tll.pk, lines=lines)


@pytest.fixture
def planks(cast, sawmill):
    return supplier_items.create(
        supplier=sawmill,
        item=cast.plank,
        unit_label="BUNDLE",
        unit_factor=Decimal(10),
        lead_time_days=5,
        prices=[PriceDraft(unit_price="40"), PriceDraft(unit_price="35", minimum_quantity=10)],
        actor=cast.planner,
    )


def create(cast, draft, **options):
    return purchase_orders.create(draft, **({"now": cast.now, "actor": cast.planner} | options))


def test_a_draft_keeps_draft_supply_that_the_supplier_does_not_hear_of(cast, draft, sawmill):
    order = create(cast, draft)

    assert (order.number, order.state, order.ordered_on) == ("PO-1001", "draft", None)
    assert (order.company, order.owner, order.currency) == (cast.maker, cast.maker, "EUR")
    supply = Supply.objects.get()
    assert (supply.firmness, supply.open_quantity, supply.party_name) == ("draft", 30, "Saeveski")
    assert supply.due_on == date(2026, 11, 30)  # in the supplier's 7 days
    assert Event.objects.get(kind="purchase_order.created").company_ids == [cast.maker.pk]


def test_ordering_makes_the_supply_firm(cast, draft, sawmill, assert_sound):
    order = create(cast, replace(draft, expected_on=date(2026, 12, 24)))

    ordered = purchase_orders.order(order.pk, now=cast.now, actor=cast.planner)

    assert (ordered.state, ordered.ordered_on, ordered.version) == ("ordered", date(2026, 11, 23), 2)
    supply = Supply.objects.get()
    assert (supply.firmness, supply.due_on) == ("firm", date(2026, 12, 24))
    assert Event.objects.get(kind="purchase_order.ordered").company_ids == sorted([cast.maker.pk, sawmill.party_id])
    with pytest.raises(WrongState):
        purchase_orders.order(order.pk, now=cast.now, actor=cast.planner)
    assert_sound()


def test_the_supplier_s_unit_price_and_lead_time_are_the_defaults(cast, draft, planks):
    lines = [
        LineDraft(item_id=cast.plank.pk, quantity=2, unit_label="bundle"),
        LineDraft(item_id=cast.plank.pk, quantity=100),
        LineDraft(item_id=cast.plank.pk, quantity=10, unit_label="BUNDLE", unit_price="1"),
        LineDraft(item_id=cast.leg.pk, quantity=1),
    ]

    order = create(cast, replace(draft, lines=lines))

    rows = order.lines.order_by("line_no").values_list("unit_label", "quantity", "unit_price", "expected_on")
    assert list(rows) == [
        ("bundle", 20, 40, date(2026, 11, 28)),
        ("", 100, Decimal("3.5"), date(2026, 11, 28)),  # ten bundles at 35
        ("BUNDLE", 100, 1, date(2026, 11, 28)),
        ("", 1, 0, date(2026, 11, 30)),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "0"}, "lines.0.quantity"),
        ({"quantity": "1.0001"}, "lines.0.quantity"),
        ({"quantity": "some"}, "lines.0.quantity"),
        ({"unit_label": "PALLET"}, "lines.0.unit_label"),
        ({"unit_price": "-1"}, "lines.0.unit_price"),
        ({"item_id": 10**9}, "lines.0.item"),
        ({"site_id": 10**9}, "lines.0.site"),
        ({"unit_id": 10**9}, "lines.0.unit"),
    ],
)
def test_bad_lines_name_the_field_and_change_nothing(cast, draft, planks, change, field):
    with pytest.raises(InvalidInput) as refusal:
        create(cast, replace(draft, lines=[replace(draft.lines[0], **change)]))

    assert list(refusal.value.errors) == [field]
    assert not PurchaseOrder.objects.exists()
    assert not Supply.objects.exists()


def test_a_supplier_of_another_company_and_strangers_are_refused(cast, draft):
    foreign = suppliers.create(company=cast.far, code="US", actor=cast.outsider)

    with pytest.raises(InvalidInput, match="NORDWOOD has no such supplier"):
        create(cast, replace(draft, supplier_id=foreign.pk))
    for actor, refusal in ((cast.viewer, Forbidden), (cast.outsider, NotFound)):
        with pytest.raises(refusal):
            create(cast, draft, actor=actor)
    assert not PurchaseOrder.objects.exists()


def test_lines_are_added_changed_and_removed_together(cast, make_order, planks, assert_sound):
    order = make_order((cast.plank, 5, 1), (cast.leg, 4, 1))
    plank, leg = order.lines.order_by("line_no")

    edited = purchase_orders.edit(
        order.pk,
        changes={"expected_on": date(2026, 12, 1)},
        lines=[
            LineChange(line_id=plank.pk, values={"quantity": "7", "unit_price": "2"}),
            LineRemoval(leg.pk),
            LineDraft(item_id=cast.plank.pk, quantity=3, unit_label="BUNDLE"),
        ],
        expected=1,
        now=cast.now,
        actor=cast.planner,
    )

    assert (edited.version, edited.state) == (2, "ordered")
    rows = order.lines.order_by("line_no").values_list("line_no", "quantity", "unit_price", "unit_label")
    assert list(rows) == [(1, 7, 2, ""), (3, 30, 40, "BUNDLE")]
    assert sorted(Supply.objects.filter(closed_at=None).values_list("open_quantity", flat=True)) == [7, 30]
    assert_sound()

    bundle = PurchaseOrderLine.objects.get(order=order, line_no=3)
    change = [LineChange(line_id=bundle.pk, values={"quantity": "2.5"})]
    purchase_orders.edit(order.pk, lines=change, now=cast.now, actor=cast.planner)
    assert PurchaseOrderLine.objects.get(pk=bundle.pk).quantity == 25


def test_a_received_line_keeps_its_substance(cast, make_order):
    order = make_order((cast.plank, 5, 1), (cast.leg, 4, 1))
    purchase_orders.receive(order.pk, now=cast.now, actor=cast.planner)
    PurchaseOrder.objects.filter(pk=order.pk).update(state="partly_received")

    change = [LineChange(line_id=order.lines.first().pk, values={"quantity": "7"})]
    with pytest.raises(LineTouched, match="5 received"):
        purchase_orders.edit(order.pk, lines=change, now=cast.now, actor=cast.planner)


def test_supply_of_consigned_stock_serves_who_may_use_it(cast, make_order, assert_sound):
    agreements.start(
        owner=cast.supplier,
        site=cast.tll,
        used_by=cast.maker,
        term=agreements.Term(valid_from_on=date(2026, 1, 1)),
        now=cast.now,
        actor=None,
    )

    make_order((cast.plank, 5, 1), owner_id=cast.supplier.pk)

    assert Supply.objects.get().used_by == cast.maker
    assert_sound()


def test_the_levels_of_many_orders_are_worked_out_whoever_uses_the_goods(cast, draft, sawmill):
    drafts = [replace(draft, owner_id=cast.supplier.pk)] * 2

    purchase_orders.create_many(drafts, is_ordered=True, now=cast.now, actor=cast.planner)

    event = Event.objects.get(kind="purchase_order.ordered")
    assert OutboxEvent.objects.get(event=event).keys == [[cast.plank.pk, cast.tll.pk, cast.supplier.pk]]
    assert event.payload["levels"] == []
    assert (event.company_ids, event.site_ids) == (sorted([cast.maker.pk, sawmill.party_id]), [cast.tll.pk])


def test_many_orders_and_lines_cost_the_same_number_of_statements(cast, draft, planks, assert_sound):
    def statements(orders: int, lines: int) -> int:
        drafts = [replace(draft, lines=list(draft.lines) * lines)] * orders
        with CaptureQueriesContext(connection) as queries:
            purchase_orders.create_many(drafts, is_ordered=True, now=cast.now, actor=cast.planner)
        return len(queries)

    few = statements(2, 2)
    assert statements(20, 10) == few
    assert few <= 25
    assert Supply.objects.filter(firmness="firm").count() == 204
    assert_sound()
