"""Correcting a cost by page and by REST: who may, what is told, what is refused."""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from inventory.models import CostPool, StockMove
from tests.scenarios.telling import put


@pytest.fixture
def move(cast):
    put(cast, cast.tll, cast.leg, 100, 1)
    return StockMove.objects.get()


def url(move):
    return f"/s/all/postings/{move.posting_id}/cost/"


def test_it_is_asked_on_a_page_and_tells_where_it_went(client, cast, move):
    client.force_login(cast.planner)
    posting = client.get(f"/s/all/postings/{move.posting_id}/").content.decode()
    assert "Correct the cost…" in posting
    said = {"move": str(move.pk), "amount": "12.5", "reason": "Freight"}
    page = client.post(url(move), said, follow=True).content.decode()
    assert "€12.50 LEG at TLL" in page.replace("\xa0", " ") or "12.50" in page
    assert CostPool.objects.get().value == D("112.5")


def test_a_wrong_amount_is_told_at_its_field_and_changes_nothing(client, cast, move):
    client.force_login(cast.planner)
    answer = client.post(url(move), {"move": str(move.pk), "amount": "-101", "reason": "Too much"})
    assert answer.status_code == 400
    assert "It cost 100 EUR" in answer.content.decode()
    assert CostPool.objects.get().value == 100


@pytest.mark.parametrize("name", ["operator", "lakk_planner", "partner"])
def test_others_may_not(client, cast, move, name):
    user = getattr(cast, name)
    client.force_login(user)
    assert client.get(url(move)).status_code in {403, 404}
    api = APIClient()
    api.force_authenticate(user)
    answer = api.post(f"/api/v1/stock-moves/{move.pk}/correct-cost/", {"amount": "1", "reason": "x"}, format="json")
    assert answer.status_code in {403, 404}
    assert CostPool.objects.get().value == 100


def test_the_api_answers_with_where_it_went(cast, move):
    api = APIClient()
    api.force_authenticate(cast.planner)
    body = {"amount": "5", "reason": "Freight"}
    told = api.post(f"/api/v1/stock-moves/{move.pk}/correct-cost/", body, format="json").json()
    assert told["left"] == [{"kind": "stock", "item": "LEG", "site": "TLL", "source_id": None, "amount": "5"}]
    assert (told["ended"], told["currency"]) == ({}, "EUR")
    refused = api.post(f"/api/v1/stock-moves/{move.pk}/correct-cost/", {"amount": "5"}, format="json")
    assert refused.status_code == 400
    back = api.post(f"/api/v1/postings/{told['posting_id']}/reverse/")
    assert (back.status_code, "correct it again" in str(back.json())) == (409, True)
