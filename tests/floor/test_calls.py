"""What a tablet's script asks over the wire."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from floor.models import Device, FloorCommand
from floor.services import devices
from production.models import Task, WorkCenter
from tests.cast import Cast

JSON = {"content_type": "application/json", "headers": {"X-Floor": "1"}}


@pytest.fixture
def visitor(cast: Cast, saw: WorkCenter, client: Client) -> Client:
    """A browser that has typed its code."""
    _, code = devices.create(site=cast.tll, name="Saw", work_center=saw, now=cast.now, actor=cast.planner)
    answer = client.post("/floor/enroll/", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/floor/")
    return client


def command(task: Task, at: datetime, sequence: int = 1, **changes: object) -> dict:
    given = {"uuid": str(uuid4()), "sequence": sequence, "kind": "start", "task": task.pk, "device_at": at.isoformat()}
    return given | changes


def test_the_token_stays_out_of_reach(visitor: Client) -> None:
    cookie = visitor.cookies["mfg_floor"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/floor/")


def test_a_browser_without_a_token_is_asked_for_a_code(cast: Cast, client: Client) -> None:
    assert client.get("/floor/")["Location"] == "/floor/enroll/"
    assert client.get("/floor/tasks/").status_code == 401
    assert client.post("/floor/commands/", {"commands": []}, **JSON).status_code == 401
    assert client.post("/floor/enroll/", {"code": "nonsense"}).status_code == 422


def test_tasks_know_no_price(visitor: Client, task: Task, badge: str) -> None:
    answer = visitor.get("/floor/tasks/")

    shown = answer.json()
    assert [(one["name"], one["good"], one["quantity"]) for one in shown["tasks"]] == [
        ("Saw", "0", "10"),
        ("Assemble", "0", "10"),
    ]
    assert [part["item"] for part in shown["tasks"][0]["parts"]] == ["TOP", "LEG"]
    assert not [word for word in ("cost", "price", "rate", "amount", "EUR") if word in answer.content.decode()]


def test_a_badge_signs_in_and_its_proof_starts_a_task(visitor: Client, task: Task, badge: str, cast: Cast) -> None:
    signed = visitor.post("/floor/sign-in/", {"badge": badge}, **JSON).json()
    body = {"sent_at": cast.now.isoformat(), "commands": [command(task, cast.now, proof=signed["proof"])]}

    (answer,) = visitor.post("/floor/commands/", body, **JSON).json()["commands"]

    assert signed["operator"]["name"] == "Mart Kask"
    assert (answer["state"], answer["result"]["task"]["state"]) == ("applied", "running"), answer


def test_no_other_site_can_send_for_it(visitor: Client) -> None:
    answer = visitor.post("/floor/commands/", {"commands": []}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "change", [{"uuid": "x"}, {"sequence": 0}, {"device_at": "today"}, {"payload": []}, {"payload": {"a": "b" * 5000}}]
)
def test_a_malformed_command_is_refused_by_name(visitor: Client, task: Task, cast: Cast, change: dict) -> None:
    payload = {"payload": [1]} if change == {"payload": []} else change
    answer = visitor.post("/floor/commands/", {"commands": [command(task, cast.now, **payload)]}, **JSON)

    assert answer.status_code == 400
    assert not FloorCommand.objects.exists()


def test_strange_characters_lose_nothing(visitor: Client, task: Task, cast: Cast) -> None:
    body = {"commands": [command(task, cast.now, badge="\0\ud800", payload={"reason": "a\0b\ud800"})]}

    (answer,) = visitor.post("/floor/commands/", body, **JSON).json()["commands"]

    assert answer["state"] == "conflict"
    assert FloorCommand.objects.get().payload == {"reason": "ab\\ud800"}


def test_a_revoked_tablet_is_told(visitor: Client, task: Task, cast: Cast) -> None:
    devices.revoke(Device.objects.get().pk, now=cast.now, actor=cast.planner)

    assert visitor.get("/floor/tasks/").status_code == 403
    body = {"commands": [command(task, cast.now)]}
    assert visitor.post("/floor/commands/", body, **JSON).json()["commands"][0]["state"] == "conflict"


def test_the_planner_makes_a_code_and_settles_a_conflict(visitor: Client, task: Task, cast: Cast, badge: str) -> None:
    bad = command(task, cast.now, kind="report", badge=badge, payload={"good": "5000"})
    visitor.post("/floor/commands/", {"commands": [bad]}, **JSON)
    visitor.force_login(cast.planner)
    page = visitor.get("/s/TLL/floor-conflicts/").content.decode()
    assert "Mart Kask" in page
    assert "good 5000" in page
    kept = FloorCommand.objects.get()

    visitor.post("/s/TLL/floor-conflicts/", {"act": "retry", "id": kept.pk, "good": "9"})

    task.refresh_from_db()
    assert task.good_quantity == 9
    made = visitor.post("/s/TLL/floor-devices/", {"act": "create", "site": cast.tll.pk, "name": "Second"})
    assert Device.objects.filter(name="Second").exists()
    assert b"<svg" in made.content


def test_the_api_makes_a_device_and_shows_no_secret(cast: Cast, api_client_of) -> None:
    api = api_client_of(cast.planner)
    made = api.post("/api/v1/devices/", {"site": "TLL", "name": "Saw"}, format="json")
    assert made.status_code == 201
    assert len(made.json()["code"]) == 11
    again = api.get(f"/api/v1/devices/{made.json()['id']}/").json()
    assert not [name for name in again if "hash" in name or name == "code"]
    assert api.post(f"/api/v1/devices/{again['id']}/revoke/", {}, format="json").status_code == 200


@pytest.fixture
def api_client_of():
    from tests.security.conftest import client_of

    return client_of
