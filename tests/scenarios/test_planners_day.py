"""A planner's day: what is sold at one site is made at another, and every level follows.

Chicago has 5 tables worth 500.00. Three orders of 4 are wanted there by December 1; Tallinn makes 4 tables (each a
top of 25.00 and 4 legs of 5.00, so 45.00) and sends them: 14 days, so they arrive on December 7.

                              first      second                   third
    5 on hand                 in stock   not available (1 of 4)   not available
    4 expected on 7.12.       in stock   expected, 6 days late    not available (1 of 4)
    the third comes first     expected   not available            in stock
    4 have arrived            in stock   not available (1 of 4)   in stock
    the third is shipped      in stock   not available (1 of 4)   nothing open

The third takes 4 of the 9, which are worth 500.00 + 180.00: 680 × 4 ÷ 9 = 302.22; 5 / 377.78 stay.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from inventory.services import transfers
from inventory.services.transfers import TransferDraft, TransferLineDraft
from production.drafts import BillDraft, BillLineDraft, CompletionDraft
from production.drafts import OrderDraft as MakeDraft
from production.services import bills, manufacturing_orders
from sales.drafts import LineDraft, OrderDraft
from sales.services import customers, sales_orders
from tests.scenarios.telling import level, pools, put, served, status, work

WANTED, ARRIVES = date(2026, 12, 1), date(2026, 12, 7)
IN_STOCK, EXPECTED, NOT_AVAILABLE = "in_stock", "expected", "not_available"


@pytest.fixture
def at(cast):
    return {"now": cast.now, "actor": cast.planner}


@pytest.fixture
def orders(cast, at):
    put(cast, cast.chi, cast.table, 5, 100)
    put(cast, cast.tll, cast.top, 4, 25)
    put(cast, cast.tll, cast.leg, 16, 5)
    customer = customers.create(company=cast.maker, code="C-1", actor=cast.planner)
    line = LineDraft(item_id=cast.table.pk, quantity=4, unit_price=250)
    draft = OrderDraft(customer_id=customer.pk, site_id=cast.chi.pk, need_by_on=WANTED, lines=[line])
    return [sales_orders.create(draft, is_open=True, **at) for _ in range(3)]


@pytest.fixture
def made(cast, at):
    recipe = [BillLineDraft(component_id=item.pk, quantity_per=per) for item, per in ((cast.top, 1), (cast.leg, 4))]
    bills.create(BillDraft(item_id=cast.table.pk, company_id=cast.maker.pk, lines=recipe), **at)
    order = manufacturing_orders.create(MakeDraft(item_id=cast.table.pk, site_id=cast.tll.pk, quantity=4), **at)
    return manufacturing_orders.release(order.pk, **at)


@pytest.fixture
def sent(cast, at):
    line = TransferLineDraft(item_id=cast.table.pk, quantity=4)
    transfer = transfers.create(TransferDraft(origin_id=cast.tll.pk, destination_id=cast.chi.pk, lines=[line]), **at)
    assert transfer.expected_on == ARRIVES
    return transfer


def colors(orders):
    return [(status("sales_order", order) or (None,))[0] for order in orders]


def tables(cast, site):
    return level(cast.table, site, cast.maker)


def test_levels_follow_from_order_to_shipment(cast, at, orders, made, sent):
    first, second, third = orders
    work(cast)
    assert tables(cast, cast.chi) == (5, 12, 0, 0, -7)
    assert colors(orders) == [IN_STOCK, NOT_AVAILABLE, NOT_AVAILABLE]
    assert [served(order.lines.get().pk) for order in orders] == [
        (4, IN_STOCK),
        (1, NOT_AVAILABLE),
        (0, NOT_AVAILABLE),
    ]

    transfers.confirm(sent.pk, **at)
    assert tables(cast, cast.chi) == (5, 12, 0, 0, -7)  # the workers have not been there yet
    work(cast)
    assert (tables(cast, cast.tll), tables(cast, cast.chi)) == ((0, 4, 4, 0, 0), (5, 12, 4, 0, -3))
    assert status("transfer", sent)[0] == EXPECTED
    assert status("sales_order", first) == (IN_STOCK, None, 0)
    assert status("sales_order", second) == (EXPECTED, ARRIVES, 6)
    assert status("sales_order", third)[0] == NOT_AVAILABLE
    assert served(third.lines.get().pk) == (1, NOT_AVAILABLE)

    sales_orders.rank(third.pk, before=first.pk, **at)
    work(cast)
    assert colors(orders) == [EXPECTED, NOT_AVAILABLE, IN_STOCK]

    manufacturing_orders.complete(made.pk, CompletionDraft(quantity=4), **at)
    work(cast)
    assert tables(cast, cast.tll) == (4, 4, 0, 0, 0)
    assert status("transfer", sent) == (IN_STOCK, None, 0)
    assert pools(cast.table)["stock", "NORDWOOD", "TLL"] == (4, D("180.00"))

    transfers.dispatch(sent.pk, **at)
    work(cast)
    assert (tables(cast, cast.tll), tables(cast, cast.chi)) == ((0, 0, 0, 0, 0), (5, 12, 4, 4, -3))
    assert status("transfer", sent) is None

    transfers.receive(sent.pk, **at)
    work(cast)
    assert tables(cast, cast.chi) == (9, 12, 0, 0, -3)
    assert colors(orders) == [IN_STOCK, NOT_AVAILABLE, IN_STOCK]

    sales_orders.ship(third.pk, **at)
    work(cast)
    assert tables(cast, cast.chi) == (5, 8, 0, 0, -3)
    assert colors(orders) == [IN_STOCK, NOT_AVAILABLE, None]
    assert pools(cast.table) == {("stock", "NORDWOOD", "CHI"): (5, D("377.78"))}


def test_who_ships_what_another_counted_on_is_told_so(cast, at, orders):
    """The first order holds 4 of the 5 and the second one; the lowest in rank loses first."""
    work(cast)

    shipped = sales_orders.ship(orders[2].pk, **at)

    assert shipped.warnings == [
        f"{orders[1].number} counted on 1 of the TABLE that left.",
        f"{orders[0].number} counted on 3 of the TABLE that left.",
    ]
    work(cast)
    assert colors(orders) == [NOT_AVAILABLE, NOT_AVAILABLE, None]
