"""What in inventory follows from a change of a site or a calendar: done by workers, from the events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from core.models import Event
from inventory.drafts import LevelKey
from inventory.events import record_change
from inventory.models import ItemSite

# As many keys as one event carries: a chunk of the recompute.
MOST_KEYS = 500

# Only open rows whose moment differs, locked by id like every register.
_MOVE_DUE = """
WITH late AS (
    SELECT r.id, (r.due_on + s.{hour}) AT TIME ZONE s.time_zone AS due_at
    FROM {table} r JOIN sites_site s ON s.id = r.site_id
    WHERE r.site_id = ANY(%s) AND r.closed_at IS NULL
      AND r.due_at <> (r.due_on + s.{hour}) AT TIME ZONE s.time_zone
    ORDER BY r.id FOR NO KEY UPDATE OF r
)
UPDATE {table} r SET due_at = late.due_at FROM late WHERE late.id = r.id
RETURNING r.item_id, r.site_id, r.used_by_id
"""


def calendars_changed(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Mark the levels whose first source works by a changed calendar: their order-by dates move."""
    calendars = _ids(keys, "calendar")
    rows = ItemSite.objects.filter(source_calendar__in=calendars).order_by("pk")
    _mark(LevelKey(*row) for row in rows.values_list("item_id", "site_id", "company_id"))


def sites_changed(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Move the due moments of open demand and supply to a site's new zone or cut-off, and mark their levels."""
    sites = _ids(keys, "site")
    with transaction.atomic():
        moved = {*_moved("inventory_demand", "cut_off_at", sites)}
        moved |= {*_moved("inventory_supply", "receiving_ends_at", sites)}
        _mark(sorted(moved))


def _moved(table: str, hour: str, sites: Sequence[int]) -> Iterator[LevelKey]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_DUE.format(table=table, hour=hour), [list(sites)])
        yield from (LevelKey(*row) for row in cursor.fetchall())


def _ids(keys: list[tuple[Any, ...]], noun: str) -> list[int]:
    payloads = Event.objects.filter(pk__in=[key[0] for key in keys]).values_list("payload", flat=True)
    return sorted({row_id for payload in payloads for kind, row_id, *_ in payload["documents"] if kind == noun})


def _mark(keys: Iterable[LevelKey]) -> None:
    rest = iter(keys)
    while chunk := list(islice(rest, MOST_KEYS)):
        record_change("stock_level.outdated", keys=chunk, company_ids=(), actor=None)
