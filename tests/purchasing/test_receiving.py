"""Receiving: where it goes, what it is worth, what stays open; and taking it back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, InvalidInput, NotFound, WrongState
from core.models import Event
from inventory.choices import LocationKind
from inventory.errors import NoExchangeRate, PeriodClosed, ReversalBlocked
from inventory.models import CostPool, Lot, Posting, StockBalance, StockMove, Supply, ValueEntry
from inventory.services import item_sites, items, locations, lots, undo
from inventory.services.adjustments import AdjustmentLine, adjust
from purchasing.drafts import LineDraft, ReceiveDraft, ReceiveLine
from purchasing.errors import DocumentBlocked, NothingOpen, NothingToReverse, OverReceipt
from purchasing.models import PurchaseOrder, Receipt, SupplierItem
from purchasing.services import purchase_orders, supplier_items
from sites.services import companies, exchange_rates


def receive(cast, order, *lines, actor=None, **options):
    draft = ReceiveDraft(lines=[ReceiveLine(**line) for line in lines] if lines else None, **options)
    return purchase_orders.receive(order.pk, draft, now=cast.now, actor=actor or cast.planner)


def reverse(cast, order):
    return purchase_orders.reverse(order.pk, now=cast.now, actor=cast.planner)


def line_of(order, line_no=1):
    return order.lines.get(line_no=line_no)


def quantities(order, line_no=1):
    line = line_of(order, line_no)
    return line.posted_quantity, line.rejected_quantity, line.open_quantity


@pytest.fixture
def glue(cast):
    """An item with lots."""
    return items.create(sku="GLUE", unit=cast.pcs, company=cast.maker, tracking="lot", actor=cast.planner)


def test_receives_all_that_is_open_in_one_posting(cast, make_order, sawmill, assert_sound):
    order = make_order((cast.plank, "30", "4.25"), (cast.leg, 4, "2"))

    received = receive(cast, order, supplier_reference="D-17")

    assert (received.order.state, received.warnings) == ("received", [])
    posting = Posting.objects.get(kind="receipt")
    assert (received.receipt.posting, received.receipt.number) == (posting, f"RCP-{posting.pk}")
    assert received.receipt.supplier_reference == "D-17"
    assert list(received.receipt.lines.values_list("order_line__line_no", "quantity")) == [(1, 30), (2, 4)]
    balances = StockBalance.objects.order_by("item__sku").values_list("item__sku", "quantity", "location", "owner")
    assert list(balances) == [
        ("LEG", 4, cast.tll_stock.pk, cast.maker.pk),
        ("PLANK", 30, cast.tll_stock.pk, cast.maker.pk),
    ]
    assert dict(CostPool.objects.values_list("item__sku", "value")) == {"PLANK": Decimal("127.5"), "LEG": 8}
    assert set(StockMove.objects.values_list("from_location__kind", flat=True)) == {"supplier"}
    assert not Supply.objects.filter(closed_at=None).exists()
    event = Event.objects.get(kind="purchase_order.received")
    assert sawmill.party_id in event.company_ids
    assert [cast.leg.pk, cast.tll.pk, cast.maker.pk] in event.payload["levels"]
    assert_sound()


def test_receives_in_parts_that_add_up_to_the_price(cast, make_order, assert_sound):
    items.edit(cast.leg, units={cast.m: Decimal(3)}, actor=cast.planner)
    order = make_order(lines=[LineDraft(item_id=cast.leg.pk, quantity=1, unit_id=cast.m.pk, unit_price="10")])
    line = {"line_id": line_of(order).pk, "quantity": 1}

    states = [receive(cast, order, line).order.state for _ in range(3)]

    assert states == ["partly_received", "partly_received", "received"]
    amounts = ValueEntry.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert_sound()


def test_the_price_is_converted_by_the_rate_of_the_day(cast, make_order, assert_sound):
    for day, rate in ((date(2026, 1, 1), "0.9"), (date(2026, 11, 1), "0.875"), (date(2026, 12, 1), "0.5")):
        exchange_rates.put(
            company=cast.maker, from_currency="USD", to_currency="EUR", valid_from_on=day, rate=Decimal(rate),
            actor=cast.administrator,
        )  # fmt: skip
    order = make_order((cast.leg, 3, "1.33"), currency="USD")

    receive(cast, order)

    assert CostPool.objects.get().value == Decimal("3.49")  # 3 × 1.33 × 0.875 = 3.49125
    assert_sound()


def test_without_a_rate_nothing_is_received(cast, make_order, assert_sound):
    order = make_order((cast.leg, 3, "1.33"), currency="USD")

    with pytest.raises(NoExchangeRate, match="from USD to EUR on 2026-11-23"):
        receive(cast, order)

    assert (PurchaseOrder.objects.get(pk=order.pk).state, StockBalance.objects.count()) == ("ordered", 0)
    assert_sound()


def test_goes_to_the_place_named_else_to_the_item_s_own_else_to_the_site_s(cast, make_order):
    rack, shelf = (locations.create(site=cast.tll, code=code, actor=cast.administrator) for code in ("RACK", "SHELF"))
    item_sites.put(item=cast.plank, site=cast.tll, company=cast.maker, default_location=rack, actor=None)
    order = make_order((cast.plank, 3, 1), (cast.leg, 1, 1))

    receive(cast, order, {"line_id": line_of(order).pk, "quantity": 1, "location_id": shelf.pk})
    receive(cast, order)

    placed = StockBalance.objects.order_by("item", "location__code").values_list("location__code", "quantity")
    assert sorted(placed) == sorted([("SHELF", 1), ("RACK", 2), (cast.tll_stock.code, 1)])


def test_a_place_of_another_site_or_of_the_world_outside_is_refused(cast, make_order):
    order = make_order((cast.plank, 3, 1))
    outside = locations.create(site=cast.tll, code="OUT", kind=LocationKind.WIP, actor=cast.administrator)

    for location in (cast.chi_stock, outside):
        with pytest.raises(InvalidInput, match=r"lines\.0\.location"):
            receive(cast, order, {"line_id": line_of(order).pk, "location_id": location.pk})
    assert quantities(order) == (0, 0, 3)


def test_rejected_goods_are_noted_and_stay_open(cast, make_order, assert_sound):
    order = make_order((cast.plank, 10, 1))
    line = line_of(order).pk

    receive(cast, order, {"line_id": line, "quantity": 4, "rejected_quantity": 1})
    assert quantities(order) == (4, 1, 6)
    received = receive(cast, order, {"line_id": line, "rejected_quantity": 2})
    assert (quantities(order), received.order.state) == ((8, 3, 2), "partly_received")
    assert Supply.objects.get().open_quantity == 2

    reverse(cast, order)
    assert quantities(order) == (4, 1, 6)
    assert_sound()


def test_a_delivery_that_is_wholly_rejected_moves_nothing(cast, make_order, assert_sound):
    order = make_order((cast.plank, 10, 1))

    received = receive(cast, order, {"line_id": line_of(order).pk, "quantity": 0, "rejected_quantity": 10})

    assert (received.order.state, quantities(order)) == ("ordered", (0, 10, 10))
    assert not StockMove.objects.exists()
    assert reverse(cast, order).order.state == "ordered"
    assert quantities(order) == (0, 0, 10)
    assert_sound()


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"quantity": "11"}, OverReceipt, "lines.0.quantity"),
        ({"quantity": "0"}, InvalidInput, "lines.0.quantity"),
        ({"quantity": "-1"}, InvalidInput, "lines.0.quantity"),
        ({"quantity": "0.5"}, InvalidInput, "lines.0.quantity"),
        ({"rejected_quantity": "-1"}, InvalidInput, "lines.0.rejected_quantity"),
        ({"rejected_quantity": "0.5"}, InvalidInput, "lines.0.rejected_quantity"),
        ({"line_id": 10**9}, InvalidInput, "lines.0.line"),
        ({"lot_number": "L1"}, InvalidInput, "lines.0.lot"),
        ({"location_id": 10**9}, InvalidInput, "lines.0.location"),
    ],
)
def test_bad_lines_name_the_field_and_change_nothing(cast, make_order, assert_sound, change, error, field):
    order = make_order((cast.leg, 10, 1))

    with pytest.raises(error) as refusal:
        receive(cast, order, {"line_id": line_of(order).pk} | change)

    assert field in (getattr(refusal.value, "errors", None) or [refusal.value.field])
    assert (quantities(order), Receipt.objects.count()) == ((0, 0, 10), 0)
    assert_sound()


def test_over_receipt_says_the_numbers(cast, make_order):
    order = make_order((cast.leg, 10, 1))
    receive(cast, order, {"line_id": line_of(order).pk, "quantity": 7})

    with pytest.raises(OverReceipt) as refusal:
        receive(cast, order, {"line_id": line_of(order).pk, "quantity": 4})

    assert refusal.value.message == "Line 1, LEG: 4 received, 3 of 10 are open."


def test_a_tracked_item_needs_a_lot_which_is_then_the_supplier_s(cast, make_order, glue, assert_sound):
    order = make_order((glue, 10, 2))
    line = line_of(order).pk

    with pytest.raises(InvalidInput) as refusal:
        receive(cast, order)
    assert refusal.value.errors == {"lines.0.lot": "GLUE is tracked by lot; name the lot."}

    first = {"line_id": line, "quantity": 4, "lot_number": "B7", "expires_on": date(2027, 1, 1)}
    receive(cast, order, first, {"line_id": line, "quantity": 1, "lot_number": "b8"})
    receive(cast, order, {"line_id": line, "quantity": 2, "lot_number": "b7", "expires_on": date(2030, 1, 1)})

    known = Lot.objects.order_by("number").values_list("number", "issuer", "began_on", "expires_on")
    assert list(known) == [
        ("B7", cast.supplier.pk, date(2026, 11, 23), date(2027, 1, 1)),
        ("b8", cast.supplier.pk, date(2026, 11, 23), None),
    ]
    assert dict(StockBalance.objects.values_list("lot__number", "quantity")) == {"B7": 6, "b8": 1}

    foreign = lots.create(item=glue, number="OWN", issuer=cast.maker, actor=cast.planner)
    receive(cast, order, {"line_id": line, "quantity": 1, "lot_id": foreign.pk})
    assert StockBalance.objects.get(lot=foreign).quantity == 1
    with pytest.raises(InvalidInput, match=r"lines\.0\.lot: The item has no such lot"):
        receive(cast, order, {"line_id": line, "quantity": 1, "lot_id": 10**9})
    assert_sound()


def test_a_serial_number_is_one_piece_and_in_stock_once(cast, make_order, assert_sound):
    drill = items.create(sku="DRILL", unit=cast.pcs, company=cast.maker, tracking="serial", actor=cast.planner)
    order = make_order((drill, 3, 90))
    line = line_of(order).pk

    with pytest.raises(InvalidInput, match="2 of one serial number"):
        receive(cast, order, {"line_id": line, "quantity": 2, "lot_number": "S1"})
    with pytest.raises(InvalidInput, match=r"lines\.1\.lot"):
        receive(cast, order, *[{"line_id": line, "quantity": 1, "lot_number": "S1"}] * 2)
    receive(cast, order, *({"line_id": line, "quantity": 1, "lot_number": number} for number in ("S1", "S2")))
    with pytest.raises(InvalidInput, match="in stock already"):
        receive(cast, order, {"line_id": line, "quantity": 1, "lot_number": "s2"})

    assert set(StockBalance.objects.values_list("lot__number", "quantity")) == {("S1", 1), ("S2", 1)}
    assert_sound()


def test_a_price_of_0_is_told(cast, make_order):
    received = receive(cast, make_order((cast.leg, 1, 0)))

    assert received.warnings == ["lines.0: LEG has a price of 0, so it is valued at 0."]


def test_the_last_cost_is_kept_per_the_supplier_s_unit(cast, make_order, sawmill):
    supplier_items.create(supplier=sawmill, item=cast.plank, unit_factor=Decimal(10), actor=cast.planner)

    receive(cast, make_order((cast.plank, 3, "4.5")))
    late = make_order((cast.plank, 3, "9"))
    receive(cast, late, effective_at=cast.now - timedelta(days=2))

    offer = SupplierItem.objects.get()
    assert (offer.last_cost, offer.last_received_on) == (45, date(2026, 11, 23))


def test_one_receipt_is_at_one_site(cast, make_order):
    sites = (cast.tll, cast.chi)
    lines = [LineDraft(item_id=cast.leg.pk, quantity=1, unit_price=1, site_id=site.pk) for site in sites]
    order = make_order(lines=lines)

    with pytest.raises(InvalidInput, match="Lines are open at CHI, TLL"):
        receive(cast, order)
    with pytest.raises(InvalidInput, match="Line 2 comes to CHI"):
        receive(cast, order, *({"line_id": line_of(order, number).pk} for number in (1, 2)))
    assert receive(cast, order, site_id=cast.chi.pk).order.state == "partly_received"
    assert receive(cast, order).order.state == "received"


def test_the_latest_receipt_is_taken_back(cast, make_order, assert_sound):
    order = make_order((cast.leg, 10, 3))
    receive(cast, order, {"line_id": line_of(order).pk, "quantity": 6})
    second = receive(cast, order)

    taken_back = reverse(cast, order)

    assert (taken_back.receipt.pk, taken_back.order.state) == (second.receipt.pk, "partly_received")
    assert quantities(order) == (6, 0, 4)
    assert (StockBalance.objects.get().quantity, CostPool.objects.get().value) == (6, 18)
    supply = Supply.objects.get()
    assert (supply.open_quantity, supply.closed_at) == (4, None)
    assert reverse(cast, order).order.state == "ordered"
    with pytest.raises(NothingToReverse):
        reverse(cast, order)
    assert_sound()


def test_a_posting_reversed_by_itself_takes_the_receipt_along(cast, make_order, assert_sound):
    order = make_order((cast.leg, 10, 3))
    first = receive(cast, order, {"line_id": line_of(order).pk, "quantity": 6})
    receive(cast, order)

    undo.reverse_posting(first.receipt.posting_id, now=cast.now, actor=cast.planner)

    assert (PurchaseOrder.objects.get(pk=order.pk).state, quantities(order)) == ("partly_received", (4, 0, 6))
    assert_sound()


def test_what_has_left_again_is_not_taken_back(cast, make_order, assert_sound):
    order = make_order((cast.leg, 10, 3))
    receive(cast, order)
    used = AdjustmentLine(item_id=cast.leg.pk, quantity=Decimal(-8))
    posted = adjust(site_id=cast.tll.pk, reason="Used", lines=[used], now=cast.now, actor=None)

    with pytest.raises(ReversalBlocked, match=posted.number):
        reverse(cast, order)

    assert (PurchaseOrder.objects.get(pk=order.pk).state, quantities(order)) == ("received", (10, 0, 0))
    assert_sound()


def test_the_rest_is_closed_short(cast, make_order, assert_sound):
    order = make_order((cast.leg, 10, 3), (cast.plank, 1, 1))
    receive(cast, order, {"line_id": line_of(order).pk, "quantity": 6})
    close = {"now": cast.now, "actor": cast.planner}

    with pytest.raises(InvalidInput, match="reason"):
        purchase_orders.close(order.pk, **close)
    lines = [line_of(order, 2).pk]
    assert purchase_orders.close(order.pk, line_ids=lines, reason="Sold out", **close).state == "partly_received"
    with pytest.raises(NothingOpen):
        purchase_orders.close(order.pk, line_ids=lines, reason="Again", **close)
    assert purchase_orders.close(order.pk, reason="Never comes", **close).state == "closed"

    assert quantities(order) == (6, 0, 0)
    assert not Supply.objects.filter(closed_at=None).exists()
    with pytest.raises(WrongState):
        receive(cast, order)
    assert_sound()


def test_an_order_that_received_nothing_is_canceled(cast, make_order, assert_sound):
    order, other = make_order((cast.leg, 10, 3)), make_order((cast.leg, 10, 3))
    receive(cast, other, {"line_id": line_of(other).pk, "quantity": 1})

    assert purchase_orders.cancel(order.pk, now=cast.now, actor=cast.planner).state == "canceled"
    with pytest.raises(WrongState):
        purchase_orders.cancel(other.pk, now=cast.now, actor=cast.planner)
    assert Supply.objects.filter(closed_at=None).get().document_id == other.pk
    assert_sound()


def test_a_blocked_order_is_neither_ordered_nor_received(cast, make_order):
    draft, order = make_order((cast.leg, 1, 1), is_ordered=False), make_order((cast.leg, 1, 1))
    options = {"now": cast.now, "actor": cast.planner}
    for blocked in (draft, order):
        purchase_orders.block(blocked.pk, reason="No budget", **options)

    with pytest.raises(DocumentBlocked, match="No budget"):
        purchase_orders.order(draft.pk, **options)
    with pytest.raises(DocumentBlocked):
        receive(cast, order)
    purchase_orders.unblock(order.pk, **options)
    assert receive(cast, order).order.state == "received"


def test_a_draft_is_not_received_and_dates_are_checked(cast, make_order):
    draft, order = make_order((cast.leg, 1, 1), is_ordered=False), make_order((cast.leg, 1, 1))
    companies.edit(cast.maker, closed_through_on=date(2026, 10, 31), actor=cast.administrator)

    with pytest.raises(WrongState):
        receive(cast, draft)
    with pytest.raises(InvalidInput, match="effective_at"):
        receive(cast, order, effective_at=cast.now + timedelta(hours=1))
    with pytest.raises(PeriodClosed):
        receive(cast, order, effective_at=cast.now - timedelta(days=40))
    assert not Receipt.objects.exists()


def test_a_receipt_of_a_canceled_order_stays(cast, make_order):
    """All of it was rejected, so the order could still be canceled."""
    order = make_order((cast.leg, 2, 1))
    posting = receive(cast, order, {"line_id": line_of(order).pk, "rejected_quantity": 2}).receipt.posting
    purchase_orders.cancel(order.pk, now=cast.now, actor=cast.planner)

    with pytest.raises(WrongState, match="canceled"):
        undo.reverse_posting(posting.pk, now=cast.now, actor=cast.planner)

    assert quantities(order) == (0, 2, 0)
    assert not Posting.objects.exclude(pk=posting.pk).exists()


def test_who_receives(cast, make_order):
    order = make_order((cast.leg, 2, 1))

    refusals = ((cast.viewer, Forbidden), (cast.outsider, NotFound), (cast.supplier_planner, Forbidden))
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            receive(cast, order, actor=actor)
    receive(cast, order, actor=cast.operator)


def test_a_document_of_many_lines_costs_the_same_number_of_statements(cast, make_order, glue, sawmill):
    supplier_items.create(supplier=sawmill, item=cast.leg, actor=cast.planner)

    def statements(count: int) -> int:
        order = make_order(*[(cast.leg, 2, 1), (glue, 2, 1)] * (count // 2))
        rows = [ReceiveLine(line_id=line.pk, rejected_quantity=1) for line in order.lines.order_by("line_no")]
        rows = [replace(row, lot_number=f"L{place}") if place % 2 else row for place, row in enumerate(rows)]
        with CaptureQueriesContext(connection) as queries:
            purchase_orders.receive(order.pk, ReceiveDraft(lines=rows), now=cast.now, actor=cast.planner)
        return len(queries)

    statements(2)  # what a connection does once
    few = statements(10)
    assert statements(100) == few
    assert few <= 25
