"""Dead letters: outbox rows that failed at each of their attempts and wait for a person."""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction

from core import doorbell, handlers
from core.models import OutboxEvent
from core.transactions import service

_RETRY = """
UPDATE core_outboxevent SET dead_at = NULL, attempts = 0, leased_until = NULL
WHERE dead_at IS NOT NULL AND done_at IS NULL AND (%(all)s OR id = ANY(%(ids)s))
RETURNING handler
"""


@service
def retry(ids: Sequence[int] | None) -> int:
    """Give these dead letters (None: all of them) five new attempts, and ring; returns how many there were.

    Their last error stays until they are done. Letters that others have retried meanwhile are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RETRY, {"all": ids is None, "ids": list(ids or [])})
        names = [name for (name,) in cursor.fetchall()]
    for queue in sorted(handlers.queues(names)):
        transaction.on_commit(partial(doorbell.ring, queue), robust=True)
    return len(names)


def count() -> int:
    """How many letters are dead, for whoever watches."""
    return OutboxEvent.objects.exclude(dead_at=None).count()
