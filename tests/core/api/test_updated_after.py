"""`updated_after`: what changed since, in the order of commits, and what was deleted."""

import pytest

from core import feeds, tombstones
from sites.models import Company
from tests.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/companies/"


def start(api):
    """The cursor of a list read once everything written before it is told."""
    settle()
    return api.get(URL).json()["updated_cursor"]


def follow(api, cursor, **more):
    settle()
    return api.get(URL, {"updated_after": cursor, **more}).json()


def codes(answer):
    return [row["code"] for row in answer["results"]]


def test_tells_what_changed_since_the_cursor_of_a_list(api, companies):
    cursor = start(api)

    assert codes(follow(api, cursor)) == []
    Company.objects.filter(code="TWIN").update(name="Renamed")

    answer = follow(api, cursor)
    assert codes(answer) == ["TWIN"]
    assert answer["deleted"] == []
    assert codes(follow(api, answer["updated_cursor"])) == []


def test_writing_the_same_values_changes_nothing(api, companies):
    cursor = start(api)

    Company.objects.filter(code="TWIN").update(name="Own Works")

    assert codes(follow(api, cursor)) == []


def test_comes_page_by_page_in_the_order_of_changes(api, companies):
    for code in ("TWIN", "OWN"):
        Company.objects.filter(code=code).update(name="Renamed")

    first = follow(api, "1-0", limit=1)
    second = follow(api, first["updated_cursor"], limit=1)
    third = follow(api, second["updated_cursor"], limit=1)

    assert [codes(answer) for answer in (first, second, third)] == [["TWIN"], ["OWN"], []]
    assert codes(api.get(first["next"]).json()) == ["OWN"]


def test_names_what_was_deleted(api, companies):
    cursor = start(api)
    gone = companies["TWIN"].pk

    assert api.delete(f"{URL}{gone}/", HTTP_IF_MATCH='"1"').status_code == 204

    answer = follow(api, cursor)
    assert answer["deleted"] == [gone]
    assert follow(api, answer["updated_cursor"])["deleted"] == []


def test_does_not_name_what_others_deleted(api, companies):
    cursor = start(api)
    tombstones.leave("companies", 4711, company_id=companies["FAR"].pk)
    tombstones.leave("sites", 4712)

    assert follow(api, cursor)["deleted"] == []


def test_takes_a_timestamp_for_a_start(api, companies):
    moment = companies["TWIN"].updated_at.isoformat()
    later = "2100-01-01T00:00:00Z"

    assert "TWIN" in codes(follow(api, moment))
    assert codes(follow(api, later)) == []


def test_waits_for_transactions_that_have_not_ended(api, companies, monkeypatch):
    Company.objects.filter(code="TWIN").update(name="Renamed")
    changed = Company.objects.get(code="TWIN").changed_xid
    monkeypatch.setattr(feeds, "horizon", lambda: feeds.Cursor(changed))

    answer = follow(api, "1-0")

    assert codes(answer) == ["OWN"]
    assert answer["updated_cursor"] == f"{changed}-0"


@pytest.mark.parametrize("cursor", ["yesterday", "12", "99999999999999999999-1", "2026-13-01T00:00:00Z"])
def test_refuses_what_is_neither_a_cursor_nor_a_time(api, cursor):
    answer = follow(api, cursor)

    assert answer["errors"][0]["field"] == "updated_after"


def test_refuses_an_ordering_beside_it(api):
    assert follow(api, "1-0", ordering="code")["errors"][0]["field"] == "ordering"
