"""What the search field of the top bar finds, and for whom."""

from decimal import Decimal
from typing import Any

import pytest

from inventory.choices import Tracking
from inventory.models import Lot
from inventory.services import items, lots
from inventory.services.adjustments import AdjustmentLine, adjust
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
