"""The nouns of sites over REST."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import Event, Tombstone
from sites.models import CalendarDay, Company, Lane, Membership, Site
from sites.services import calendars
from tests.cast import Cast

API = "/api/v1"


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(cast: Cast) -> APIClient:
    """The client of Nordwood's administrator."""
    return client_of(cast.administrator)


def codes(response: Any) -> list[str]:
    return sorted(row["code"] for row in response.json()["results"])


def test_lists_what_the_reader_deals_with(cast: Cast, api: APIClient) -> None:
    assert codes(api.get(f"{API}/sites/")) == ["CHI", "RIX", "TLL"]
    assert codes(api.get(f"{API}/companies/")) == ["LAKK", "NORDWOOD"]
    assert codes(client_of(cast.partner).get(f"{API}/sites/")) == ["RIX"]
    assert codes(client_of(cast.outsider).get(f"{API}/sites/")) == ["FAR"]
    assert len(client_of(cast.admin).get(f"{API}/companies/").json()["results"]) == 5


def test_a_site_out_of_scope_is_missing(cast: Cast) -> None:
    answer = client_of(cast.outsider).get(f"{API}/sites/{cast.tll.pk}/")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_an_administrator_opens_a_site_by_codes(cast: Cast, api: APIClient) -> None:
    body = {"code": "OPO", "company": "nordwood", "time_zone": "Europe/Lisbon", "country": "pt", "is_making": True}
    answer = api.post(f"{API}/sites/", body, format="json")

    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made["company"] == {"id": cast.maker.pk, "code": "NORDWOOD"}
    assert made["default_owner"]["code"] == "NORDWOOD"
    assert (made["name"], made["country"]) == ("OPO", "PT")
    assert Site.objects.get(code="OPO").locations.get().is_default_receipt
    assert Event.objects.filter(kind="site.created", site_ids=[made["id"]]).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "tll", "company": "NORDWOOD"}, "code"),
        ({"code": "all", "company": "NORDWOOD"}, "code"),
        ({"code": "A B", "company": "NORDWOOD"}, "code"),
        ({"code": "OPO", "company": "NORDWOOD", "time_zone": "Mars/Base"}, "time_zone"),
        ({"code": "OPO", "company": "NORDWOOD", "latitude": "91"}, "latitude"),
        ({"code": "OPO", "company": "NORDWOOD", "country": "1"}, "country"),
        ({"code": "OPO", "company": "FAR"}, "company"),
        ({"code": "OPO", "company": "NORDWOOD", "kind": "ship"}, "kind"),
        ({"code": "OPO", "company": "NORDWOOD", "colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    cast: Cast, api: APIClient, body: dict[str, Any], field: str
) -> None:
    before = Site.objects.count()
    answer = api.post(f"{API}/sites/", body, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Site.objects.count() == before


def test_a_planner_may_not_open_a_site(cast: Cast) -> None:
    answer = client_of(cast.planner).post(f"{API}/sites/", {"code": "OPO", "company": "NORDWOOD"}, format="json")

    assert answer.status_code == 403


def test_a_patch_needs_the_version_and_refuses_a_stale_one(cast: Cast, api: APIClient) -> None:
    url = f"{API}/sites/{cast.tll.pk}/"
    etag = api.get(url)["ETag"]

    assert api.patch(url, {"city": "Tallinn"}, format="json").status_code == 428
    changed = api.patch(url, {"city": "Tallinn"}, format="json", headers={"If-Match": etag})
    assert changed.status_code == 200
    assert (changed.json()["city"], changed.json()["name"]) == ("Tallinn", "Tallinn")
    stale = api.patch(url, {"city": "Tartu"}, format="json", headers={"If-Match": etag})
    assert stale.status_code == 412
    assert stale.json()["current"]["city"] == "Tallinn"


def test_many_are_written_all_or_none(cast: Cast, api: APIClient) -> None:
    rows = [
        {"origin": "CHI", "destination": "TLL", "transit_days": 12},
        {"origin": "TLL", "destination": "CHI"},
    ]
    answer = api.post(f"{API}/lanes/", rows, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("1.")
    assert not Lane.objects.filter(origin=cast.chi).exists()
    assert api.post(f"{API}/lanes/", rows[:1], format="json").status_code == 201


def test_a_lane_is_its_companys_alone(cast: Cast) -> None:
    assert client_of(cast.lakk_planner).get(f"{API}/lanes/").json()["results"] == []
    assert len(client_of(cast.planner).get(f"{API}/lanes/?origin=tll").json()["results"]) == 2


def test_a_lane_departs_on_weekdays(cast: Cast) -> None:
    api = client_of(cast.planner)
    body = {"origin": "CHI", "destination": "TLL", "departure_weekdays": [4, 0, 4]}

    assert api.post(f"{API}/lanes/", body, format="json").json()["departure_weekdays"] == [0, 4]
    wrong = api.post(f"{API}/lanes/", {**body, "origin": "TLL", "departure_weekdays": [7]}, format="json")
    assert wrong.status_code == 400


def test_a_calendar_expands_to_days(cast: Cast, api: APIClient) -> None:
    body = {
        "code": "EE",
        "company": "NORDWOOD",
        "exceptions": [{"on_date": "2026-12-24", "reason": "Christmas Eve"}],
    }
    answer = api.post(f"{API}/calendars/", body, format="json")

    assert answer.status_code == 201, answer.json()
    assert len(answer.json()["shifts"]) == 5
    days = CalendarDay.objects.filter(calendar=answer.json()["id"])
    assert not days.get(on_date="2026-12-24").is_working
    assert days.get(on_date="2026-12-23").is_working
    assert not days.get(on_date="2026-12-26").is_working
    # Wednesday 23 December to Monday 28 December: Thursday is closed, so two working days apart.
    numbers = dict(days.filter(on_date__in=["2026-12-23", "2026-12-28"]).values_list("on_date__day", "working_number"))
    assert numbers[28] - numbers[23] == 2


def test_an_exception_is_put_beside_the_others_and_taken_away(cast: Cast, api: APIClient) -> None:
    made = api.post(f"{API}/calendars/", {"code": "EE", "company": "NORDWOOD"}, format="json")
    url = f"{API}/calendars/{made.json()['id']}/"
    days = CalendarDay.objects.filter(calendar=made.json()["id"])

    first = api.patch(
        url, {"exceptions": [{"on_date": "2026-12-24"}]}, format="json", headers={"If-Match": made["ETag"]}
    )
    second = api.patch(
        url, {"exceptions": [{"on_date": "2026-12-31"}]}, format="json", headers={"If-Match": first["ETag"]}
    )
    assert [day["on_date"] for day in second.json()["exceptions"]] == ["2026-12-24", "2026-12-31"]
    third = api.patch(url, {"removed_dates": ["2026-12-24"]}, format="json", headers={"If-Match": second["ETag"]})
    assert [day["on_date"] for day in third.json()["exceptions"]] == ["2026-12-31"]
    assert days.get(on_date="2026-12-24").is_working
    assert not days.get(on_date="2026-12-31").is_working
    stale = api.patch(url, {"name": "Estonia"}, format="json", headers={"If-Match": first["ETag"]})
    assert stale.status_code == 412


def test_expanding_twice_writes_nothing(cast: Cast, api: APIClient) -> None:
    made = api.post(f"{API}/calendars/", {"code": "EE", "company": "NORDWOOD"}, format="json").json()
    before = list(CalendarDay.objects.filter(calendar=made["id"]).order_by("on_date").values())

    calendars.expand([made["id"]], today=cast.now.date())

    assert list(CalendarDay.objects.filter(calendar=made["id"]).order_by("on_date").values()) == before


def test_an_administrator_grants_and_revokes_roles(cast: Cast, api: APIClient) -> None:
    granted = api.post(
        f"{API}/memberships/", {"user": "supplier_planner", "site": "TLL", "role": "viewer"}, format="json"
    )
    assert granted.status_code == 400  # whom he does not know he can't name

    granted = api.post(f"{API}/memberships/", {"user": "operator", "site": "CHI", "role": "operator"}, format="json")
    assert granted.status_code == 201, granted.json()
    url = f"{API}/memberships/{granted.json()['id']}/"
    assert client_of(cast.planner).delete(url).status_code == 404
    assert api.delete(url).status_code == 204
    assert not Membership.objects.filter(site=cast.chi).exists()
    assert Tombstone.objects.filter(noun="memberships", company_id=cast.maker.pk).count() == 1


def test_nobody_grants_himself_a_role_elsewhere(cast: Cast) -> None:
    api = client_of(cast.outsider)
    answer = api.post(f"{API}/memberships/", {"user": "outsider", "company": "NORDWOOD", "role": "administrator"})

    assert answer.status_code == 400
    assert not Membership.objects.filter(user=cast.outsider, company=cast.maker).exists()


def test_the_same_days_rate_is_replaced(cast: Cast, api: APIClient) -> None:
    body = {
        "company": "NORDWOOD",
        "from_currency": "USD",
        "to_currency": "EUR",
        "valid_from_on": "2026-11-01",
        "rate": "0.9",
    }
    first = api.post(f"{API}/exchange-rates/", body, format="json")
    second = api.post(f"{API}/exchange-rates/", {**body, "rate": "0.92"}, format="json")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["rate"] == "0.92"
    assert api.post(f"{API}/exchange-rates/", {**body, "rate": "0"}, format="json").status_code == 400


def test_a_company_that_somebody_opens_is_his_to_administer(cast: Cast, api: APIClient) -> None:
    made = api.post(f"{API}/companies/", {"code": "SISTER", "is_own": True}, format="json")

    assert made.status_code == 201
    assert api.get(f"{API}/companies/{made.json()['id']}/").status_code == 200
    refused = client_of(cast.planner).post(f"{API}/companies/", {"code": "OTHER"}, format="json")
    assert refused.status_code == 403
    assert not Company.objects.filter(code="OTHER").exists()


def test_the_books_of_partners_stay_their_own(cast: Cast, api: APIClient) -> None:
    Company.objects.filter(pk__in=[cast.lakk.pk, cast.maker.pk]).update(closed_through_on="2026-09-30")

    shown = {row["code"]: row["closed_through_on"] for row in api.get(f"{API}/companies/").json()["results"]}
    assert shown == {"LAKK": None, "NORDWOOD": "2026-09-30"}


def test_a_company_with_sites_is_not_archived(cast: Cast, api: APIClient) -> None:
    answer = api.post(f"{API}/companies/{cast.maker.pk}/archive/", {}, format="json")

    assert answer.status_code == 400
    assert "CHI, TLL" in answer.json()["detail"]


def test_an_archived_site_leaves_the_references(cast: Cast, api: APIClient) -> None:
    archived = api.post(f"{API}/sites/{cast.chi.pk}/archive/", {}, format="json")
    assert archived.status_code == 200
    assert archived.json()["archived_at"]

    assert api.post(f"{API}/lanes/", {"origin": "CHI", "destination": "TLL"}, format="json").status_code == 400
    assert codes(api.get(f"{API}/sites/?is_archived=false")) == ["RIX", "TLL"]


def test_after_new_year_every_calendar_reaches_a_year_further(cast: Cast, api: APIClient) -> None:
    made = api.post(f"{API}/calendars/", {"code": "EE", "company": "NORDWOOD"}, format="json").json()
    days = CalendarDay.objects.filter(calendar=made["id"])
    last = days.latest("on_date").on_date

    assert calendars.expand_all(today=date(last.year - 3, 12, 31)) == 0
    assert calendars.expand_all(today=date(last.year - 2, 1, 1)) == 1
    assert days.latest("on_date").on_date == date(last.year + 1, 12, 31)
    assert days.earliest("on_date").on_date == date(last.year - 3, 1, 1)
