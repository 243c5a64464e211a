"""Lots: services and REST."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.errors import InvalidInput
from core.models import OutboxEvent
from inventory.choices import LotKind, LotState
from inventory.models import Item, Lot
from inventory.services import adjustments, items, lots
from tests.cast import Cast

API = "/api/v1"


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def lacquer(cast: Cast) -> Item:
    return items.create(sku="LACQUER", unit=cast.pcs, company=cast.maker, tracking="lot", actor=None)


@pytest.fixture
def lot(cast: Cast, lacquer: Item) -> Lot:
    """L-1, of which 10 stand at TLL."""
    lot = lots.create(item=lacquer, number="L-1", issuer=cast.supplier, actor=None)
    line = adjustments.AdjustmentLine(item_id=lacquer.pk, quantity=Decimal(10), lot_id=lot.pk)
    adjustments.adjust(
        site_id=cast.tll.pk, owner_id=None, reason="opening", lines=[line], effective_at=None, now=cast.now, actor=None
    )
    OutboxEvent.objects.all().delete()
    return lot


def test_a_lot_is_entered_with_its_dates(cast: Cast, lacquer: Item) -> None:
    body = {"item": "LACQUER", "number": "L-7", "began_on": "2026-10-01", "expires_on": "2027-10-01"}
    answer = client_of(cast.planner).post(f"{API}/lots/", body, format="json")

    assert answer.status_code == 201, answer.json()
    assert answer.json()["issuer"]["code"] == "NORDWOOD"
    assert answer.json()["state"] == "ok"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": "l-1", "issuer": "SAEVESKI"}, "issuer"),
        ({"number": " "}, "number"),
        ({"number": "L-2", "item": "TABLE"}, "item"),
        ({"number": "L-2", "began_on": "2026-10-02", "expires_on": "2026-10-01"}, "expires_on"),
        ({"number": "L-2", "expires_on": "soon"}, "expires_on"),
    ],
)
def test_bad_input_names_its_field(cast: Cast, lot: Lot, body: dict[str, Any], field: str) -> None:
    answer = client_of(cast.planner).post(f"{API}/lots/", {"item": "LACQUER", **body}, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Lot.objects.count() == 1


def test_a_number_is_once_an_item_and_issuer(cast: Cast, lot: Lot) -> None:
    with pytest.raises(InvalidInput, match="taken"):
        lots.create(item=lot.item, number="l-1", issuer=cast.supplier, actor=None)


def test_holding_a_lot_marks_every_level_with_stock_of_it(cast: Cast, lot: Lot) -> None:
    answer = client_of(cast.planner).post(f"{API}/lots/{lot.pk}/hold/", {"reason": "Failed viscosity"}, format="json")

    assert answer.status_code == 200, answer.json()
    assert (answer.json()["state"], answer.json()["state_reason"]) == ("held", "Failed viscosity")
    assert OutboxEvent.objects.get(handler="levels").keys == [[lot.item_id, cast.tll.pk, cast.maker.pk]]
    released = client_of(cast.planner).post(f"{API}/lots/{lot.pk}/release/", {}, format="json")
    assert (released.json()["state"], released.json()["version"]) == ("ok", 3)


def test_a_hold_needs_a_reason(cast: Cast, lot: Lot) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        lots.hold(lot, reason=" ", actor=None)
    assert Lot.objects.get().state == LotState.OK


@pytest.mark.parametrize(("name", "status"), [("operator", 200), ("viewer", 403), ("outsider", 404), ("partner", 404)])
def test_who_keeps_it_may_hold_it(cast: Cast, lot: Lot, name: str, status: int) -> None:
    api = client_of(getattr(cast, name))

    assert api.post(f"{API}/lots/{lot.pk}/hold/", {"reason": "dented"}, format="json").status_code == status


def test_work_in_progress_follows_its_order(cast: Cast) -> None:
    lot = Lot.objects.create(item=cast.table, number="MO-1", kind=LotKind.WIP)

    with pytest.raises(InvalidInput, match="work in progress"):
        lots.hold(lot, reason="dented", actor=None)
