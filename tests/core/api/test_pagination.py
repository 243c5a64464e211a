"""Keyset pages: they end, they miss nothing, and their cursors belong to them."""

from datetime import date

import pytest

from core.models import NumberSequence
from sites.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def equals(db):
    """1,205 rows with equal values."""
    rows = [NumberSequence(company_id=7, prefix=str(number), last_number=3) for number in range(1205)]
    return {row.pk for row in NumberSequence.objects.bulk_create(rows)}


def walk(api, url, link="next"):
    """The ids of all pages from here on, page by page."""
    pages = []
    while url:
        answer = api.get(url).json()
        pages.append([row["id"] for row in answer["results"]])
        url = answer[link]
        assert len(pages) < 50
    return pages


def test_ends_on_more_than_a_thousand_equal_values(api, equals):
    pages = walk(api, "/api/v1/numbers/?ordering=last_number&limit=100")

    ids = [row for page in pages for row in page]
    assert len(ids) == 1205
    assert set(ids) == equals
    assert len(pages) == 13


def test_mixed_directions_end_too(api, equals):
    pages = walk(api, "/api/v1/numbers/?ordering=last_number,-company_id&limit=500")

    assert [len(page) for page in pages] == [500, 500, 205]
    assert {row for page in pages for row in page} == equals


def test_gives_50_rows_unless_told_and_500_at_most(api, equals):
    assert len(api.get("/api/v1/numbers/").json()["results"]) == 50
    assert len(api.get("/api/v1/numbers/?limit=500").json()["results"]) == 500
    for limit in ("501", "0", "-1", "many", "²"):
        assert api.get(f"/api/v1/numbers/?limit={limit}").json()["errors"][0]["field"] == "limit"


def test_goes_back_the_way_it_came(api, equals):
    forward = walk(api, "/api/v1/numbers/?ordering=-last_number&limit=300")
    last = "/api/v1/numbers/?ordering=-last_number&limit=300"
    while following := api.get(last).json()["next"]:
        last = following

    assert walk(api, last, "previous") == forward[::-1]


def test_the_first_page_has_no_previous(api, equals):
    first = api.get("/api/v1/numbers/?limit=5").json()
    second = api.get(first["next"]).json()
    back = api.get(second["previous"]).json()

    assert first["previous"] is None
    assert back["results"] == first["results"]
    assert back["previous"] is None
    assert back["next"] is not None


@pytest.mark.parametrize("ordering", ["closed", "-closed"])
def test_nulls_come_last_and_once(api, scopes, planner, ordering):
    planner.is_superuser = True
    Company.objects.bulk_create(
        Company(code=f"N{number}", name="x", closed_through_on=date(2026, 1, number % 3 + 1) if number % 2 else None)
        for number in range(9)
    )
    pages = walk(api, f"/api/v1/companies/?ordering={ordering}&limit=2&fields=id")
    back = walk(api, _last(api, f"/api/v1/companies/?ordering={ordering}&limit=2"), "previous")
    ids = [row for page in pages for row in page]
    closed = dict(Company.objects.values_list("id", "closed_through_on"))

    assert sorted(ids) == sorted(closed)
    dates = [closed[row] for row in ids]
    assert dates == sorted((day for day in dates if day), reverse=ordering == "-closed") + [None] * 8
    assert back == pages[::-1]


def _last(api, url):
    while following := api.get(url).json()["next"]:
        url = following
    return url


def test_refuses_a_cursor_that_was_changed(api, equals):
    following = api.get("/api/v1/numbers/?limit=5").json()["next"]

    response = api.get(following[:-3] + "abc")

    assert response.status_code == 400
    assert response.json()["code"] == "invalid_cursor"


def test_refuses_a_cursor_of_another_ordering_filter_or_noun(api, equals, sites):
    cursor = api.get("/api/v1/numbers/?limit=5").json()["next"].split("cursor=")[1].split("&")[0]
    other = api.get("/api/v1/companies/?limit=1&currency=EUR").json()["next"].split("cursor=")[1].split("&")[0]

    for url in (
        f"/api/v1/numbers/?ordering=last_number&cursor={cursor}",
        f"/api/v1/sites/?cursor={cursor}",
        f"/api/v1/companies/?cursor={other}",
    ):
        assert api.get(url).json()["code"] == "invalid_cursor"


def test_counts_when_asked_up_to_its_cap(api, equals, monkeypatch):
    assert "count" not in api.get("/api/v1/numbers/").json()

    exact = api.get("/api/v1/numbers/?count=true").json()
    monkeypatch.setattr("core.api.pagination.MOST_COUNTED", 1000)
    capped = api.get("/api/v1/numbers/?count=true").json()

    assert (exact["count"], exact["count_is_capped"]) == (1205, False)
    assert (capped["count"], capped["count_is_capped"]) == (1000, True)


def test_an_empty_list_has_no_links(api):
    answer = api.get("/api/v1/numbers/").json()

    assert (answer["results"], answer["next"], answer["previous"]) == ([], None, None)
