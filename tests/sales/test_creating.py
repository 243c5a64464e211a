"""Quotes, and orders that are open at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, InvalidInput, NotFound
from core.models import Event
from inventory.models import Demand, ItemCompany, Priority
from inventory.services import items
from sales.drafts import LineDraft, OrderDraft
from sales.models import SalesOrder, SalesOrderLine
from sales.services import customers, sales_orders
from sites.services import exchange_rates


@pytest.fixture
def draft(cast, shop):
    lines = [LineDraft(item_id=cast.table.pk, quantity="3", unit_price="120.5")]
    return OrderDraft(customer_id=shop.pk, site_id=cast.tll.pk, lines=lines)


def create(cast, draft, **options):
    return sales_orders.create(draft, **({"now": cast.now, "actor": cast.planner} | options))


def test_a_quote_keeps_draft_demand_and_has_no_rank(cast, draft, shop):
    order = create(cast, replace(draft, need_by_on=date(2026, 12, 1)))

    assert (order.number, order.state, order.version) == ("SO-1001", "quote", 1)
    assert (order.company, order.owner, order.currency) == (cast.maker, cast.maker, "EUR")
    assert (order.ordered_on, order.priority_id, order.created_by_id) == (date(2026, 11, 23), None, cast.planner.pk)
    line = order.lines.get()
    assert (line.quantity, line.open_quantity, line.unit_factor) == (3, 3, 1)
    assert (line.unit_price, line.need_by_on, line.site) == (Decimal("120.5"), date(2026, 12, 1), cast.tll)
    demand = Demand.objects.get()
    assert (demand.firmness, demand.open_quantity, demand.due_on) == ("draft", 3, date(2026, 12, 1))
    assert (demand.used_by, demand.document_number, demand.party_name) == (cast.maker, "SO-1001", "Möbel Berg")
    assert demand.due_at.isoformat() == "2026-12-01T15:00:00+00:00"  # 17:00 in Tallinn


def test_seller_and_buyer_hear_of_it_and_levels_are_marked(cast, draft, shop):
    order = create(cast, draft)

    event = Event.objects.get(kind="sales_order.created")
    assert event.company_ids == sorted([cast.maker.pk, shop.party_id])
    assert event.payload["documents"] == [["sales_order", order.pk]]
    assert event.payload["levels"] == [[cast.table.pk, cast.tll.pk, cast.maker.pk]]


def test_is_opened_at_once_at_the_end_of_the_ranks(cast, draft):
    first, second = (create(cast, draft, is_open=True) for _ in range(2))

    assert (first.state, first.opened_at, first.version) == ("open", cast.now, 1)
    ranked = Priority.objects.order_by("rank").values_list("pk", flat=True)
    assert list(ranked) == [first.priority_id, second.priority_id]
    assert set(Demand.objects.values_list("firmness", "priority_id")) == {
        ("firm", first.priority_id),
        ("firm", second.priority_id),
    }


def test_another_unit_is_converted_by_its_frozen_factor(cast, draft):
    table = items.edit(cast.table, units={cast.m: Decimal(12)}, actor=cast.planner)
    line = LineDraft(item_id=cast.table.pk, quantity="2.5", unit_id=cast.m.pk, unit_price="900")

    order = create(cast, replace(draft, lines=[line]))
    items.edit(table, units={cast.m: Decimal(10)}, actor=cast.planner)

    row = order.lines.get()
    assert (row.ordered_quantity, row.unit, row.unit_factor, row.quantity) == (Decimal("2.5"), cast.m, 12, 30)


def test_what_is_measured_is_rounded_up_to_the_stocking_unit(cast, draft):
    items.edit(cast.plank, units={cast.pcs: Decimal("2.43845")}, actor=cast.planner)

    order = create(cast, replace(draft, lines=[LineDraft(item_id=cast.plank.pk, quantity=1, unit_id=cast.pcs.pk)]))

    assert order.lines.get().quantity == Decimal("2.439")


def test_the_price_defaults_to_the_list_price_in_the_order_s_currency_and_unit(cast, draft):
    items.put_terms(cast.table, cast.maker, list_price=Decimal("100"), actor=cast.planner)
    items.edit(cast.table, units={cast.m: Decimal(12)}, actor=cast.planner)
    exchange_rates.put(
        company=cast.maker, from_currency="EUR", to_currency="USD", valid_from_on=date(2026, 1, 1),
        rate=Decimal("1.1"), actor=cast.administrator,
    )  # fmt: skip
    lines = [
        LineDraft(item_id=cast.table.pk, quantity=1),
        LineDraft(item_id=cast.table.pk, quantity=1, unit_id=cast.m.pk),
        LineDraft(item_id=cast.table.pk, quantity=1, unit_price=0),
        LineDraft(item_id=cast.leg.pk, quantity=1),
    ]

    order = create(cast, replace(draft, currency="USD", lines=lines))

    assert list(order.lines.order_by("line_no").values_list("unit_price", flat=True)) == [110, 1320, 0, 0]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"quantity": "0"}, {"lines.0.quantity": "0 is not allowed; the quantity must be greater than 0."}),
        ({"quantity": "-1"}, {"lines.0.quantity": "-1 is not allowed; the quantity must be greater than 0."}),
        ({"quantity": "0.5"}, {"lines.0.quantity": "0.5 does not fit pcs, which has 0 decimals."}),
        ({"quantity": "many"}, {"lines.0.quantity": "“many” is not a number."}),
        ({"quantity": "NaN"}, {"lines.0.quantity": None}),
        ({"quantity": "1e30"}, {"lines.0.quantity": None}),
        ({"item_id": 10**9}, {"lines.0.item": "Not found."}),
        ({"unit_price": "-1"}, {"lines.0.unit_price": "-1 is not allowed; a price is 0 or more."}),
        ({"unit_price": "0.000000001"}, {"lines.0.unit_price": "0.000000001 has more than 8 decimals."}),
        ({"discount": "1.5"}, {"lines.0.discount": "1.5 is not allowed; a discount is a fraction from 0 to 1."}),
        ({"site_id": 10**9}, {"lines.0.site": "Not found."}),
    ],
)
def test_bad_lines_name_the_field_and_change_nothing(cast, draft, change, errors):
    line = replace(draft.lines[0], **change)

    with pytest.raises(InvalidInput) as refusal:
        create(cast, replace(draft, lines=[line]))

    assert list(refusal.value.errors) == list(errors)
    wanted = [text for text in errors.values() if text]
    assert [text for text in refusal.value.errors.values() if wanted] == wanted
    assert not SalesOrder.objects.exists()
    assert not Demand.objects.exists()
    assert not Event.objects.filter(kind__startswith="sales").exists()


def test_a_unit_of_another_item_and_a_fraction_of_a_piece_are_refused(cast, draft):
    items.edit(cast.leg, units={cast.m: Decimal("0.5")}, actor=cast.planner)
    lines = [
        LineDraft(item_id=cast.table.pk, quantity=1, unit_id=cast.m.pk),
        LineDraft(item_id=cast.leg.pk, quantity="1", unit_id=cast.m.pk),
    ]

    with pytest.raises(InvalidInput) as refusal:
        create(cast, replace(draft, lines=lines))

    assert refusal.value.errors == {
        "lines.0.unit": "TABLE has no unit m; it is stocked in pcs.",
        "lines.1.quantity": "1 m are 0.5 pcs, which has no decimals.",
    }


def test_an_item_of_another_company_is_not_found(cast, draft):
    secret = items.create(sku="SECRET", unit=cast.pcs, company=cast.far, actor=cast.outsider)

    with pytest.raises(InvalidInput, match=r"lines\.0\.item: Not found"):
        create(cast, replace(draft, lines=[LineDraft(item_id=secret.pk, quantity=1)]))

    assert not ItemCompany.objects.filter(item=secret, company=cast.maker).exists()


def test_an_archived_item_and_a_customer_of_another_company_are_refused(cast, draft):
    items.archive(cast.leg, now=cast.now, actor=cast.planner)
    foreign = customers.create(company=cast.far, code="US", actor=cast.outsider)

    with pytest.raises(InvalidInput, match="LEG is archived"):
        create(cast, replace(draft, lines=[LineDraft(item_id=cast.leg.pk, quantity=1)]))
    with pytest.raises(InvalidInput, match="NORDWOOD has no such customer"):
        create(cast, replace(draft, customer_id=foreign.pk))
    with pytest.raises(InvalidInput, match="at least one line"):
        create(cast, replace(draft, lines=[]))


def test_only_the_company_s_planners_may(cast, draft):
    for actor, refusal in ((cast.viewer, Forbidden), (cast.operator, Forbidden), (cast.outsider, NotFound)):
        with pytest.raises(refusal):
            create(cast, draft, actor=actor)
    assert not SalesOrder.objects.exists()


def test_keeps_a_number_that_it_has_already(cast, draft):
    order = create(cast, replace(draft, number="A-17"))
    assert order.number == "A-17"

    for number, reason in (("A-17", "taken"), ("SO-1", "given by the system")):
        with pytest.raises(InvalidInput, match=reason):
            create(cast, replace(draft, number=number))


def test_many_are_made_all_or_none_and_the_wrong_one_is_named(cast, draft):
    bad = replace(
        draft, lines=[LineDraft(item_id=cast.table.pk, quantity=1), LineDraft(item_id=cast.leg.pk, quantity=-1)]
    )

    with pytest.raises(InvalidInput) as refusal:
        sales_orders.create_many([draft, bad], now=cast.now, actor=cast.planner)

    assert list(refusal.value.errors) == ["1.lines.1.quantity"]
    assert not SalesOrder.objects.exists()


def test_many_orders_and_lines_cost_the_same_number_of_statements(cast, draft, assert_sound):
    def statements(orders: int, lines: int) -> int:
        drafts = [replace(draft, lines=list(draft.lines) * lines)] * orders
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sales_orders.create_many(drafts, is_open=True, now=cast.now, actor=cast.planner)
        return len(queries)

    few = statements(2, 2)
    assert statements(20, 10) == few
    assert few <= 25
    assert SalesOrder.objects.filter(state="open").count() == 22
    assert SalesOrderLine.objects.count() == Demand.objects.filter(firmness="firm").count() == 204
    numbers = SalesOrder.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [f"SO-{number}" for number in range(1001, 1023)]
    assert_sound()
