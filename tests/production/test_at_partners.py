"""What a partner holds, does and expects for others on one page; and what its owner sees of it."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.services import transfers
from production.services import tasks
from production.services.tasks import readiness
from tests.cast import Cast
from tests.production.test_readiness import work_off
from tests.scenarios.test_three_sites import does, lacquer, leg_from, order  # noqa: F401

PAGE = "/s/all/at-partners/"


def test_a_partner_sees_what_he_holds_and_which_step_wants_it(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    work_off(cast.now)
    client.force_login(cast.partner)
    page = client.get(PAGE)
    held = [(row["balance"].item.sku, row["row"].quantity, row["row"].wanted) for row in page.context["held"]]
    assert held == [("LACQUER", Decimal(6), Decimal("5.75"))]
    assert page.context["held"][0]["first"].task.name == "Coat"
    assert [row["task"].name for row in page.context["steps"]] == ["Coat"]
    text = page.content.decode()
    assert page.context["steps"][0]["why"].startswith("waits for")
    assert "€" not in text
    assert "PLANK" not in text
    assert "Assemble" not in text


def test_what_comes_and_goes_on_stands_with_its_day(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    client.force_login(cast.partner)
    page = client.get(PAGE)
    assert [(row["transfer"].number, row["way"].quantity) for row in page.context["coming"]] == [
        (leg_from(order, cast.tll).number, 23)
    ]
    assert [(row["transfer"].number, row["way"].to_send) for row in page.context["going"]] == [
        (leg_from(order, cast.rix).number, 20)
    ]
    assert all(row["way"].due_on for row in [*page.context["coming"], *page.context["going"]])


def test_he_receives_and_starts_from_there(client: Any, cast: Cast, order: Any, does: Any) -> None:  # noqa: F811
    does(10, good=23, minutes=168)
    tasks.finish(order.tasks.get(number=10).pk, now=cast.now, actor=cast.planner)
    leg = leg_from(order, cast.tll)
    transfers.dispatch(leg.pk, now=cast.now, actor=cast.planner)
    client.force_login(cast.partner)
    coming = client.get(PAGE).context["coming"]
    assert coming[0]["step_url"].endswith(f"/transfers/{leg.pk}/receive/")
    assert client.get(coming[0]["step_url"]).status_code == 200

    transfers.receive(leg.pk, now=cast.now, actor=cast.partner)
    work_off(cast.now)
    readiness.refresh([order.pk])
    page = client.get(PAGE)
    lots = [row["balance"].lot.number for row in page.context["held"] if row["balance"].lot]
    assert lots == [f"{order.number}/10"]
    start = page.context["steps"][0]["step"]
    answer = client.post(start.url, {"next": PAGE})
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert order.tasks.get(number=20).state == "running"


def test_the_owner_sees_the_same_of_his_goods_and_nobody_else_does(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    client.force_login(cast.planner)
    page = client.get(PAGE)
    assert [row["balance"].item.sku for row in page.context["held"]] == ["LACQUER"]
    assert page.context["coming"][0]["step_url"] == ""
    for user in (cast.outsider, cast.logistics_planner):
        client.force_login(user)
        page = client.get(PAGE)
        assert [page.context[name] for name in ("steps", "held", "coming", "going", "bought")] == [[], [], [], [], []]


def test_it_asks_the_same_of_any_number(client: Any, cast: Cast, order: Any) -> None:  # noqa: F811
    client.force_login(cast.partner)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    first = order.tasks.get(number=20)
    for number in range(21, 26):
        first.pk, first.number = None, number
        first._state.adding = True
        first.save()
    with CaptureQueriesContext(connection) as six:
        client.get(PAGE)
    assert len(six) == len(one)
