"""Locations: services and REST."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.errors import InvalidInput
from inventory.choices import LocationKind
from inventory.drafts import LevelKey
from inventory.models import ItemSite, Location, StockBalance
from inventory.selectors.places import receipt_location, virtual_location
from inventory.services import adjustments, item_sites, item_sites_many, locations, locations_many
from tests.cast import Cast

API = "/api/v1"


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(cast: Cast) -> APIClient:
    return client_of(cast.planner)


def stock(cast: Cast, location: Location, quantity: int) -> None:
    line = adjustments.AdjustmentLine(item_id=cast.leg.pk, quantity=Decimal(quantity), location_id=location.pk)
    adjustments.adjust(
        site_id=location.site_id,
        owner_id=None,
        reason="count",
        lines=[line],
        effective_at=None,
        now=cast.now,
        actor=None,
    )


def codes(response: Any) -> list[str]:
    return sorted(row["code"] for row in response.json()["results"])


def test_a_tree_of_places(cast: Cast, api: APIClient) -> None:
    hall = api.post(f"{API}/locations/", {"site": "TLL", "code": "HALL"}, format="json")
    assert hall.status_code == 201, hall.json()
    shelf = api.post(
        f"{API}/locations/", {"site": "TLL", "code": "A-01", "parent": "hall", "kind": "lineside"}, format="json"
    )
    assert shelf.json()["parent"]["id"] == hall.json()["id"]

    refused = api.patch(
        f"{API}/locations/{hall.json()['id']}/", {"parent": "A-01"}, format="json", headers={"If-Match": '"1"'}
    )
    assert refused.status_code == 400
    assert "under itself" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "stock"}, "code"),
        ({"code": " "}, "code"),
        ({"code": "X", "kind": "customer"}, "kind"),
        ({"code": "X", "kind": "transit"}, "kind"),
        ({"code": "X", "kind": "attic"}, "kind"),
        ({"code": "X", "site": "FAR"}, "site"),
    ],
)
def test_bad_input_names_its_field(cast: Cast, api: APIClient, body: dict[str, Any], field: str) -> None:
    before = Location.objects.count()
    answer = api.post(f"{API}/locations/", {"site": "TLL", **body}, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Location.objects.count() == before


def test_the_mark_of_the_default_receipt_moves(cast: Cast, api: APIClient) -> None:
    made = api.post(f"{API}/locations/", {"site": "TLL", "code": "DOCK", "is_default_receipt": True}, format="json")

    assert made.json()["is_default_receipt"]
    cast.tll_stock.refresh_from_db()
    assert (cast.tll_stock.is_default_receipt, cast.tll_stock.version) == (False, 2)


def test_a_kind_stays_once_something_stood_there(cast: Cast) -> None:
    place = locations.create(site=cast.tll, code="Q", actor=None)
    place = locations.edit(place, kind=LocationKind.QUARANTINE, actor=None)
    stock(cast, place, 3)
    stock(cast, place, -3)

    with pytest.raises(InvalidInput, match="something stood there"):
        locations.edit(place, kind=LocationKind.STORAGE, actor=None)
    assert Location.objects.get(pk=place.pk).kind == LocationKind.QUARANTINE


def test_only_an_empty_place_is_archived(cast: Cast, api: APIClient) -> None:
    place = locations.create(site=cast.tll, code="A", actor=None)
    stock(cast, place, 3)
    url = f"{API}/locations/{place.pk}/archive/"

    refused = api.post(url, {}, format="json")
    assert refused.status_code == 400
    assert "still holds stock" in refused.json()["detail"]
    stock(cast, place, -3)
    assert api.post(url, {}, format="json").json()["archived_at"]
    assert "A" not in codes(api.get(f"{API}/locations/?site=TLL&is_archived=false"))


def test_a_place_with_places_under_it_is_not_archived(cast: Cast) -> None:
    hall = locations.create(site=cast.tll, code="HALL", actor=None)
    locations.create(site=cast.tll, code="A", parent=hall, actor=None)

    with pytest.raises(InvalidInput, match="Places lie under HALL"):
        locations.archive(hall, now=cast.now, actor=None)


def test_the_world_outside_is_nobodys_to_change(cast: Cast) -> None:
    customer = Location.objects.get(pk=virtual_location(cast.tll.pk, LocationKind.CUSTOMER))

    with pytest.raises(InvalidInput):
        locations.edit(customer, kind=LocationKind.STORAGE, actor=None)


def test_places_are_seen_where_one_has_business(cast: Cast, api: APIClient) -> None:
    sites = {row["site"]["code"] for row in api.get(f"{API}/locations/").json()["results"]}
    assert sites == {"TLL", "CHI", "RIX"}
    partner = client_of(cast.partner).get(f"{API}/locations/").json()["results"]
    assert {row["site"]["code"] for row in partner} == {"RIX"}


def test_the_operators_planner_alone_arranges_a_site(cast: Cast) -> None:
    body = {"site": "RIX", "code": "A"}

    assert client_of(cast.planner).post(f"{API}/locations/", body, format="json").status_code in {403, 404}
    assert client_of(cast.partner).post(f"{API}/locations/", body, format="json").status_code == 403
    assert client_of(cast.lakk_planner).post(f"{API}/locations/", body, format="json").status_code == 201


@pytest.mark.parametrize("kind", [LocationKind.WIP, LocationKind.SCRAP, LocationKind.SUPPLIER, LocationKind.TRANSIT])
def test_nothing_is_received_where_stock_is_not_kept(cast: Cast, kind: LocationKind) -> None:
    """Neither a site's default nor an item's own, one by one or many at once."""
    place = Location.objects.create(site=cast.tll, code="X", kind=kind)
    own: dict[str, Any] = {"item": cast.leg, "site": cast.tll, "company": cast.maker, "actor": None}
    key = LevelKey(cast.leg.pk, cast.tll.pk, cast.maker.pk)

    with pytest.raises(InvalidInput) as one:
        item_sites.create(default_location=place, **own)
    with pytest.raises(InvalidInput) as many:
        item_sites_many.put_many([(key, {"default_location_id": place.pk})], actor=None)
    with pytest.raises(InvalidInput) as default:
        locations.edit(place, is_default_receipt=True, actor=None)
    with pytest.raises(InvalidInput) as defaults:
        locations_many.put_many([(cast.tll, "X", {"is_default_receipt": True})], actor=None)

    assert [list(error.value.errors) for error in (one, many)] == [["default_location"]] * 2
    assert [list(error.value.errors) for error in (default, defaults)] == [["is_default_receipt"]] * 2
    assert not ItemSite.objects.exists()


def test_a_default_for_receipts_stays_a_place_where_stock_is_kept(cast: Cast) -> None:
    place = locations.create(site=cast.tll, code="A", is_default_receipt=True, actor=None)

    with pytest.raises(InvalidInput, match="Nothing can be received"):
        locations.edit(place, kind=LocationKind.WIP, actor=None)


def test_places_of_the_world_outside_are_not_named_in_a_body(cast: Cast, api: APIClient) -> None:
    virtual_location(cast.tll.pk, LocationKind.SCRAP)
    body = {"item": "LEG", "site": "TLL", "default_location": "SCRAP"}

    assert api.post(f"{API}/item-sites/", body, format="json").status_code == 400


@pytest.mark.parametrize("change", [{"archived_at": "2026-11-01T00:00:00Z"}, {"kind": LocationKind.WIP}])
def test_an_item_s_place_that_takes_nothing_any_more_is_passed_over(cast: Cast, change: dict[str, Any]) -> None:
    place = locations.create(site=cast.tll, code="A", actor=None)
    item_sites.create(item=cast.leg, site=cast.tll, company=cast.maker, default_location=place, actor=None)
    Location.objects.filter(pk=place.pk).update(**change)

    line = adjustments.AdjustmentLine(item_id=cast.leg.pk, quantity=Decimal(3))
    adjustments.adjust(site_id=cast.tll.pk, reason="opening", lines=[line], now=cast.now, actor=None)

    assert StockBalance.objects.get().location.is_default_receipt
    assert receipt_location(cast.leg.pk, cast.tll.pk, cast.maker.pk) == StockBalance.objects.get().location_id
