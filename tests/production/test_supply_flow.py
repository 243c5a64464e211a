"""Who waits for whom, and what a partner is told of it."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from production.selectors import supply_flow
from sites.access import access_of
from tests.cast import Cast
from tests.scenarios.test_three_sites import lacquer, order  # noqa: F401
from tests.security.conftest import client_of


def found(cast: Cast, user: Any) -> list[tuple[str, str, str, str | None]]:
    sites = [cast.tll.pk, cast.rix.pk, cast.chi.pk]
    rows = supply_flow.links(access_of(user), sites)
    return [(row.site_code, row.document_kind, row.sku, row.by_site) for row in rows]


def test_a_step_waits_for_the_one_before_at_another_site(cast: Cast, order: Any) -> None:  # noqa: F811
    steps = [row for row in found(cast, cast.planner) if row[1] == "task"]
    assert sorted(steps) == [("CHI", "task", "TABLE", "RIX"), ("RIX", "task", "TABLE", "TLL")]


def test_what_nobody_brings_is_the_weakest_and_breaks_first(cast: Cast, order: Any) -> None:  # noqa: F811
    rows = supply_flow.links(access_of(cast.planner), [cast.tll.pk, cast.rix.pk, cast.chi.pk])
    broken = [row for row in rows if row.is_broken]
    assert rows[: len(broken)] == broken
    first = supply_flow.breaks_first(rows)
    assert first is None or first.needed_on == min(row.needed_on for row in broken)


def test_a_partner_sees_what_touches_his_site(cast: Cast, order: Any) -> None:  # noqa: F811
    assert {row[0] for row in found(cast, cast.partner) if row[1] != "task"} <= {"RIX"}
    assert found(cast, cast.outsider) == []


def test_the_page_answers_everybody_with_one_query_of_its_own(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    for user in (cast.planner, cast.partner, cast.outsider, cast.admin):
        client.force_login(user)
        assert client.get("/s/all/supply-flow/").status_code == 200
    with CaptureQueriesContext(connection) as queries:
        supply_flow.links(access_of(cast.planner), [cast.tll.pk])
    assert len([one for one in queries if "production_task" in one["sql"]]) == 1


def test_a_partner_lands_on_his_page_without_what_is_empty_for_him(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    client.force_login(cast.partner)
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0].endswith("/at-partners/")
    labels = [str(entry["label"]) for entry in page.context["frame"]["nav"]]
    assert labels[0] == "At your site"
    assert "Tasks" in labels
    assert "Sell" not in labels


def test_the_api_tells_the_same_within_the_readers_access(cast: Cast, order: Any) -> None:  # noqa: F811
    api = client_of(cast.planner)
    told = api.get("/api/v1/supply-flow/").json()["results"]
    assert {(row["site"], row["document"]["kind"], row["item"], row["by"]["site"]) for row in told} == set(
        found(cast, cast.planner)
    )
    assert api.get(f"/api/v1/supply-flow/{told[0]['id']}/").json() == told[0]
    at_riga = api.get("/api/v1/supply-flow/?site=rix").json()["results"]
    assert {row["id"] for row in at_riga} == {row["id"] for row in told if "RIX" in (row["site"], row["by"]["site"])}
    broken = api.get("/api/v1/supply-flow/?is_broken=true").json()["results"]
    assert broken == [row for row in told if row["is_broken"]]
    assert api.get("/api/v1/supply-flow/?colour=red").status_code == 400
    assert api.get("/api/v1/supply-flow/?site=NOWHERE").status_code == 400

    outsider = client_of(cast.outsider)
    assert outsider.get("/api/v1/supply-flow/").json()["results"] == []
    assert outsider.get(f"/api/v1/supply-flow/{told[0]['id']}/").status_code == 404
