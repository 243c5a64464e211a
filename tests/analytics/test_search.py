"""What the search field of the top bar finds, and for whom."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.selectors.search import search
from inventory.choices import Tracking
from inventory.models import Lot
from inventory.services import items, lots
from inventory.services.adjustments import AdjustmentLine, adjust
from sales.drafts import LineDraft, OrderDraft
from sales.services import customers, sales_orders
from sites.access import access_of
from tests.cast import Cast


@pytest.fixture
def found(client: Any, cast: Cast) -> Any:
    """The names that a reader finds."""

    def search(text: str, user: Any) -> list[str]:
        client.force_login(user)
        groups = client.get("/s/all/search/", {"q": text}).context["groups"]
        return [hit.name for group in groups for hit in group.hits]

    return search


@pytest.fixture
def paint_lot(cast: Cast) -> Lot:
    """A lot of Nordwood's, with stock in Tallinn; everybody sees the item."""
    paint = items.create(sku="PAINT", unit=cast.pcs, tracking=Tracking.LOT, company=None, actor=None)
    lot = lots.create(item=paint, number="WHITE-7", issuer=cast.maker, actor=None)
    line = AdjustmentLine(paint.pk, Decimal(5), Decimal(2), lot_id=lot.pk)
    adjust(site_id=cast.tll.pk, reason="Opening", lines=[line], now=cast.now, actor=None)
    return lot


def test_a_lot_is_found_by_those_whose_stock_it_is(found: Any, paint_lot: Lot, cast: Cast) -> None:
    assert found("white", cast.planner) == ["WHITE-7"]


def test_a_lot_is_found_by_no_other_company(found: Any, paint_lot: Lot, cast: Cast) -> None:
    assert found("paint", cast.partner) == ["PAINT"]
    assert found("white", cast.partner) == []
    assert found("white", cast.lakk_planner) == []


@pytest.fixture
def palette(client: Any, cast: Cast) -> Any:
    """What the palette lists, as `group: name` in order."""

    def ask(text: str, user: Any) -> str:
        client.force_login(user)
        return client.get("/s/all/search/", {"q": text}, headers={"X-Palette": "1"}).content.decode()

    return ask


@pytest.fixture
def order(cast: Cast) -> Any:
    """Ten tables sold to Harbor Dining from Chicago."""
    customer = customers.create(company=cast.maker, code="HARBOR", name="Harbor Dining", actor=None)
    draft = OrderDraft(
        customer_id=customer.pk,
        site_id=cast.chi.pk,
        need_by_on=date(2026, 12, 4),
        lines=[LineDraft(item_id=cast.table.pk, quantity=10, unit_price=690)],
    )
    return sales_orders.create(draft, now=cast.now, actor=None)


@pytest.mark.parametrize("text", ["SO-", "harbor", "HARB", "table", "harbor SO-", "  "])
def test_a_sales_order_is_found_by_number_customer_and_item(text: str, found: Any, order: Any, cast: Cast) -> None:
    assert (order.number in found(text, cast.planner)) is bool(text.strip())
    assert found(text, cast.outsider) == []


def test_customers_and_sites_are_found(found: Any, order: Any, cast: Cast) -> None:
    assert "Harbor Dining" in found("dining", cast.planner)
    assert found("chicago", cast.planner) == ["CHI"]


def test_the_palette_goes_to_pages_and_creates(palette: Any, cast: Cast) -> None:
    every = palette("", cast.planner)
    assert 'href="/s/all/stock/"' in every
    assert 'href="/s/all/sales-orders/new/"' in every
    assert "<html" not in every

    orders = palette("create sal", cast.planner)
    assert 'href="/s/all/sales-orders/new/"' in orders
    assert 'href="/s/all/stock/"' not in orders


def test_who_may_not_create_is_offered_nothing_to_create(palette: Any, cast: Cast) -> None:
    assert "/new/" not in palette("", cast.viewer)


def test_the_palette_says_that_there_is_nothing(palette: Any, cast: Cast) -> None:
    assert "Nothing you may see" in palette("zzz<b>", cast.planner)
    assert "<b>" not in palette("zzz<b>", cast.planner)


def test_finding_takes_eleven_queries_at_most(order: Any, cast: Cast) -> None:
    access = access_of(cast.planner)
    with CaptureQueriesContext(connection) as nothing:
        search("nothing-of-this", access, [])
    with CaptureQueriesContext(connection) as much:
        search("e", access, [])
    assert len(nothing) <= len(much) == 11
