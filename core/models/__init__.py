"""Tables that every app uses: events and their outbox, idempotency, runs, numbers, tombstones."""

from core.models.base import Created, Editable, Followed, Master
from core.models.documents import NumberSequence
from core.models.feeds import Tombstone
from core.models.idempotency import IdempotencyKey
from core.models.outbox import Event, OutboxEvent
from core.models.runs import Run, RunLine

__all__ = [
    "Created",
    "Editable",
    "Event",
    "Followed",
    "IdempotencyKey",
    "Master",
    "NumberSequence",
    "OutboxEvent",
    "Run",
    "RunLine",
    "Tombstone",
]
