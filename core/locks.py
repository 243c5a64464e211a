"""Every lock that core takes. Queues alone may skip what others hold; nothing else here waits on two rows."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A worker that is killed leaves its rows leased; with the sweep after it, they are done within a minute.
LEASE_SECONDS = 30
MOST_ATTEMPTS = 5
# From this attempt on a row is claimed alone: if it kills its worker, it takes no neighbor along.
SUSPECT_FROM = 2

# The partial index core_outbox_open (handler, id) gives the open rows in order, without a sort. The choice stands in
# an array, so it is made once: an IN may be planned as a join that makes it anew for each row and claims them all.
_CLAIM = """
UPDATE core_outboxevent SET
    attempts = attempts + 1, leased_until = statement_timestamp() + make_interval(secs => %(lease)s)
WHERE id = ANY(ARRAY(
    SELECT id FROM core_outboxevent
    WHERE handler = %(handler)s AND done_at IS NULL AND dead_at IS NULL
      AND attempts >= %(least)s AND attempts < %(most)s
      AND (leased_until IS NULL OR leased_until < statement_timestamp())
    ORDER BY id LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
))
RETURNING id, keys
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One outbox row under this drainer's lease; `keys` as tuples."""

    id: int
    keys: tuple[tuple[Any, ...], ...]


def claim_fresh(handler: str, *, limit: int) -> list[Claimed]:
    """Lease up to `limit` open rows of a handler, oldest first, passing over what others claim.

    A transaction of its own: one statement, committed before any work begins.
    """
    return _claim(handler, least=0, most=SUSPECT_FROM, limit=limit)


def claim_suspect(handler: str) -> list[Claimed]:
    """Lease one row that has failed, or lost its worker, before."""
    return _claim(handler, least=SUSPECT_FROM, most=MOST_ATTEMPTS, limit=1)


def _claim(handler: str, *, least: int, most: int, limit: int) -> list[Claimed]:
    parameters: dict[str, int | str] = {
        "handler": handler,
        "least": least,
        "most": most,
        "limit": limit,
        "lease": LEASE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, parameters)
        rows = sorted(cursor.fetchall())
    return [Claimed(row_id, tuple(tuple(key) for key in json.loads(keys))) for row_id, keys in rows]
