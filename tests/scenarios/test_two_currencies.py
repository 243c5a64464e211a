"""Buying and selling in parts, closing short, over two currencies; every value worked by hand.

Nordwood keeps its books in euros and buys 10 m of planks at 7.333 USD. A dollar is 0.9137 EUR from November 1 on and
0.9205 from November 23 on.

    3.5 m on November 20   7.333 × 3.5 × 0.9137 = 23.4506 → 23.45
    4 m on November 23     7.333 × 7.5 × 0.9205 = 50.63, less what the first 3.5 m would be at that rate,
                           7.333 × 3.5 × 0.9205 = 23.63: 27.00. Stock: 7.5 m worth 50.45
    the rest, 2.5 m        is closed short: nothing is expected any more
    2 m are shipped        50.45 × 2 ÷ 7.5 = 13.4533 → 13.45; 5.5 m worth 37.00 stay
    2.5 m are shipped      37.00 × 2.5 ÷ 5.5 = 16.8182 → 16.82; 3 m worth 20.18 stay
    the rest, 0.5 m        is closed short

The sales order is in dollars: the list price is 9.99 EUR and a euro is 1.0864 USD, so 10.853136 USD a meter, and
5 m are 54.27 USD.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from inventory.errors import NoExchangeRate, ReversalBlocked
from inventory.models import ItemCompany, Posting
from inventory.services import undo
from purchasing.drafts import LineDraft, OrderDraft, ReceiveDraft, ReceiveLine
from purchasing.services import purchase_orders, suppliers
from sales.drafts import LineDraft as SalesLineDraft
from sales.drafts import OrderDraft as SalesDraft
from sales.drafts import ShipDraft, ShipLine
from sales.services import customers, sales_orders
from sites.services import exchange_rates
from tests.scenarios.telling import level, pools, work

BEFORE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def at(cast):
    return {"now": cast.now, "actor": cast.planner}


@pytest.fixture
def rates(cast):
    for source, target, day, rate in (
        ("USD", "EUR", date(2026, 11, 1), "0.9137"),
        ("USD", "EUR", date(2026, 11, 23), "0.9205"),
        ("EUR", "USD", date(2026, 11, 1), "1.0864"),
    ):
        exchange_rates.put(
            company=cast.maker, from_currency=source, to_currency=target, valid_from_on=day, rate=D(rate), actor=None
        )


@pytest.fixture
def bought(cast, at):
    supplier = suppliers.create(company=cast.maker, code="S-1", currency="USD", actor=cast.planner)
    line = LineDraft(item_id=cast.plank.pk, quantity=10, unit_price="7.333")
    draft = OrderDraft(supplier_id=supplier.pk, site_id=cast.tll.pk, expected_on=date(2026, 11, 30), lines=[line])
    return purchase_orders.create(draft, is_ordered=True, **at)


@pytest.fixture
def sold(cast, at, rates):
    ItemCompany.objects.filter(item=cast.plank, company=cast.maker).update(list_price=D("9.99"))
    customer = customers.create(company=cast.maker, code="C-1", currency="USD", actor=cast.planner)
    line = SalesLineDraft(item_id=cast.plank.pk, quantity=5)
    draft = SalesDraft(customer_id=customer.pk, site_id=cast.tll.pk, need_by_on=date(2026, 11, 30), lines=[line])
    return sales_orders.create(draft, is_open=True, **at)


def receive(order, quantity, at, effective_at=None):
    line = ReceiveLine(line_id=order.lines.get().pk, quantity=quantity)
    return purchase_orders.receive(order.pk, ReceiveDraft(lines=[line], effective_at=effective_at), **at)


def ship(order, quantity, at):
    return sales_orders.ship(
        order.pk, ShipDraft(lines=[ShipLine(line_id=order.lines.get().pk, quantity=quantity)]), **at
    )


def planks(cast):
    return level(cast.plank, cast.tll, cast.maker), pools(cast.plank).get(("stock", "NORDWOOD", "TLL"))


def test_parts_values_and_what_is_closed_short(cast, at, rates, bought, sold):
    line = sold.lines.get()
    assert (sold.currency, line.unit_price) == ("USD", D("10.853136"))
    work(cast)
    assert planks(cast) == ((0, 5, 10, 0, 5), None)

    receive(bought, "3.5", at, BEFORE)
    work(cast)
    assert planks(cast) == ((D("3.5"), 5, D("6.5"), 0, 5), (D("3.5"), D("23.45")))
    receive(bought, 4, at)
    work(cast)
    assert planks(cast) == ((D("7.5"), 5, D("2.5"), 0, 5), (D("7.5"), D("50.45")))

    closed = purchase_orders.close(bought.pk, reason="The mill has no more", **at)
    work(cast)
    assert (closed.state, closed.close_reason) == ("closed", "The mill has no more")
    assert planks(cast) == ((D("7.5"), 5, 0, 0, D("2.5")), (D("7.5"), D("50.45")))

    assert ship(sold, 2, at).order.state == "partly_shipped"
    work(cast)
    assert planks(cast) == ((D("5.5"), 3, 0, 0, D("2.5")), (D("5.5"), D("37.00")))
    ship(sold, "2.5", at)
    work(cast)
    assert planks(cast) == ((3, D("0.5"), 0, 0, D("2.5")), (3, D("20.18")))

    assert sales_orders.close(sold.pk, reason="Enough for them", **at).state == "closed"
    work(cast)
    assert planks(cast) == ((3, 0, 0, 0, 3), (3, D("20.18")))


def test_a_receipt_whose_goods_have_left_is_not_taken_back(cast, at, rates, bought, sold):
    """Of the 7.5 m 4.5 m left, so 4 m can't go back to the mill; the two shipments are named."""
    receive(bought, "3.5", at, BEFORE)
    second = receive(bought, 4, at)
    first, last = ship(sold, 2, at), ship(sold, "2.5", at)
    postings = Posting.objects.count()

    with pytest.raises(ReversalBlocked) as refused:
        undo.reverse_posting(second.receipt.posting_id, **at)

    assert refused.value.details["needed"] == "4"
    assert refused.value.details["available"] == "3"
    assert refused.value.details["blockers"] == [last.shipment.number, first.shipment.number]
    assert Posting.objects.count() == postings
    work(cast)
    assert planks(cast)[1] == (3, D("20.18"))


def test_the_parts_of_a_line_add_up_to_its_price(cast, at):
    """Far keeps its books in dollars. 100 legs at 0.125 EUR are 12.50 EUR × 1.0864 = 13.58 USD.

    33 of them are 4.4814 → 4.48; the other 67 are the rest, 9.10, though 67 by themselves would be 9.0986 → 9.10.
    """
    exchange_rates.put(
        company=cast.far, from_currency="EUR", to_currency="USD", valid_from_on=date(2026, 1, 1),
        rate=D("1.0864"), actor=None,
    )  # fmt: skip
    supplier = suppliers.create(company=cast.far, code="S-2", currency="EUR", actor=None)
    line = LineDraft(item_id=cast.leg.pk, quantity=100, unit_price="0.125")
    draft = OrderDraft(supplier_id=supplier.pk, site_id=cast.far_site.pk, lines=[line])
    system = {**at, "actor": cast.admin}
    order = purchase_orders.create(draft, is_ordered=True, **system)

    receive(order, 33, system)
    assert pools(cast.leg) == {("stock", "FAR", "FAR"): (33, D("4.48"))}
    assert receive(order, 67, system).order.state == "received"
    assert pools(cast.leg) == {("stock", "FAR", "FAR"): (100, D("13.58"))}
    work(cast)


def test_without_a_rate_nothing_is_received(cast, at, bought):
    with pytest.raises(NoExchangeRate) as refused:
        receive(bought, 4, at)

    assert refused.value.details == {"company": "NORDWOOD", "from_currency": "USD", "to_currency": "EUR"}
    assert not Posting.objects.exists()
    work(cast)
    assert planks(cast) == ((0, 0, 10, 0, 10), None)
