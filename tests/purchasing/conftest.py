"""What the tests of purchasing share."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from purchasing.drafts import LineDraft, OrderDraft
from purchasing.models import PurchaseOrder, Supplier
from purchasing.services import purchase_orders, suppliers
from tests.cast import Cast


@pytest.fixture
def sawmill(cast: Cast) -> Supplier:
    """Saeveski as Nordwood's supplier; he delivers in 7 days."""
    return suppliers.create(company=cast.maker, party=cast.supplier, code="SAE", lead_time_days=7, actor=cast.planner)


@pytest.fixture
def make_order(cast: Cast, sawmill: Supplier) -> Callable[..., PurchaseOrder]:
    """An ordered purchase of Nordwood at TLL: `make_order((item, quantity, unit_price), …)`."""

    def make(*wanted: tuple[Any, Any, Any], is_ordered: bool = True, **changes: Any) -> PurchaseOrder:
        lines = [LineDraft(item_id=item.pk, quantity=quantity, unit_price=price) for item, quantity, price in wanted]
        draft = OrderDraft(**({"supplier_id": sawmill.pk, "site_id": cast.tll.pk, "lines": lines} | changes))
        return purchase_orders.create(draft, is_ordered=is_ordered, now=cast.now, actor=cast.planner)

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
