"""The stream over real sessions, a real Postgres and a real Redis."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from core import access, events, hub, pubsub, stream
from core.access import Scope
from tests.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)

SCOPES = {"planner": Scope(companies=frozenset({1})), "outsider": Scope(companies=frozenset({2}))}


@pytest.fixture(autouse=True)
def scopes(monkeypatch):
    monkeypatch.setitem(access._loaders, "scope", lambda user: SCOPES[user.username])
    monkeypatch.setitem(access._loaders, "token", lambda token: User.objects.filter(username=token).first())


def signed_in(username):
    user, _ = User.objects.get_or_create(username=username)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Response:
    """The far end of one stream: what arrived, block by block."""

    def __init__(self):
        self.status = None
        self.blocks = asyncio.Queue()
        self.hangup = asyncio.Event()

    async def receive(self):
        await self.hangup.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.blocks.put_nowait(message["body"].decode())

    async def change(self):
        """The next change, passing over heartbeats."""
        while True:
            fields = dict(line.split(": ", 1) for line in (await self._block()).splitlines() if ": " in line)
            if "event" in fields:
                return fields["event"], json.loads(fields["data"]), fields["id"]

    async def _block(self):
        return await asyncio.wait_for(self.blocks.get(), 10)


@asynccontextmanager
async def opened(cookie="", method="GET", query=b"", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    request = {
        "type": "http",
        "method": method,
        "path": "/stream/",
        "query_string": query,
        "headers": [*raw, (b"cookie", cookie.encode())],
    }
    response = Response()
    task = asyncio.create_task(stream.application(request, response.receive, response.send))
    first = await asyncio.wait_for(response.blocks.get(), 10)
    if response.status == 200:
        await response._block()  # the first position
    else:
        response.problem = json.loads(first)
    yield response
    response.hangup.set()
    await asyncio.wait_for(task, 10)


def run(story):
    asyncio.run(asyncio.wait_for(story(), 60))


def test_refuses_who_is_not_signed_in():
    async def story():
        async with opened() as anonymous, opened(cookie="sessionid=forged") as forged:
            assert (anonymous.status, forged.status) == (401, 401)
            assert anonymous.problem["code"] == "not_authenticated"
        async with opened(authorization="Bearer nonsense") as key:
            assert key.status == 401

    run(story)


def test_refuses_to_be_written_to():
    async def story():
        async with opened(method="POST") as response:
            assert response.status == 405

    run(story)


def test_refuses_a_user_who_was_deactivated():
    cookie = signed_in("planner")
    User.objects.update(is_active=False)

    async def story():
        async with opened(cookie) as response:
            assert response.status == 401

    run(story)


def test_tells_each_reader_what_he_may_see():
    cookies = signed_in("planner"), signed_in("outsider")

    async def story():
        async with opened(cookies[0]) as planner, opened(cookies[1]) as outsider:
            pubsub.publish({"levels": [[5, 70, 1, 9]], "documents": [["run", 4, [2], []]]})
            assert (await planner.change())[:2] == ("change", {"levels": [[5, 70, 1]], "documents": []})
            assert (await outsider.change())[:2] == ("change", {"levels": [], "documents": [["run", 4]]})

    run(story)


def test_tells_together_what_comes_in_quick_succession(monkeypatch):
    monkeypatch.setattr(hub, "ROUND_SECONDS", 2)
    cookie = signed_in("planner")

    async def story():
        async with opened(cookie) as planner:
            pubsub.publish({"documents": [["run", 1, [1], []]]})
            assert (await planner.change())[1]["documents"] == [["run", 1]]
            pubsub.publish({"documents": [["run", 2, [1], []]]})
            pubsub.publish({"documents": [["run", 3, [2], []]]})
            pubsub.publish({"documents": [["run", 4, [1], []], ["run", 2, [1], []]]})
            assert (await planner.change())[1]["documents"] == [["run", 2], ["run", 4]]

    run(story)


def test_an_api_key_opens_it_too():
    signed_in("planner")

    async def story():
        async with opened(authorization="Bearer planner") as response:
            assert response.status == 200

    run(story)


def test_replays_what_was_missed_since_the_last_event_id():
    cookie = signed_in("planner")
    events.record("sales_order.opened", companies=[1], payload={"documents": [["sales_order", 11]]})
    settle()

    async def story():
        async with opened(cookie) as second:
            pubsub.publish({"documents": [["sales_order", 11, [1], []]]})
            _, _, position = await second.change()
        await asyncio.to_thread(_record_elsewhere)
        async with reopened(cookie, position) as (kind, data, _):
            assert kind == "change"
            assert data == {"levels": [[5, 70, 1]], "documents": [["sales_order", 12]]}

    run(story)


def _record_elsewhere():
    levels = [[5, 70, 1], [5, 71, 2]]
    events.record("sales_order.shipped", companies=[1], payload={"documents": [["sales_order", 12]], "levels": levels})
    events.record("sales_order.shipped", companies=[2], payload={"documents": [["sales_order", 13]]})
    connection.close()


@asynccontextmanager
async def reopened(cookie, position):
    """The first change of a stream that comes back with a `Last-Event-ID`."""
    response = Response()
    headers = [(b"cookie", cookie.encode()), (b"last-event-id", position.encode())]
    request = {"type": "http", "method": "GET", "path": "/stream/", "query_string": b"", "headers": headers}
    task = asyncio.create_task(stream.application(request, response.receive, response.send))
    yield await response.change()
    response.hangup.set()
    await asyncio.wait_for(task, 10)


def test_too_much_to_replay_says_reset(monkeypatch):
    monkeypatch.setattr(stream, "MOST_REPLAYED", 2)
    cookie = signed_in("planner")
    for number in range(3):
        events.record("item.changed", companies=[1], payload={"documents": [["item", number]]})

    async def story():
        async with reopened(cookie, "0-0") as (kind, data, _):
            assert (kind, data) == ("reset", {})

    run(story)


def test_ends_a_stream_that_reads_too_slowly():
    listener_scope = Scope(companies=frozenset({1}))

    async def story():
        listener = hub.Listener(listener_scope)
        for number in range(hub.MOST_WAITING + 1):
            listener.tell({"levels": [], "documents": [["run", number]]})
        assert listener.queue.qsize() == 1
        assert listener.queue.get_nowait() is None

    run(story)


def test_ends_when_the_user_loses_his_login(monkeypatch):
    monkeypatch.setattr(stream, "RECHECK_SECONDS", 0)
    cookie = signed_in("planner")

    async def story():
        async with opened(cookie) as response:
            await asyncio.to_thread(_deactivate)
            pubsub.publish({"documents": [["run", 4, [1], []]]})
            assert (await response.change())[1] == {"levels": [], "documents": [["run", 4]]}
            assert await response._block() == ""

    run(story)


def _deactivate():
    User.objects.update(is_active=False)
    connection.close()


def test_200_streams_hold_no_database_connection():
    cookie = signed_in("planner")

    async def story():
        responses, stack = [], [opened(cookie) for _ in range(200)]
        for context in stack:
            responses.append(await context.__aenter__())
        pubsub.publish({"documents": [["run", 4, [1], []]]})
        for response in responses:
            assert (await response.change())[1]["documents"] == [["run", 4]]
        assert await asyncio.to_thread(_connections) <= 4
        for context in stack:
            await context.__aexit__(None, None, None)

    run(story)


def _connections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    connection.close()
    return count
