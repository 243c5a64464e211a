"""Reads of core that pages need."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter as a page shows it: `error` is the last line of the traceback, `details` all of it."""

    id: int
    handler: str
    kind: str
    keys: list[list[Any]]
    dead_at: datetime
    error: str
    details: str


def dead_letters(*, before_id: int | None, limit: int) -> list[DeadLetter]:
    """The newest dead letters, before an id where one is given, with the kind of their event."""
    rows = OutboxEvent.objects.exclude(dead_at=None).select_related("event").order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_shown(row) for row in rows[:limit]]


def _shown(row: OutboxEvent) -> DeadLetter:
    lines = row.error.strip().splitlines() or [""]
    assert row.dead_at is not None
    return DeadLetter(row.pk, row.handler, row.event.kind, row.keys, row.dead_at, lines[-1], row.error)
