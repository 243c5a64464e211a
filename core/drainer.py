"""The drainer: claims outbox rows under a lease, coalesces them to distinct keys, and has the handlers work."""

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from core import clock, doorbell, handlers
from core.handlers import Handler
from core.locks import LEASE_SECONDS, MOST_ATTEMPTS, Claimed, claim_fresh, claim_suspect

log = logging.getLogger(__name__)

Key = tuple[Any, ...]

# Well under the hard limit of event tasks, 120 s: what is left rings again.
LONGEST_SECONDS = 60

_DONE = (
    "UPDATE core_outboxevent SET done_at = statement_timestamp(), leased_until = NULL, error = '' WHERE id = ANY(%s)"
)

# The lease of a failed row is its pause before the next attempt: 2, 8, 18, 32 seconds.
_FAILED = """
UPDATE core_outboxevent SET
    error = %(error)s,
    dead_at = CASE WHEN attempts >= %(most)s THEN statement_timestamp() END,
    leased_until = CASE WHEN attempts < %(most)s
        THEN statement_timestamp() + make_interval(secs => 2 * attempts * attempts) END
WHERE id = %(id)s AND done_at IS NULL
"""

_RENEW = """
UPDATE core_outboxevent SET leased_until = statement_timestamp() + make_interval(secs => %s)
WHERE id = ANY(%s) AND done_at IS NULL
"""


def drain(queue: str = "events", *, now: Callable[[], datetime] = clock.now) -> int:
    """Work on all that is open for the handlers of a queue; returns how many outbox rows are done.

    Several drainers may run at once. One that dies leaves its rows leased, and they are worked on again half a
    minute later: handlers see a key more than once.
    """
    doorbell.hush(queue)
    stop_at = time.monotonic() + LONGEST_SECONDS
    done = 0
    while rounds := [_round(handler, now) for handler in handlers.of_queue(queue)]:
        done += sum(count for _, count in rounds)
        if not any(claimed for claimed, _ in rounds):
            break
        if time.monotonic() > stop_at:
            doorbell.ring(queue)
            break
    return done


def _round(handler: Handler, now: Callable[[], datetime]) -> tuple[int, int]:
    """One batch of fresh rows and one suspect row; how many were claimed, and how many are done."""
    claimed = done = 0
    for claim in (partial(claim_fresh, limit=handler.batch_size), claim_suspect):
        if rows := claim(handler.name):
            claimed += len(rows)
            done += _work(handler, rows, now=now())
    return claimed, done


def _work(handler: Handler, rows: list[Claimed], *, now: datetime) -> int:
    try:
        handler.function(_distinct(rows), now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        log.warning("%s failed on %d rows; trying each key alone.", handler.name, len(rows), exc_info=True)
        return _work_singly(handler, rows, now=now)
    _mark_done([row.id for row in rows])
    return len(rows)


def _work_singly(handler: Handler, rows: list[Claimed], *, now: datetime) -> int:
    """Each distinct key by itself, so that a poison key holds up only the rows that name it."""
    _renew(rows)
    errors = {key: error for key in _distinct(rows) if (error := _error_of(handler, key, now=now))}
    failed = {row.id: next((errors[key] for key in row.keys if key in errors), None) for row in rows}
    _mark_done([row_id for row_id, error in failed.items() if error is None])
    for row_id, error in failed.items():
        if error is not None:
            _mark_failed(row_id, error)
    return sum(error is None for error in failed.values())


def _error_of(handler: Handler, key: Key, *, now: datetime) -> str | None:
    try:
        handler.function([key], now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        return f"key {list(key)}\n{traceback.format_exc()}"
    return None


def _distinct(rows: Iterable[Claimed]) -> list[Key]:
    return list(dict.fromkeys(key for row in rows for key in row.keys))


def _mark_done(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [ids])


def _mark_failed(row_id: int, error: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"id": row_id, "error": error[-8000:], "most": MOST_ATTEMPTS})


def _renew(rows: list[Claimed]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [LEASE_SECONDS, [row.id for row in rows]])
