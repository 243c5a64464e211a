"""What in inventory follows from a change of a site or a calendar: done by workers, from the events."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from core.models import Event
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.locks.registers import move_due_moments
from inventory.models import ItemSite

# As many keys as one event carries: a chunk of the recompute.
MOST_KEYS = 500


def calendars_changed(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Mark the levels whose first source works by a changed calendar: their order-by dates move."""
    calendars = _ids(keys, "calendar")
    rows = ItemSite.objects.filter(source_calendar__in=calendars).order_by("pk")
    _mark(LevelKey(*row) for row in rows.values_list("item_id", "site_id", "company_id"))


def sites_changed(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Move the due moments of open demand and supply to a site's new zone or cut-off, and mark their levels."""
    sites = _ids(keys, "site")
    with transaction.atomic():
        _mark(sorted(move_due_moments(sites)))


def _ids(keys: list[tuple[Any, ...]], noun: str) -> list[int]:
    payloads = Event.objects.filter(pk__in=[key[0] for key in keys]).values_list("payload", flat=True)
    return sorted({row_id for payload in payloads for kind, row_id, *_ in payload["documents"] if kind == noun})


def _mark(keys: Iterable[LevelKey]) -> None:
    rest = iter(keys)
    while chunk := list(islice(rest, MOST_KEYS)):
        record_change("stock_level.outdated", keys=chunk, company_ids=(), actor=None)
