"""Tasks in the API: who sees which, and the steps."""

from decimal import Decimal as D

import pytest
from rest_framework.test import APIClient

from production.models import Operation, Operator, Routing, Task, WorkCenter
from purchasing.services import suppliers

API = "/api/v1/"


def client(user) -> APIClient:
    one = APIClient()
    one.force_authenticate(user)
    return one


@pytest.fixture
def order(cast, make_bill, make_order, stock):
    """10 tables: cut at TLL, coated at RIX by Lakk for 40 a piece, finished at TLL."""
    suppliers.create(company=cast.maker, party=cast.lakk, code="LAKK", actor=None)
    stock(cast.top, 10)
    stock(cast.leg, 40)
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw 1", labor_rate_per_hour=60)
    spray = WorkCenter.objects.create(site=cast.rix, code="SPRAY", name="Spray line 1")
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    for number, name, center in ((10, "Cut", saw), (20, "Coat", spray), (30, "Finish", saw)):
        price = 40 if center is spray else None
        Operation.objects.create(
            routing=routing, number=number, name=name, work_center=center, service_unit_price=price
        )
    return make_order(10)


def test_each_sees_the_steps_that_concern_him(cast, order):
    def numbers(user):
        return [row["number"] for row in client(user).get(f"{API}tasks/?ordering=number").json()["results"]]

    assert numbers(cast.planner) == [10, 20, 30]
    assert numbers(cast.lakk_planner) == [20]
    assert numbers(cast.partner) == [20]
    assert numbers(cast.operator) == [10, 30]
    assert numbers(cast.outsider) == []
    hidden = order.tasks.get(number=10).pk
    assert client(cast.partner).get(f"{API}tasks/{hidden}/").status_code == 404


def test_only_who_sees_prices_sees_that_of_a_service(cast, order):
    task = order.tasks.get(number=20).pk
    shown = [
        client(user).get(f"{API}tasks/{task}/").json()["service_unit_price"]
        for user in (cast.planner, cast.lakk_planner)
    ]

    assert shown == ["40", "40"]
    assert client(cast.partner).get(f"{API}tasks/{task}/").json()["service_unit_price"] is None


def test_start_report_pause_and_undo(cast, order):
    operator = Operator.objects.create(site=cast.tll, code="MK", name="Mart Kask")
    api, path = client(cast.operator), f"{API}tasks/{order.tasks.get(number=10).pk}/"

    started = api.post(f"{path}start/", {"operator": "MK"}, format="json")
    assert (started.status_code, started.json()["state"], started.json()["operator_id"]) == (
        200,
        "running",
        operator.pk,
    )
    said = {"good_quantity": "4", "minutes": "30", "operator": "mk"}
    reported = api.post(f"{path}report/", said, format="json").json()
    assert (reported["good_quantity"], reported["event"]["kind"]) == ("4", "report")
    assert api.post(f"{path}pause/", {"reason": "Lunch"}, format="json").json()["state"] == "paused"

    undone = api.post(f"{path}undo/", {}, format="json").json()

    assert (undone["good_quantity"], undone["event"]["good_quantity"]) == ("0", "-4")
    kinds = [row["kind"] for row in api.get(f"{path}events/").json()]
    assert kinds == ["start", "report", "pause", "undo"]


def test_the_contract_manufacturer_reports_his_step_and_no_other(cast, order):
    cut, coat = (order.tasks.get(number=number).pk for number in (10, 20))
    partner = client(cast.partner)

    assert partner.post(f"{API}tasks/{cut}/start/", {}, format="json").status_code == 404
    refused = partner.post(f"{API}tasks/{coat}/report/", {"good_quantity": "2"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "pieces_not_there")
    assert refused.json()["detail"] == f"{order.number}/20: 2 reported, but 0 are here from Cut."


def test_more_than_planned_is_refused_with_the_numbers(cast, order):
    task = order.tasks.get(number=10)

    refused = client(cast.planner).post(f"{API}tasks/{task.pk}/report/", {"good_quantity": "11"}, format="json")

    assert refused.json()["detail"] == f"{order.number}/10: 11 good reported, 10 of 10 are left."
    assert Task.objects.get(pk=task.pk).good_quantity == 0


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("report", {"good_quantity": "-1"}, "good_quantity"),
        ("report", {"good_quantity": "0.5"}, "good_quantity"),
        ("report", {}, "good_quantity"),
        ("report", {"good_quantity": "1", "lot": "B-1"}, "lot"),
        ("report", {"good_quantity": "1", "minutes": "999999"}, "minutes"),
        ("issue", {"components": []}, "components"),
        ("start", {"operator": "NOBODY"}, "operator"),
        ("assign", {"team": "NONE"}, "team"),
        ("move", {"work_center": "SPRAY"}, "work_center"),
        ("block", {"reason": " "}, "reason"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(cast, order, step, body, field):
    task = order.tasks.get(number=10)

    refused = client(cast.planner).post(f"{API}tasks/{task.pk}/{step}/", body, format="json")

    assert refused.status_code == 400
    assert field in [error["field"] for error in refused.json()["errors"]]
    task.refresh_from_db()
    assert (task.state, task.good_quantity, task.spent_minutes) == ("waiting", D(0), D(0))


def test_a_canceled_order_s_task_is_refused_in_words(cast, order):
    from production.services import manufacturing_orders

    manufacturing_orders.cancel(order.pk, now=cast.now, actor=cast.planner)

    refused = client(cast.planner).post(f"{API}tasks/{order.tasks.get(number=10).pk}/start/", {}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert refused.json()["detail"] == f"{order.number} was canceled, so Cut is not done any more."


def test_work_is_given_to_who_can_do_it_and_has_the_least_to_do(cast, order):
    idle, busy = (Operator.objects.create(site=cast.tll, code=code, name=code) for code in ("IDLE", "BUSY"))
    first, last = (order.tasks.get(number=number) for number in (10, 30))
    Task.objects.filter(order=order).update(run_time_minutes_per_unit=5)
    api = client(cast.planner)
    api.post(f"{API}tasks/{last.pk}/assign/", {"operator": "BUSY"}, format="json")

    answer = api.post(f"{API}tasks/assign/", {"tasks": [first.pk]}, format="json")

    assert [row["operator_id"] for row in answer.json()] == [idle.pk]
    last.refresh_from_db()
    assert last.operator_id == busy.pk
