"""The feed of events, and runs, as the API serves them."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from rest_framework.test import APIClient

from core import access, events, feeds, runs
from core.access import Scope
from core.models import Run, RunLine
from tests.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(monkeypatch):
    seen = {"planner": Scope(companies=frozenset({1}), sites=frozenset({70}), planned=frozenset({1}))}
    monkeypatch.setitem(access._loaders, "scope", lambda user: seen[user.username])
    client = APIClient()
    client.force_authenticate(User.objects.create(username="planner"))
    return client


def told(client, params=None):
    """What the feed tells, once the transactions of tests beside this one have ended."""
    settle()
    return client.get("/api/v1/events/", params)


@pytest.mark.django_db(transaction=True)
class TestEvents:
    def test_are_told_in_order_to_who_may_hear_of_them(self, client):
        levels = [[5, 70, 2], [5, 71, 2]]
        first = events.record(
            "sales_order.shipped",
            companies=[1, 2],
            payload={"documents": [["sales_order", 12], ["purchase_order", 9, [2], []]]},
        )
        second = events.record("posting.made", companies=[2], sites=[70], payload={"levels": levels})
        events.record("sales_order.opened", companies=[2], payload={"documents": [["sales_order", 13]]})

        rows = told(client).json()["results"]

        assert [row["id"] for row in rows] == [first, second]
        assert rows[0]["documents"] == [["sales_order", 12]]
        assert rows[1]["levels"] == [[5, 70, 2]]
        assert "payload" not in rows[0]

    def test_are_followed_by_their_cursor(self, client):
        events.record("item.changed", companies=[1])
        cursor = told(client).json()["updated_cursor"]
        later = events.record("item.changed", companies=[1])

        answer = told(client, {"updated_after": cursor}).json()

        assert [row["id"] for row in answer["results"]] == [later]
        assert told(client, {"updated_after": answer["updated_cursor"]}).json()["results"] == []

    def test_those_above_the_horizon_wait(self, client, monkeypatch):
        events.record("item.changed", companies=[1])
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(xid::text) FROM core_event")
            (xid,) = cursor.fetchone()
        monkeypatch.setattr(feeds, "horizon", lambda: feeds.Cursor(int(xid)))

        assert told(client).json()["results"] == []

    def test_are_filtered_by_kind(self, client):
        events.record("item.changed", companies=[1])
        events.record("item.archived", companies=[1])

        rows = told(client, {"kind": "item.archived"}).json()["results"]

        assert [row["kind"] for row in rows] == ["item.archived"]

    def test_cannot_be_written(self, client):
        assert client.post("/api/v1/events/", {}).status_code == 405


class TestRuns:
    @pytest.fixture
    def mine(self, sent):
        runs.register("recount", "inventory.tasks.recount", queue="maintenance")
        return runs.create("recount", company_id=1, inputs={"site": 70}, actor=None)

    def test_are_listed_within_scope(self, client, mine):
        foreign = Run.objects.create(kind="recount", company_id=2)
        at_his_site = Run.objects.create(kind="recount", company_id=2, site_id=70)

        rows = client.get("/api/v1/runs/").json()["results"]

        assert [row["id"] for row in rows] == [at_his_site.pk, mine.pk]
        assert client.get(f"/api/v1/runs/{foreign.pk}/").status_code == 404

    def test_are_canceled(self, client, mine):
        response = client.post(f"/api/v1/runs/{mine.pk}/cancel/")

        assert (response.status_code, response.json()["state"]) == (200, "canceled")
        assert client.post(f"/api/v1/runs/{mine.pk}/cancel/").json()["code"] == "wrong_state"

    def test_are_canceled_by_who_plans_for_the_company(self, client, mine):
        at_his_site = Run.objects.create(kind="recount", company_id=2, site_id=70)

        assert client.post(f"/api/v1/runs/{at_his_site.pk}/cancel/").status_code == 403
        assert Run.objects.get(pk=at_his_site.pk).state == "queued"

    def test_show_their_log(self, client, mine):
        RunLine.objects.create(run=mine, at=mine.created_at, text="Began.")

        rows = client.get(f"/api/v1/runs/{mine.pk}/log/").json()["results"]

        assert [row["text"] for row in rows] == ["Began."]


def test_the_root_names_the_nouns(client):
    nouns = client.get("/api/v1/").json()

    assert nouns["events"] == "http://testserver/api/v1/events/"


def test_a_missing_path_is_a_problem_and_a_missing_slash_is_mended(client):
    missing = client.get("/api/v1/nonsense/")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")

    mended = client.get("/api/v1/runs?limit=5")
    assert (mended.status_code, mended["Location"]) == (301, "/api/v1/runs/?limit=5")

    assert "end in a slash" in client.post("/api/v1/runs", {}).json()["detail"]


def test_the_schema_is_served(client):
    response = client.get("/api/v1/schema/?format=json")

    assert response.status_code == 200
    assert response.json()["openapi"] == "3.1.0"


def test_the_documentation_has_nothing_inline(client):
    page = client.get("/api/v1/docs/").content.decode()

    assert "<style" not in page
    assert page.count("<script ") == page.count("<script") == 3
