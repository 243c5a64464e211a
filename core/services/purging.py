"""Purging of feeds: the one place that deletes from append-only tables."""

from datetime import timedelta
from typing import Any

from django.db import connection

from core.transactions import service

# Small enough that a batch locks nobody out for long.
BATCH = 10_000

_PURGE = """
DELETE FROM {table} WHERE id IN (
    SELECT id FROM {table} WHERE created_at < now() - %s ORDER BY id LIMIT %s
)
"""


@service
def purge_batch(table: str, *, older_than: timedelta) -> int:
    """Delete the oldest events or tombstones, at most a batch; returns how many.

    Who follows a feed from a cursor older than this misses what was deleted: `older_than` is the longest that a
    client may be away.
    """
    if table not in {"core_event", "core_tombstone"}:
        raise ValueError(f"{table} is not a feed.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL mfg.maintenance = 'on'")
        parameters: list[Any] = [older_than, BATCH]
        cursor.execute(_PURGE.format(table=table), parameters)
        return cursor.rowcount
