"""What the doorbell missed, what lost its worker, and what is old enough to go."""

from django.db import connection

from core import doorbell, handlers, runs
from core.locks import MOST_ATTEMPTS

PURGE_AT_ONCE = 5000

_WAITING = """
SELECT DISTINCT handler FROM core_outboxevent
WHERE done_at IS NULL AND dead_at IS NULL AND attempts < %s
  AND (leased_until IS NULL OR leased_until < statement_timestamp())
"""

# Five workers died on it: no exception was ever written, so the row itself says so.
_BURY = """
UPDATE core_outboxevent SET dead_at = statement_timestamp(), leased_until = NULL,
    error = CASE error WHEN '' THEN 'Its worker was lost at each of its attempts.' ELSE error END
WHERE done_at IS NULL AND dead_at IS NULL AND attempts >= %s AND leased_until < statement_timestamp()
"""

_PURGE_OUTBOX = """
DELETE FROM core_outboxevent WHERE id IN (
    SELECT id FROM core_outboxevent WHERE done_at < now() - interval '1 day' ORDER BY done_at LIMIT %s
)
"""

_PURGE_KEYS = """
DELETE FROM core_idempotencykey WHERE id IN (
    SELECT id FROM core_idempotencykey WHERE created_at < now() - interval '48 hours' ORDER BY created_at LIMIT %s
)
"""


def sweep() -> set[str]:
    """Ring for open work, restart runs without a worker, purge; returns the queues that were rung for."""
    with connection.cursor() as cursor:
        cursor.execute(_BURY, [MOST_ATTEMPTS])
        cursor.execute(_PURGE_OUTBOX, [PURGE_AT_ONCE])
        cursor.execute(_PURGE_KEYS, [PURGE_AT_ONCE])
        cursor.execute(_WAITING, [MOST_ATTEMPTS])
        waiting = [name for (name,) in cursor.fetchall()]
    queues = handlers.queues(waiting)
    for queue in sorted(queues):
        doorbell.ring(queue)
    runs.restart_lost()
    return queues
