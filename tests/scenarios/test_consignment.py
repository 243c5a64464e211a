"""Nordwood's own legs and Saeveski's consigned ones, side by side at a logistics provider's site.

Hafen operates HAM for Nordwood. Saeveski leaves legs there for Nordwood to use at 3.15 each, and at TLL at 3.25.
Worked by hand; a pool is quantity / value, shares are rounded half up to the cent.

    to begin with      HAM: Nordwood 10 × 2.00 + 3 × 2.35 = 13 / 27.05; Saeveski 20 × 1.10 + 10 × 1.17 = 30 / 33.70
                       TLL: Nordwood 4 × 2.60 = 4 / 10.40, and 2 tops worth 41.01
    20 are sold        Nordwood's 13 go first, with all their 27.05; 7 are bought: Saeveski gives
    from HAM           33.70 × 7 ÷ 30 = 7.86 and keeps 23 / 25.84; Nordwood pays 7 × 3.15 = 22.05 and ships it
    8 leave for TLL    all consigned: 25.84 × 8 ÷ 23 = 8.99 travel, HAM keeps 15 / 16.85
    5 of them arrive   8.99 × 5 ÷ 8 = 5.62 at TLL, 3 / 3.37 are on their way
    a table is made    4 own legs 10.40 and a top 41.01 ÷ 2 = 20.51 make a table of 30.91
    a second one       4 consigned legs: Saeveski gives 5.62 × 4 ÷ 5 = 4.50, keeps 1 / 1.12; Nordwood pays
                       4 × 3.25 = 13.00, and with the top of 20.50 has a table of 33.50; two are worth 64.41
    it is taken back   one table of 30.91, a top of 20.50, and Saeveski's 5 / 5.62 again
    the sale too       Nordwood 13 / 27.05 and Saeveski 15 + 7 = 22 / 24.71; with 5.62 and 3.37 that is 33.70 again
"""

from datetime import date
from decimal import Decimal as D

import pytest

from inventory.models import StockBalance
from inventory.services import agreements, transfers, undo
from inventory.services.agreements import Term
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, CompletionDraft, OrderDraft
from production.services import bills, manufacturing_orders
from sales.drafts import LineDraft
from sales.drafts import OrderDraft as SalesDraft
from sales.services import customers, sales_orders
from sites.services import sites
from tests.scenarios.telling import level, pools, put, work

OURS, THEIRS = "NORDWOOD", "SAEVESKI"


@pytest.fixture
def ham(cast):
    ham = sites.create(code="HAM", name="Hamburg", company=cast.logistics, default_owner=cast.maker, actor=None)
    for site, price in ((ham, "3.15"), (cast.tll, "3.25")):
        term = Term(valid_from_on=date(2026, 1, 1), unit_price=D(price))
        agreements.start(
            owner=cast.supplier, site=site, item=cast.leg, used_by=cast.maker, term=term, now=cast.now, actor=None
        )
    put(cast, ham, cast.leg, 10, "2.00")
    put(cast, ham, cast.leg, 3, "2.35")
    put(cast, ham, cast.leg, 20, "1.10", cast.supplier)
    put(cast, ham, cast.leg, 10, "1.17", cast.supplier)
    put(cast, cast.tll, cast.leg, 4, "2.60")
    put(cast, cast.tll, cast.top, 2, "20.505")
    work(cast)
    return ham


def legs(cast, site):
    """on hand, committed, expected, in transit, projected of Nordwood; Saeveski may use none of his own."""
    assert level(cast.leg, site, cast.supplier) == (0, 0, 0, 0, 0)
    return level(cast.leg, site, cast.maker)


def sell(cast, ham, quantity):
    customer = customers.create(company=cast.maker, code="C-1", actor=cast.planner)
    line = LineDraft(item_id=cast.leg.pk, quantity=quantity, unit_price=5)
    draft = SalesDraft(customer_id=customer.pk, site_id=ham.pk, lines=[line])
    return sales_orders.create(draft, is_open=True, now=cast.now, actor=cast.planner)


def send(cast, ham, quantity):
    line = TransferLineDraft(item_id=cast.leg.pk, quantity=quantity)
    draft = TransferDraft(origin_id=ham.pk, destination_id=cast.tll.pk, lines=[line])
    transfer = transfers.create(draft, now=cast.now, actor=cast.planner)
    return transfers.confirm(transfer.pk, now=cast.now, actor=cast.planner)


def plan(cast, quantity):
    recipe = [BillLineDraft(component_id=item.pk, quantity_per=per) for item, per in ((cast.top, 1), (cast.leg, 4))]
    bill = BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=recipe)
    bills.create(bill, now=cast.now, actor=cast.planner)
    draft = OrderDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=quantity)
    order = manufacturing_orders.create(draft, now=cast.now, actor=cast.planner)
    return manufacturing_orders.release(order.pk, now=cast.now, actor=cast.planner)


def test_a_sale_a_transfer_an_order_and_two_reversals(cast, ham):
    at = {"now": cast.now, "actor": cast.planner}
    assert pools(cast.leg) == {
        ("stock", OURS, "HAM"): (13, D("27.05")),
        ("stock", THEIRS, "HAM"): (30, D("33.70")),
        ("stock", OURS, "TLL"): (4, D("10.40")),
    }
    assert (legs(cast, ham), legs(cast, cast.tll)) == ((43, 0, 0, 0, 43), (4, 0, 0, 0, 4))

    order = sell(cast, ham, 20)
    work(cast)
    assert legs(cast, ham) == (43, 20, 0, 0, 23)
    shipped = sales_orders.ship(order.pk, **at)
    work(cast)
    assert legs(cast, ham) == (23, 0, 0, 0, 23)
    assert pools(cast.leg) == {
        ("stock", THEIRS, "HAM"): (23, D("25.84")),
        ("stock", OURS, "TLL"): (4, D("10.40")),
    }

    transfer = send(cast, ham, 8)
    work(cast)
    assert (legs(cast, ham), legs(cast, cast.tll)) == ((23, 8, 0, 0, 15), (4, 0, 8, 0, 12))
    transfers.dispatch(transfer.pk, **at)
    work(cast)
    assert (legs(cast, ham), legs(cast, cast.tll)) == ((15, 0, 0, 0, 15), (4, 0, 8, 8, 12))
    assert pools(cast.leg) == {
        ("stock", THEIRS, "HAM"): (15, D("16.85")),
        ("transfer", THEIRS, ""): (8, D("8.99")),
        ("stock", OURS, "TLL"): (4, D("10.40")),
    }
    transfers.receive(transfer.pk, Movement(parts=[Part(line_id=transfer.lines.get().pk, quantity=5)]), **at)
    work(cast)
    assert legs(cast, cast.tll) == (9, 0, 3, 3, 12)

    made = plan(cast, 2)
    work(cast)
    assert legs(cast, cast.tll) == (9, 8, 3, 3, 4)
    manufacturing_orders.complete(made.pk, CompletionDraft(quantity=1), **at)
    work(cast)
    assert legs(cast, cast.tll) == (5, 4, 3, 3, 4)
    assert pools(cast.leg) == {
        ("stock", THEIRS, "HAM"): (15, D("16.85")),
        ("transfer", THEIRS, ""): (3, D("3.37")),
        ("stock", THEIRS, "TLL"): (5, D("5.62")),
    }
    assert pools(cast.table) == {("stock", OURS, "TLL"): (1, D("30.91"))}

    manufacturing_orders.complete(made.pk, CompletionDraft(quantity=1), **at)
    work(cast)
    assert legs(cast, cast.tll) == (1, 0, 3, 3, 4)
    assert pools(cast.leg)["stock", THEIRS, "TLL"] == (1, D("1.12"))
    assert pools(cast.table) == {("stock", OURS, "TLL"): (2, D("64.41"))}
    assert pools(cast.top) == {}

    manufacturing_orders.reverse(made.pk, **at)
    work(cast)
    assert legs(cast, cast.tll) == (5, 4, 3, 3, 4)
    assert pools(cast.leg)["stock", THEIRS, "TLL"] == (5, D("5.62"))
    assert pools(cast.table) == {("stock", OURS, "TLL"): (1, D("30.91"))}
    assert pools(cast.top) == {("stock", OURS, "TLL"): (1, D("20.50"))}

    undo.reverse_posting(shipped.shipment.posting_id, **at)
    work(cast)
    assert legs(cast, ham) == (35, 20, 0, 0, 15)
    assert pools(cast.leg) == {
        ("stock", OURS, "HAM"): (13, D("27.05")),
        ("stock", THEIRS, "HAM"): (22, D("24.71")),
        ("transfer", THEIRS, ""): (3, D("3.37")),
        ("stock", THEIRS, "TLL"): (5, D("5.62")),
    }
    assert sorted(StockBalance.objects.filter(item=cast.leg, quantity__gt=0).values_list(
        "site__code", "owner__code", "used_by__code", "location__kind", "quantity"
    )) == [
        ("HAM", OURS, OURS, "storage", 13),
        ("HAM", THEIRS, OURS, "storage", 22),
        ("TLL", THEIRS, OURS, "storage", 5),
        ("TLL", THEIRS, OURS, "transit", 3),
    ]  # fmt: skip


def test_what_a_consignor_sends_is_expected_by_whoever_may_use_it(cast, ham):
    """6 legs on their way from Saeveski's own store to HAM will serve Nordwood, so Nordwood's level expects them."""
    at = {"now": cast.now, "actor": cast.supplier_planner}
    store = sites.create(code="SAE", name="Sawmill", company=cast.supplier, actor=None)
    put(cast, store, cast.leg, 6, "1.10")
    line = TransferLineDraft(item_id=cast.leg.pk, quantity=6)
    draft = TransferDraft(origin_id=store.pk, destination_id=ham.pk, lines=[line])
    transfer = transfers.create(draft, **at)
    transfers.confirm(transfer.pk, **at)
    work(cast)
    assert level(cast.leg, store, cast.supplier) == (6, 6, 0, 0, 0)
    assert legs(cast, ham) == (43, 0, 6, 0, 49)

    transfers.dispatch(transfer.pk, **at)
    work(cast)
    assert legs(cast, ham) == (43, 0, 6, 6, 49)

    transfers.receive(transfer.pk, now=cast.now, actor=cast.logistics_planner)
    work(cast)
    assert legs(cast, ham) == (49, 0, 0, 0, 49)
    assert pools(cast.leg)["stock", THEIRS, "HAM"] == (36, D("40.30"))
