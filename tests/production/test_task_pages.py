"""The pages of tasks: the board, one task with its steps, and the order as the chain of them."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from production.choices import TaskState
from production.models import ManufacturingOrder, Operator, Task
from tests.cast import Cast
from tests.scenarios.test_three_sites import does, lacquer, order  # noqa: F401

REPORT = {"good_quantity": "22", "scrapped_quantity": "1", "minutes": "168", "reason": "A knot"}


@pytest.fixture
def as_planner(client: Any, cast: Cast) -> Any:
    client.force_login(cast.planner)
    return client


def url_of(order: ManufacturingOrder, number: int, rest: str = "") -> str:  # noqa: F811
    return f"/s/all/tasks/{order.tasks.get(number=number).pk}/{rest}"


def test_the_order_shows_its_steps_legs_and_cost(as_planner: Any, order: Any, does: Any) -> None:  # noqa: F811
    does(10, good=23, minutes=168)
    page = as_planner.get(f"/s/all/manufacturing-orders/{order.pk}/")
    text = page.content.decode()
    assert [card["task"].name for card in page.context["cards"]] == ["Cut", "Coat", "Assemble"]
    assert [bool(card["leg"]) for card in page.context["cards"]] == [True, True, False]
    assert "Steps at 3 sites" in text
    cost = page.context["flow_cost"]
    # 46 m of plank at 5 = 230; 168 min at 24, 12 and 6 an hour = 67.20, 33.60 and 16.80.
    assert {one.kind: one.actual for one in cost.kinds if one.actual} == {
        "material": 230, "labor": Decimal("67.2"), "machine": Decimal("33.6"), "overhead": Decimal("16.8"),
    }  # fmt: skip
    assert as_planner.get(f"/s/all/manufacturing-orders/{order.pk}/cost/?kind=labor").status_code == 200
    assert "TLL" in as_planner.get(f"/s/all/manufacturing-orders/{order.pk}/wip/").content.decode()


def test_an_operator_reports_and_takes_it_back(as_planner: Any, order: Any) -> None:  # noqa: F811
    assert as_planner.post(url_of(order, 10, "start/")).status_code == 302
    assert as_planner.post(url_of(order, 10, "report/"), REPORT).status_code == 302
    task = order.tasks.get(number=10)
    assert (task.state, task.good_quantity, task.scrapped_quantity) == ("running", 22, 1)
    assert "22 good, 1 scrap, A knot" in as_planner.get(url_of(order, 10)).content.decode()

    assert as_planner.post(url_of(order, 10, "undo/")).status_code == 302
    assert order.tasks.get(number=10).good_quantity == 0


def test_a_refused_step_says_why(as_planner: Any, order: Any) -> None:  # noqa: F811
    as_planner.post(url_of(order, 10, "block/"), {"reason": "Blade broken"})
    page = as_planner.post(url_of(order, 10, "report/"), REPORT)
    assert page.status_code == 409
    assert "Blade broken" in page.content.decode()
    assert order.tasks.get(number=10).good_quantity == 0


def test_the_board_gives_tasks_by_load(as_planner: Any, order: Any, cast: Cast) -> None:  # noqa: F811
    mari = Operator.objects.create(site=cast.tll, code="MARI", name="Mari")
    ids = list(order.tasks.values_list("pk", flat=True))
    assert as_planner.post("/s/all/tasks/assign/", {"selected": ids, "hands": "load"}).status_code == 302
    assert order.tasks.get(number=10).operator == mari
    assert order.tasks.get(number=20).operator is None
    assert "Mari" in as_planner.get("/s/all/tasks/?view=table&operator=MARI").content.decode()


@pytest.mark.parametrize("query", ["", "?view=table", "?late=1&blocked=1", "?center=saw&search=cut&site=TLL"])
def test_the_board_asks_the_same_of_any_number(query: str, as_planner: Any, order: Any) -> None:  # noqa: F811
    as_planner.get(f"/s/all/tasks/{query}")
    with CaptureQueriesContext(connection) as three:
        assert as_planner.get(f"/s/all/tasks/{query}").status_code == 200
    first = order.tasks.get(number=10)
    for number in range(11, 20):
        first.pk, first.number = None, number
        first._state.adding = True
        first.save()
    with CaptureQueriesContext(connection) as twelve:
        as_planner.get(f"/s/all/tasks/{query}")
    assert len(twelve) == len(three)


def test_done_today_goes_by_each_sites_clock(as_planner: Any, order: Any, cast: Cast) -> None:  # noqa: F811
    """At 12:00 in Tallinn it is 4:00 in Chicago: 23:30 there was yesterday, 0:30 here and there is today."""
    tallinn, chicago = order.tasks.get(number=10), order.tasks.get(number=30)
    for task, began_at in ((tallinn, "2026-11-22T22:30Z"), (chicago, "2026-11-23T05:30Z")):
        Task.objects.filter(pk=task.pk).update(state=TaskState.DONE, done_at=began_at)
    board = as_planner.get("/s/all/tasks/")
    done = next(column for column in board.context["columns"] if column["state"] == TaskState.DONE)
    assert [row["task"].pk for row in done["rows"]] == [tallinn.pk]

    Task.objects.filter(pk=chicago.pk).update(done_at="2026-11-23T06:30Z")
    board = as_planner.get("/s/all/tasks/")
    done = next(column for column in board.context["columns"] if column["state"] == TaskState.DONE)
    assert {row["task"].pk for row in done["rows"]} == {tallinn.pk, chicago.pk}


def test_a_partner_sees_his_step_without_order_and_prices(client: Any, order: Any, cast: Cast) -> None:  # noqa: F811
    client.force_login(cast.partner)
    board = client.get("/s/all/tasks/").content.decode()
    assert "Coat" in board
    assert "Assemble" not in board
    assert client.get(url_of(order, 10)).status_code == 404
    assert client.get(f"/s/all/manufacturing-orders/{order.pk}/").status_code == 404
    assert client.get(f"/s/all/manufacturing-orders/{order.pk}/cost/").status_code == 404
    mine = client.get(url_of(order, 20)).content.decode()
    assert "LACQUER" in mine
    assert "€" not in mine
    assert "PLANK" not in mine
    assert client.post(url_of(order, 20, "start/")).status_code == 302
    assert order.tasks.get(number=20).state == TaskState.RUNNING


def test_an_outsider_sees_nothing(client: Any, order: Any, cast: Cast) -> None:  # noqa: F811
    client.force_login(cast.outsider)
    assert "Cut" not in client.get("/s/all/tasks/").content.decode()
    assert client.get(url_of(order, 10)).status_code == 404
    assert client.post(url_of(order, 10, "start/")).status_code == 404


def test_the_board_leads_to_what_belongs_to_it(as_planner: Any, order: Any) -> None:  # noqa: F811
    board = as_planner.get("/s/all/tasks/").content.decode()
    for page in ("supply-flow", "at-partners", "floor-devices", "floor-conflicts"):
        assert f'href="/s/all/{page}/"' in board
        assert as_planner.get(f"/s/all/{page}/").status_code == 200


def test_an_order_leads_to_its_papers(as_planner: Any, order: Any) -> None:  # noqa: F811
    url = f"/s/all/manufacturing-orders/{order.pk}/"
    page = as_planner.get(url).content.decode()
    for paper in ("traveller.pdf", "pick-list.pdf"):
        assert f'href="{url}{paper}"' in page
        assert as_planner.get(f"{url}{paper}")["Content-Type"] == "application/pdf"
