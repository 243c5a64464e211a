"""Nordwood at work: one document of every kind, made over REST by its administrator."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

import mfg.urls  # noqa: F401 - the apps register their nouns when the routes are read
from core import drainer
from core.api.routers import router
from core.models import Event, Run
from floor.models import Device, FloorCommand
from integrations.services import api_keys
from production.services import attachments
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
def work(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The cast with a row of Nordwood under every noun of the API."""
    api = client_of(cast.administrator)
    for noun, body in _documents():
        answer = api.post(f"{API}/{noun}/", body, format="json")
        assert answer.status_code in {200, 201}, (noun, answer.json())
    steps = (("purchase-orders", "receive"), ("sales-orders", "ship"), ("manufacturing-orders", "release"))
    for noun, step in steps:
        newest = api.get(f"{API}/{noun}/").json()["results"][0]["id"]
        answer = api.post(f"{API}/{noun}/{newest}/{step}/", {}, format="json")
        assert answer.status_code == 200, answer.json()
    settings.MEDIA_ROOT = tmp_path
    attachments.upload(company=cast.maker, file=SimpleUploadedFile("saw.pdf", b"%PDF-1.7"), actor=cast.planner)
    device = Device.objects.get()
    FloorCommand.objects.create(
        company=cast.maker, site=cast.tll, device=device, uuid=uuid4(), sequence=1, kind="start",
        device_at=cast.now, happened_at=cast.now, received_at=cast.now, state="conflict",
    )  # fmt: skip
    Run.objects.create(kind="recount", company_id=cast.maker.pk, user=cast.planner)
    Event.objects.create(kind="told.before", company_ids=[cast.maker.pk], xid=1)
    api_keys.create(name="Warehouse", user=cast.planner, actor=cast.planner)
    drainer.drain(now=lambda: cast.now)
    return cast


@pytest.fixture
def visitor(client: Client) -> Client:
    """A browser that shows refusals instead of raising them."""
    client.raise_request_exception = False
    return client


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    leg = {"item": "LEG", "quantity": "8"}
    priced = {"item": "LEG", "quantity": "4", "unit_price": "3.5"}
    yield "calendars", {"code": "EE", "name": "Estonia", "company": "NORDWOOD"}
    yield (
        "exchange-rates",
        {
            "company": "NORDWOOD",
            "from_currency": "USD",
            "to_currency": "EUR",
            "rate": "0.9",
            "valid_from_on": "2026-01-01",
        },
    )
    yield "item-categories", {"name": "Furniture"}
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
    missing = {"item": "TABLE", "quantity": "1", "unit_price": "9"}
    yield "sales-orders", {"customer": "C-1", "site": "TLL", "is_open": True, "lines": [missing]}
    yield "suppliers", {"company": "NORDWOOD", "code": "S-1", "name": "Baltic Oak Mills"}
    yield "supplier-items", {"supplier": "S-1", "item": "LEG"}
    yield "purchase-orders", {"supplier": "S-1", "site": "TLL", "expected_on": "2026-12-01", "lines": [priced]}
    yield "sales-orders", {"customer": "C-1", "site": "TLL", "is_open": True, "lines": [priced]}
    looked = [{"name": "Straight"}]
    yield (
        "quality-plans",
        {"company": "NORDWOOD", "code": "Q-1", "name": "Legs", "trigger": "receipt", "characteristics": looked},
    )
    yield "purchase-orders", {"supplier": "S-1", "site": "TLL", "is_ordered": True, "lines": [priced]}
    yield "items", {"sku": "GLUE", "unit": "kg", "tracking": "lot", "company": "NORDWOOD"}
    yield "lots", {"item": "GLUE", "number": "G-1", "issuer": "NORDWOOD"}
    yield "stock-counts", {"site": "TLL"}
    yield (
        "consignment-agreements",
        {"owner": "NORDWOOD", "site": "RIX", "used_by": "LAKK", "unit_price": "3", "valid_from_on": "2026-01-01"},
    )
    yield "transfers", {"origin": "TLL", "destination": "CHI", "lines": [{**leg, "quantity": "2"}]}
    yield "devices", {"site": "TLL", "name": "Saw 1"}
    yield "skills", {"code": "WELD", "name": "Welding"}
    yield "tools", {"site": "TLL", "code": "JIG", "name": "Table jig"}
    yield "reasons", {"site": "TLL", "kind": "pause", "code": "LUNCH", "name": "Lunch"}
    yield "teams", {"site": "TLL", "code": "EARLY", "name": "Early shift"}
    yield "work-centers", {"site": "TLL", "code": "SAW", "name": "Panel saw", "machine_rate_per_hour": "60"}
    yield "operators", {"site": "TLL", "code": "OP-1", "name": "Kalle Kask", "team": "EARLY", "work_center": "SAW"}
    steps = [{"name": "Saw", "work_center": "SAW", "skills": ["WELD"], "tools": ["JIG"]}]
    yield "routings", {"company": "NORDWOOD", "item": "TABLE", "operations": steps}
    yield "manufacturing-orders", {"item": "TABLE", "site": "TLL", "quantity": "1", "due_at": "2026-12-01T12:00:00Z"}
