"""`/stream/`: server-sent events, ids only, for browsers and API clients that stay open.

It runs in the event loop beside the threads that serve pages: an open stream holds no thread and no database
connection. Login and scope are checked when it opens and once a minute, in a pool of two threads that close their
connections at once.

Each block's `id` is a cursor below which its reader has missed nothing; `Last-Event-ID`, or `?after=` with the cursor
that a page was rendered at, replays what came after it. A reader may hear of the same thing twice.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib import auth
from django.db import connection, connections
from django.http import HttpRequest

from core import access, feeds, hub
from core.access import Scope
from core.feeds import Cursor
from core.live import Message, merged, message_of_event, visible

HEARTBEAT_SECONDS = 15
RECHECK_SECONDS = 60
MOST_STREAMS = 2000
# More than this is no replay any more: the page is told to load again.
MOST_REPLAYED = 2000

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="stream")


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request brings along to say who it is, and where it stopped reading."""

    session_key: str = ""
    token: str = ""
    after: Cursor | None = None


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI callable: one request, one stream, until either side ends it."""
    if scope["method"] != "GET":
        return await _refuse(send, 405, "method_not_allowed", "The stream can only be read.")
    visitor = _visitor(scope)
    reader = await _in_database(partial(_scope_of, visitor))
    if reader is None:
        return await _refuse(send, 401, "not_authenticated", "Sign in, or send an API key.")
    channel = hub.of_this_loop()
    if len(channel.listeners) >= MOST_STREAMS:
        return await _refuse(send, 503, "busy", "Too many streams are open.")
    listener = hub.Listener(reader)
    await channel.join(listener)
    hangup = asyncio.create_task(_finish_on_hangup(receive, listener))
    try:
        await _Stream(visitor, listener, send).run()
    finally:
        hangup.cancel()
        channel.leave(listener)


class _Stream:
    """One open stream. `position` is the cursor below which the reader has heard everything."""

    def __init__(self, visitor: Visitor, listener: hub.Listener, send: Send) -> None:
        self.visitor, self.listener, self._send = visitor, listener, send
        self.position = visitor.after

    async def run(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._write("retry: 2000\n")
        await self._catch_up()
        recheck_at = _next_recheck()
        while (message := await self._next()) is not None:
            await self._tell(message)
            if time.monotonic() >= recheck_at:
                if not await self._recheck():
                    break
                recheck_at = _next_recheck()
        await self._send({"type": "http.response.body", "body": b""})

    async def _catch_up(self) -> None:
        """Tell what happened since the reader's cursor; the subscription already stands, so nothing falls between."""
        missed, horizon = await _in_database(partial(_missed, self.position, self.listener.scope))
        self.position = self._previous = horizon
        if missed is None:
            await self._write(f"id: {horizon}\nevent: reset\ndata: {{}}\n")
        else:
            await self._tell(missed)

    async def _next(self) -> Message | None:
        """All that waits, as one message; an empty one when nothing came in time, None at the end."""
        try:
            messages = [await asyncio.wait_for(self.listener.queue.get(), HEARTBEAT_SECONDS)]
        except TimeoutError:
            return {}
        while not self.listener.queue.empty():
            messages.append(self.listener.queue.get_nowait())
        if None in messages:
            return None
        return merged(message for message in messages if message is not None)

    async def _tell(self, message: Message) -> None:
        if message:
            data = json.dumps(message, separators=(",", ":"))
            await self._write(f"id: {self.position}\nevent: change\ndata: {data}\n")
        else:
            await self._write(f": still here\nid: {self.position}\n")

    async def _recheck(self) -> bool:
        """Whether the reader is still signed in; takes over his scope as it is now."""
        reader, horizon = await _in_database(partial(_scope_and_horizon, self.visitor))
        if reader is None:
            return False
        self.listener.scope = reader
        # What lay below the last horizon has been published for a minute: it has arrived.
        self.position, self._previous = self._previous, horizon
        return True

    async def _write(self, block: str) -> None:
        await self._send({"type": "http.response.body", "body": f"{block}\n".encode(), "more_body": True})


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _finish_on_hangup(receive: Receive, listener: hub.Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.finish()


async def _refuse(send: Send, status: int, code: str, detail: str) -> None:
    problem = {"type": "about:blank", "title": detail, "status": status, "code": code, "detail": detail}
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})


def _next_recheck() -> float:
    # Spread, so that streams opened together by a restart are not checked together for ever.
    return time.monotonic() + RECHECK_SECONDS * random.uniform(0.75, 1)


def _visitor(scope: dict[str, Any]) -> Visitor:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    after = headers.get("last-event-id") or query.get("after", [""])[0]
    return Visitor(
        session_key=_session_key(headers.get("cookie", "")),
        token=token.strip() if scheme.lower() == "bearer" else "",
        after=feeds.parse_cursor(after),
    )


def _session_key(cookies: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _in_database(function: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_database, partial(_closing, function))


def _closing(function: Callable[[], Any]) -> Any:
    try:
        return function()
    finally:
        connections.close_all()


def _scope_of(visitor: Visitor) -> Scope | None:
    """The scope of who is signed in by API key or by session; None for nobody."""
    user = access.user_of_token(visitor.token) if visitor.token else _user_of_session(visitor.session_key)
    if user is None or not user.is_authenticated:
        return None
    return access.scope_of(user)


def _user_of_session(session_key: str) -> Any:
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return auth.get_user(request)


def _scope_and_horizon(visitor: Visitor) -> tuple[Scope | None, Cursor]:
    return _scope_of(visitor), feeds.horizon()


_MISSED = """
SELECT payload, company_ids, site_ids FROM core_event
WHERE (xid, id) > (%s::xid8, %s) AND (%s OR company_ids && %s::bigint[] OR site_ids && %s::bigint[])
ORDER BY xid, id LIMIT %s
"""


def _missed(after: Cursor | None, scope: Scope) -> tuple[Message | None, Cursor]:
    """What this scope missed since `after`, and the horizon; (None, horizon) when it is too much to tell.

    The horizon is taken first: a transaction that ends in between is told now and may be told again, never lost.
    """
    horizon = feeds.horizon()
    if after is None:
        return {}, horizon
    parameters: list[Any] = [str(after.xid), after.id, scope.is_everything, list(scope.companies), list(scope.sites)]
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, [*parameters, MOST_REPLAYED + 1])
        rows = cursor.fetchall()
    if len(rows) > MOST_REPLAYED:
        return None, horizon
    parts = (visible(message_of_event(json.loads(payload), *parties), scope) for payload, *parties in rows)
    return merged(part for part in parts if part) or {}, horizon
