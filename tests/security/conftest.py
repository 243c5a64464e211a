"""Nordwood at work: one document of every kind, made over REST by its planner."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

import mfg.urls  # noqa: F401 - the apps register their nouns when the routes are read
from core.api.routers import router
from tests.cast import Cast

API = "/api/v1"
NOUNS = [prefix for prefix, _view, _name in router.registry]


def client_of(user: Any) -> APIClient:
    """A client signed in as this user; None: as nobody."""
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


@pytest.fixture
def work(cast: Cast) -> Cast:
    """The cast with stock, orders and agreements of Nordwood, as far as the nouns exist."""
    api = client_of(cast.planner)
    for noun, body in _documents():
        if noun.split("/")[0] in NOUNS:
            answer = api.post(f"{API}/{noun}/", body, format="json")
            assert answer.status_code in {200, 201}, (noun, answer.json())
    return cast


@pytest.fixture
def visitor(client: Client) -> Client:
    """A browser that shows refusals instead of raising them."""
    client.raise_request_exception = False
    return client


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    leg = {"item": "LEG", "quantity": "8"}
    priced = {"item": "LEG", "quantity": "4", "unit_price": "3.5"}
    yield "adjustments", {"site": "TLL", "reason": "Opening", "lines": [{**leg, "unit_cost": "2"}]}
    yield "item-sites", {"item": "LEG", "site": "TLL", "safety_stock": "5"}
    yield (
        "bills-of-materials",
        {
            "item": "TABLE",
            "company": "NORDWOOD",
            "quantity": "1",
            "lines": [{"component": "LEG", "quantity_per": "4"}],
        },
    )
    yield "customers", {"company": "NORDWOOD", "code": "C-1", "name": "Harbor Dining"}
    yield "sales-orders", {"customer": "C-1", "site": "TLL", "need_by_on": "2026-12-01", "lines": [priced]}
    yield "suppliers", {"company": "NORDWOOD", "code": "S-1", "name": "Baltic Oak Mills"}
    yield "supplier-items", {"supplier": "S-1", "item": "LEG"}
    yield "purchase-orders", {"supplier": "S-1", "site": "TLL", "expected_on": "2026-12-01", "lines": [priced]}
    yield "transfers", {"origin": "TLL", "destination": "CHI", "lines": [{**leg, "quantity": "2"}]}
    yield "manufacturing-orders", {"item": "TABLE", "site": "TLL", "quantity": "1", "due_at": "2026-12-01T12:00:00Z"}
