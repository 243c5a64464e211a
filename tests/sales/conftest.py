"""What the tests of sales share."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from inventory.services.adjustments import AdjustmentLine, adjust
from sales.drafts import LineDraft, OrderDraft
from sales.models import Customer, SalesOrder
from sales.services import customers, sales_orders
from tests.cast import Cast


@pytest.fixture
def shop(cast: Cast) -> Customer:
    """A customer of Nordwood."""
    return customers.create(company=cast.maker, code="MOEBEL", name="Möbel Berg", actor=cast.planner)


@pytest.fixture
def stock(cast: Cast) -> Callable[..., Any]:
    """Puts so many of an item on hand at a site (TLL), at a unit cost (10)."""

    def put(item: Any, quantity: Any, *, site: Any = None, cost: Any = "10", owner: Any = None, **place: Any) -> Any:
        line = AdjustmentLine(item_id=item.pk, quantity=Decimal(quantity), unit_cost=Decimal(cost), **place)
        return adjust(
            site_id=(site or cast.tll).pk,
            reason="Opening stock",
            owner_id=owner and owner.pk,
            lines=[line],
            now=cast.now,
            actor=None,
        )

    return put


@pytest.fixture
def make_order(cast: Cast, shop: Customer) -> Callable[..., SalesOrder]:
    """An open order of Nordwood at TLL, at 5 each: `make_order((item, quantity), …)`."""

    def make(*wanted: tuple[Any, Any], is_open: bool = True, **changes: Any) -> SalesOrder:
        lines = [LineDraft(item_id=item.pk, quantity=quantity, unit_price="5") for item, quantity in wanted]
        draft = OrderDraft(**({"customer_id": shop.pk, "site_id": cast.tll.pk, "lines": lines} | changes))
        return sales_orders.create(draft, is_open=is_open, now=cast.now, actor=cast.planner)

    return make


@pytest.fixture
def as_user() -> Callable[[Any], APIClient]:
    """A client signed in as that user."""

    def client(user: Any) -> APIClient:
        api = APIClient()
        api.force_authenticate(user)
        return api

    return client


@pytest.fixture
def api(cast: Cast, as_user: Callable[[Any], APIClient]) -> APIClient:
    """Nordwood's planner."""
    return as_user(cast.planner)
