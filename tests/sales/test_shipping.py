"""Shipping: what leaves, what it is worth, and what stays."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Forbidden, InvalidInput, NotFound, WrongState
from core.models import Event
from inventory.drafts import LevelKey
from inventory.errors import InsufficientStocks, LotBlocked, PeriodClosed
from inventory.models import CostPool, Demand, Posting, StockBalance, StockMove, ValueEntry
from inventory.services import agreements, items, lots, recompute
from sales.drafts import LineDraft, ShipDraft, ShipLine
from sales.errors import DocumentBlocked, NothingOpen, OverShipment
from sales.models import SalesOrder, Shipment
from sales.services import sales_orders
from sites.services import companies


def ship(cast, order, *lines, actor=None, **options):
    draft = ShipDraft(lines=[ShipLine(**line) for line in lines] if lines else None, **options)
    return sales_orders.ship(order.pk, draft, now=cast.now, actor=actor or cast.planner)


def line_of(order, line_no=1):
    return order.lines.get(line_no=line_no)


def on_hand(item):
    return sum(StockBalance.objects.filter(item=item).values_list("quantity", flat=True))


def test_ships_all_that_is_open_in_one_posting(cast, stock, make_order, assert_sound):
    stock(cast.table, 5, cost="10")
    stock(cast.leg, 20, cost="2")
    order = make_order((cast.table, 3), (cast.leg, 12))

    shipped = ship(cast, order, carrier="Post", tracking_number="T1")

    assert (shipped.order.state, shipped.order.shipped_at, shipped.warnings) == ("shipped", cast.now, [])
    posting = Posting.objects.get(kind="shipment")
    assert (shipped.shipment.posting, shipped.shipment.number) == (posting, f"SHP-{posting.pk}")
    assert (posting.source_kind, posting.source_id, posting.source_number) == ("sales_order", order.pk, "SO-1001")
    assert (shipped.shipment.carrier, shipped.shipment.tracking_number) == ("Post", "T1")
    assert list(shipped.shipment.lines.values_list("order_line__line_no", "quantity")) == [(1, 3), (2, 12)]
    assert (on_hand(cast.table), on_hand(cast.leg)) == (2, 8)
    assert set(StockMove.objects.filter(posting=posting).values_list("to_location__kind", "quantity")) == {
        ("customer", 3),
        ("customer", 12),
    }
    amounts = ValueEntry.objects.filter(posting=posting).values_list("amount", flat=True)
    assert sorted(amounts) == [-30, -24]
    assert list(Demand.objects.values_list("open_quantity", flat=True)) == [0, 0]
    assert not Demand.objects.filter(closed_at=None).exists()
    assert_sound()


def test_ships_in_parts(cast, stock, make_order, assert_sound):
    stock(cast.table, 5)
    order = make_order((cast.table, 5), (cast.leg, 1))
    line = line_of(order)

    first = ship(cast, order, {"line_id": line.pk, "quantity": "2"})
    assert (first.order.state, line_of(order).posted_quantity) == ("partly_shipped", 2)
    assert Demand.objects.get(line_id=line.pk).open_quantity == 3

    second = ship(cast, order, {"line_id": line.pk, "quantity": "1"}, {"line_id": line.pk})
    assert (second.order.state, line_of(order).posted_quantity) == ("partly_shipped", 5)
    assert list(second.shipment.lines.values_list("quantity", flat=True)) == [1, 2]
    assert Shipment.objects.count() == 2
    assert_sound()


def test_the_event_names_the_keys_that_changed(cast, stock, make_order, shop):
    stock(cast.table, 5)
    order = make_order((cast.table, 5))

    ship(cast, order)

    event = Event.objects.get(kind="sales_order.shipped")
    assert event.payload["levels"] == [[cast.table.pk, cast.tll.pk, cast.maker.pk]]
    assert shop.party_id in event.company_ids


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"quantity": "4"}, OverShipment, "lines.0.quantity"),
        ({"quantity": "0"}, InvalidInput, "lines.0.quantity"),
        ({"quantity": "1.5"}, InvalidInput, "lines.0.quantity"),
        ({"quantity": "x"}, InvalidInput, "lines.0.quantity"),
        ({"line_id": 10**9}, InvalidInput, "lines.0.line"),
        ({"location_id": 10**9}, InvalidInput, "lines.0.location"),
        ({"lot_id": 10**9}, InvalidInput, "lines.0.lot"),
    ],
)
def test_bad_lines_name_the_field_and_change_nothing(cast, stock, make_order, assert_sound, change, error, field):
    stock(cast.table, 10)
    order = make_order((cast.table, 3))

    with pytest.raises(error) as refusal:
        ship(cast, order, {"line_id": line_of(order).pk} | change)

    assert field in (getattr(refusal.value, "errors", None) or [refusal.value.field])
    assert SalesOrder.objects.get(pk=order.pk).state == "open"
    assert (on_hand(cast.table), Shipment.objects.count()) == (10, 0)
    assert_sound()


def test_over_shipment_says_the_numbers(cast, stock, make_order):
    stock(cast.table, 10)
    order = make_order((cast.table, 3))
    line = line_of(order)

    with pytest.raises(OverShipment) as refusal:
        ship(cast, order, {"line_id": line.pk, "quantity": "2"}, {"line_id": line.pk, "quantity": "2"})

    assert refusal.value.details == {
        "item": "TABLE", "line": 1, "requested": "2", "open": "1", "quantity": "3", "field": "lines.1.quantity",
    }  # fmt: skip
    assert refusal.value.message == "Line 1, TABLE: 2 asked, 1 of 3 are open."


def test_too_little_stock_is_refused_with_the_numbers_of_each_line(cast, stock, make_order, assert_sound):
    stock(cast.table, 2)
    order = make_order((cast.table, 3), (cast.leg, 1))

    with pytest.raises(InsufficientStocks) as refusal:
        ship(cast, order)

    assert [(e.details["item"], e.details["requested"], e.details["available"]) for e in refusal.value.shortages] == [
        ("TABLE", "3", "2"),
        ("LEG", "1", "0"),
    ]
    assert SalesOrder.objects.get(pk=order.pk).state == "open"
    assert on_hand(cast.table) == 2
    assert_sound()


def test_a_foreign_location_is_refused(cast, stock, make_order):
    stock(cast.table, 2)
    order = make_order((cast.table, 1))

    with pytest.raises(InvalidInput, match="The site has no such location"):
        ship(cast, order, {"line_id": line_of(order).pk, "location_id": cast.chi_stock.pk})


def test_a_named_lot_is_shipped_and_a_held_one_refused(cast, stock, make_order):
    vat = items.create(sku="VAT", unit=cast.pcs, company=cast.maker, tracking="lot", actor=cast.planner)
    old, new = (lots.create(item=vat, number=number, issuer=None, actor=cast.planner) for number in ("OLD", "NEW"))
    for lot in (old, new):
        stock(vat, 5, lot_id=lot.pk)
    order = make_order((vat, 3))

    ship(cast, order, {"line_id": line_of(order).pk, "quantity": "1", "lot_id": new.pk})
    assert StockBalance.objects.get(lot=new).quantity == 4

    lots.hold(new, reason="Smells", actor=cast.planner)
    with pytest.raises(LotBlocked):
        ship(cast, order, {"line_id": line_of(order).pk, "lot_id": new.pk})
    ship(cast, order)
    assert StockBalance.objects.get(lot=old).quantity == 3


def test_one_shipment_leaves_one_site(cast, stock, make_order):
    stock(cast.table, 1)
    stock(cast.table, 1, site=cast.chi)
    lines = [LineDraft(item_id=cast.table.pk, quantity=1, site_id=site.pk) for site in (cast.tll, cast.chi)]
    order = make_order(lines=lines)

    with pytest.raises(InvalidInput, match="Lines are open at CHI, TLL"):
        ship(cast, order)
    with pytest.raises(InvalidInput, match="Line 2 leaves from CHI"):
        ship(cast, order, *({"line_id": line_of(order, number).pk} for number in (1, 2)))

    assert ship(cast, order, site_id=cast.chi.pk).order.state == "partly_shipped"
    assert ship(cast, order).order.state == "shipped"


def test_consigned_stock_becomes_the_seller_s_at_the_agreed_price(cast, stock, make_order, assert_sound):
    agreements.start(
        owner=cast.supplier,
        site=cast.tll,
        used_by=cast.maker,
        term=agreements.Term(valid_from_on=date(2026, 1, 1), unit_price=Decimal("7")),
        now=cast.now,
        actor=None,
    )
    stock(cast.table, 2, cost="10")
    stock(cast.table, 5, cost="4", owner=cast.supplier)
    order = make_order((cast.table, 3))

    ship(cast, order)

    assert StockBalance.objects.get(owner=cast.maker).quantity == 0
    assert StockBalance.objects.get(owner=cast.supplier).quantity == 4
    pools = dict(CostPool.objects.values_list("owner__code", "value"))
    assert pools == {"NORDWOOD": 0, "SAEVESKI": 16}
    out = ValueEntry.objects.filter(company=cast.maker, pool__owner=cast.maker, kind="out")
    assert sum(out.values_list("amount", flat=True)) == -27  # 2 at 10 of its own, 1 bought at 7
    assert_sound()


def test_taking_what_others_counted_on_is_told(cast, stock, make_order):
    """Stock of 10: 4 for the first, 4 for the second, 2 for the third, who asks for 5 and takes them in two steps.

    Of the 5 left, and 3 that come, the first and the second have 4 again. A fourth order takes 6 of them.
    """

    def recomputed():
        recompute.recompute([LevelKey(cast.table.pk, cast.tll.pk, cast.maker.pk)], now=cast.now)

    stock(cast.table, 10)
    first, second, third = (make_order((cast.table, quantity)) for quantity in (4, 4, 5))
    recomputed()
    part = {"line_id": line_of(third).pk}

    assert ship(cast, third, part | {"quantity": 2}).warnings == []
    recomputed()
    assert ship(cast, third, part | {"quantity": 3}).warnings == [
        f"{second.number} counted on 3 of the TABLE that left."
    ]
    stock(cast.table, 3)
    recomputed()
    assert ship(cast, make_order((cast.table, 6))).warnings == [
        f"{second.number} counted on 4 of the TABLE that left.",
        f"{first.number} counted on 2 of the TABLE that left.",
    ]


def test_a_blocked_order_keeps_its_place_and_is_not_shipped(cast, stock, make_order):
    stock(cast.table, 1)
    order = make_order((cast.table, 1))
    sales_orders.block(order.pk, reason="Unpaid bills", now=cast.now, actor=cast.planner)

    with pytest.raises(DocumentBlocked, match="blocked since 2026-11-23: Unpaid bills"):
        ship(cast, order)
    assert Demand.objects.get().open_quantity == 1

    sales_orders.unblock(order.pk, now=cast.now, actor=cast.planner)
    assert ship(cast, order).order.state == "shipped"


def test_a_quote_and_a_shipped_order_are_not_shipped(cast, stock, make_order):
    stock(cast.table, 5)
    quote, order = make_order((cast.table, 1), is_open=False), make_order((cast.table, 1))
    ship(cast, order)

    for unshippable in (quote, order):
        with pytest.raises(WrongState):
            ship(cast, unshippable)
    with pytest.raises(InvalidInput, match="at least one line"):
        sales_orders.ship(make_order((cast.table, 1)).pk, ShipDraft(lines=[]), now=cast.now, actor=None)


def test_nothing_is_open_at_another_site(cast, stock, make_order):
    with pytest.raises(NothingOpen):
        ship(cast, make_order((cast.table, 1)), site_id=cast.chi.pk)


def test_dates_in_the_future_and_in_closed_periods_are_refused(cast, stock, make_order):
    stock(cast.table, 5)
    order = make_order((cast.table, 1))
    companies.edit(cast.maker, closed_through_on=date(2026, 10, 31), actor=cast.administrator)

    with pytest.raises(InvalidInput, match="effective_at"):
        ship(cast, order, effective_at=cast.now + timedelta(hours=1))
    with pytest.raises(PeriodClosed):
        ship(cast, order, effective_at=cast.now - timedelta(days=30))
    shipped = ship(cast, order, effective_at=cast.now - timedelta(days=1))
    assert shipped.shipment.posting.effective_on == date(2026, 11, 22)


def test_who_ships(cast, stock, make_order, shop):
    stock(cast.table, 5)
    order = make_order((cast.table, 1), (cast.table, 1))

    for actor, refusal in ((cast.viewer, Forbidden), (cast.outsider, NotFound), (cast.partner, NotFound)):
        with pytest.raises(refusal):
            ship(cast, order, actor=actor)
    ship(cast, order, {"line_id": line_of(order).pk}, actor=cast.operator)


def test_a_document_of_many_lines_costs_the_same_number_of_statements(cast, stock, make_order):
    stock(cast.table, 1000)
    stock(cast.leg, 1000)

    def statements(lines: int) -> int:
        order = make_order(*[(cast.table, 1), (cast.leg, 1)] * (lines // 2))
        with CaptureQueriesContext(connection) as queries:
            ship(cast, order)
        return len(queries)

    statements(2)  # what a connection does once
    few = statements(10)
    assert statements(100) == few
    assert few <= 20
