"""Items: services and REST."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.errors import InvalidInput
from core.models import Event, OutboxEvent
from inventory.models import Item, ItemCompany, ItemSite
from inventory.selectors import items as selectors
from inventory.services import adjustments, item_sites, items
from sites.access import access_of
from tests.cast import Cast

API = "/api/v1"


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(cast: Cast) -> APIClient:
    """The client of Nordwood's planner."""
    return client_of(cast.planner)


def stock(cast: Cast, item: Item, quantity: int = 5) -> None:
    adjustments.adjust(
        site_id=cast.tll.pk,
        owner_id=None,
        reason="opening",
        lines=[adjustments.AdjustmentLine(item_id=item.pk, quantity=Decimal(quantity))],
        effective_at=None,
        now=cast.now,
        actor=None,
    )


def skus(response: Any) -> list[str]:
    return sorted(row["sku"] for row in response.json()["results"])


def test_a_planner_enters_an_item_with_terms_units_and_codes(cast: Cast, api: APIClient) -> None:
    body = {
        "sku": "BOLT-M8",
        "unit": "pcs",
        "weight_kg": "0.02",
        "units": [{"unit": "kg", "factor": "50"}],
        "codes": ["4740001"],
        "standard_cost": "0.12",
        "is_bought": True,
    }
    answer = api.post(f"{API}/items/", body, format="json")

    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["name"], made["weight_kg"], made["unit"]["code"]) == ("BOLT-M8", "0.02", "pcs")
    assert made["units"] == [{"unit": {"id": made["units"][0]["unit"]["id"], "code": "kg"}, "factor": "50"}]
    assert made["companies"][0]["standard_cost"] == "0.12"
    assert made["companies"][0]["company"]["code"] == "NORDWOOD"
    assert made["codes"][0]["code"] == "4740001"
    assert Event.objects.filter(kind="item.created", company_ids=[cast.maker.pk]).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sku": "table", "unit": "pcs"}, "sku"),
        ({"sku": " ", "unit": "pcs"}, "sku"),
        ({"sku": "NEW", "unit": "yard"}, "unit"),
        ({"sku": "NEW"}, "unit"),
        ({"sku": "NEW", "unit": "pcs", "weight_kg": "-1"}, "weight_kg"),
        ({"sku": "NEW", "unit": "pcs", "weight_kg": "NaN"}, "weight_kg"),
        ({"sku": "NEW", "unit": "pcs", "tracking": "maybe"}, "tracking"),
        ({"sku": "NEW", "unit": "pcs", "units": [{"unit": "pcs", "factor": "2"}]}, "units"),
        ({"sku": "NEW", "unit": "pcs", "units": [{"unit": "kg", "factor": "0"}]}, "factor"),
        ({"sku": "NEW", "unit": "pcs", "standard_cost": "-1"}, "standard_cost"),
        ({"sku": "NEW", "unit": "pcs", "company": "FAR"}, "company"),
        ({"sku": "N" * 65, "unit": "pcs"}, "sku"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    cast: Cast, api: APIClient, body: dict[str, Any], field: str
) -> None:
    before = Item.objects.count()
    answer = api.post(f"{API}/items/", body, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Item.objects.count() == before


def test_search_finds_every_word_in_sku_name_or_own_code(cast: Cast, api: APIClient) -> None:
    items.edit(cast.plank, company=cast.maker, codes=["OAK26"], actor=None)

    assert skus(api.get(f"{API}/items/?search=table")) == ["LEG", "TABLE", "TOP"]
    assert skus(api.get(f"{API}/items/?search=table+leg")) == ["LEG"]
    assert skus(api.get(f"{API}/items/?search=ak26")) == ["PLANK"]
    assert skus(api.get(f"{API}/items/?code=oak26")) == ["PLANK"]
    assert skus(api.get(f"{API}/items/?search=100%25")) == []


def test_an_item_is_seen_by_the_companies_that_have_it(cast: Cast) -> None:
    assert skus(client_of(cast.outsider).get(f"{API}/items/")) == []
    assert skus(client_of(cast.operator).get(f"{API}/items/")) == ["LEG", "PLANK", "TABLE", "TOP"]

    items.create(sku="WATER", unit=cast.pcs, company=None, actor=None)
    assert skus(client_of(cast.outsider).get(f"{API}/items/")) == ["WATER"]


def test_a_sites_operator_sees_the_items_kept_there(cast: Cast) -> None:
    assert skus(client_of(cast.partner).get(f"{API}/items/")) == []

    item_sites.put(item=cast.top, site=cast.rix, company=cast.maker, safety_stock=Decimal(4), actor=None)

    shown = client_of(cast.partner).get(f"{API}/items/").json()["results"]
    assert [row["sku"] for row in shown] == ["TOP"]
    assert shown[0]["companies"] == []


def test_first_use_gives_sight(cast: Cast) -> None:
    items.give_sight([cast.top.pk], cast.lakk.pk)

    assert set(selectors.items(access_of(cast.lakk_planner))) == {cast.top}


def test_costs_of_other_companies_stay_hidden(cast: Cast, api: APIClient) -> None:
    items.put_terms(cast.top, cast.maker, standard_cost=Decimal(40), actor=None)
    items.put_terms(cast.top, cast.lakk, standard_cost=Decimal(55), actor=None)

    shown = api.get(f"{API}/items/{cast.top.pk}/").json()
    assert [row["standard_cost"] for row in shown["companies"]] == ["40"]


def test_a_patch_merges_and_raises_the_version(cast: Cast, api: APIClient) -> None:
    url = f"{API}/items/{cast.table.pk}/"
    first = api.patch(url, {"standard_cost": "120"}, format="json", headers={"If-Match": '"1"'})
    second = api.patch(url, {"list_price": "400"}, format="json", headers={"If-Match": first["ETag"]})

    assert (first["ETag"], second["ETag"]) == ('"2"', '"3"')
    terms = second.json()["companies"][0]
    assert (terms["standard_cost"], terms["list_price"]) == ("120", "400")
    stale = api.patch(url, {"name": "Old"}, format="json", headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    assert stale.json()["current"]["name"] == "Oak table"


def test_a_partner_may_not_change_what_he_sees(cast: Cast) -> None:
    item_sites.put(item=cast.top, site=cast.rix, company=cast.maker, actor=None)
    answer = client_of(cast.partner).patch(
        f"{API}/items/{cast.top.pk}/", {"name": "Mine"}, format="json", headers={"If-Match": '"1"'}
    )

    assert answer.status_code == 403
    assert Item.objects.get(pk=cast.top.pk).name == "Table top"


def test_unit_and_tracking_stay_once_stocked(cast: Cast) -> None:
    items.edit(cast.top, unit=cast.m, actor=None)
    stock(cast, cast.leg)

    with pytest.raises(InvalidInput) as refused:
        items.edit(cast.leg, unit=cast.m, tracking="lot", actor=None)
    assert set(refused.value.errors) == {"unit", "tracking"}


def test_an_item_in_stock_is_not_archived(cast: Cast, api: APIClient) -> None:
    stock(cast, cast.leg)

    refused = api.post(f"{API}/items/{cast.leg.pk}/archive/", {}, format="json")
    assert refused.status_code == 400
    assert "is in stock" in refused.json()["detail"]
    assert api.post(f"{API}/items/{cast.top.pk}/archive/", {}, format="json").json()["archived_at"]
    assert skus(api.get(f"{API}/items/?is_archived=false")) == ["LEG", "PLANK", "TABLE"]


def test_the_item_list_costs_the_same_for_any_number_of_items(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        items.create(sku=f"X{number}", unit=cast.pcs, company=cast.maker, units={cast.m: Decimal(2)}, actor=None)
    api = client_of(cast.planner)
    access_of(cast.planner)

    with django_assert_max_num_queries(6):
        assert len(api.get(f"{API}/items/").json()["results"]) == 24


def test_safety_stock_marks_the_level_for_recompute(cast: Cast, api: APIClient) -> None:
    body = {"item": "TABLE", "site": "TLL", "safety_stock": "5", "default_location": "stock"}
    answer = api.post(f"{API}/item-sites/", body, format="json")

    assert answer.status_code == 201, answer.json()
    assert answer.json()["company"]["code"] == "NORDWOOD"
    assert answer.json()["default_location"]["id"] == cast.tll_stock.pk
    assert [cast.table.pk, cast.tll.pk, cast.maker.pk] in OutboxEvent.objects.get(handler="levels").keys
    again = api.post(f"{API}/item-sites/", body, format="json")
    assert again.status_code == 400
    assert ItemSite.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"safety_stock": "-1"}, "safety_stock"),
        ({"safety_stock": "1.5"}, "safety_stock"),
        ({"reorder_point": "1e30"}, "reorder_point"),
        ({"default_location": "NOWHERE"}, "default_location"),
    ],
)
def test_item_sites_refuse_what_does_not_fit(cast: Cast, api: APIClient, body: dict[str, Any], field: str) -> None:
    answer = api.post(f"{API}/item-sites/", {"item": "TABLE", "site": "TLL", **body}, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not ItemSite.objects.exists()


def test_item_sites_are_edited_under_their_version(cast: Cast, api: APIClient) -> None:
    row = item_sites.put(item=cast.table, site=cast.tll, company=cast.maker, actor=None)
    url = f"{API}/item-sites/{row.pk}/"

    good = api.patch(url, {"reorder_point": "3"}, format="json", headers={"If-Match": '"1"'})
    assert (good.status_code, good.json()["reorder_point"], good["ETag"]) == (200, "3", '"2"')
    assert api.patch(url, {"reorder_point": "4"}, format="json", headers={"If-Match": '"1"'}).status_code == 412


def test_the_units_of_the_start_are_there_and_shared(cast: Cast) -> None:
    listed = client_of(cast.outsider).get(f"{API}/units/").json()["results"]

    assert {row["code"] for row in listed} == {"pcs", "kg", "g", "m", "mm", "l", "h"}
    made = client_of(cast.administrator).post(f"{API}/units/", {"code": "m2", "decimals": 3}, format="json")
    assert made.status_code == 201
    refused = client_of(cast.viewer).post(f"{API}/units/", {"code": "m3"}, format="json")
    assert refused.status_code == 403


def test_a_unit_never_loses_decimals(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="decimals"):
        items.edit_unit(cast.m, decimals=1, actor=None)


def test_a_category_never_lies_under_itself(cast: Cast, api: APIClient) -> None:
    parent = api.post(f"{API}/item-categories/", {"name": "Wood"}, format="json").json()
    child = api.post(f"{API}/item-categories/", {"name": "Oak", "parent": "wood"}, format="json").json()
    assert child["parent"] == {"id": parent["id"], "name": "Wood"}

    answer = api.patch(
        f"{API}/item-categories/{parent['id']}/", {"parent": child["id"]}, format="json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 400


def test_terms_come_with_sight(cast: Cast) -> None:
    items.put_terms(cast.top, cast.lakk, is_made=True, actor=None)

    assert ItemCompany.objects.get(item=cast.top, company=cast.lakk).is_made
