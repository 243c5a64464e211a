"""The site's midnight: expiry, lateness and stock-out depend on its date, so its levels are worked out again."""

from datetime import date, datetime

from django.db import connection

from core import events
from core.transactions import service
from inventory.events import LEVELS
from inventory.locks.levels import lock_new_day

DAY_BEGAN = "site.day_began"
BATCH = 500

# A site whose batches of this date are still under way, or failed for good, is left alone: marking it again every few
# minutes would pile up the same work.
_SITES = """
SELECT s.id, s.company_id, (%(now)s::timestamptz AT TIME ZONE s.time_zone)::date AS today
FROM sites_site s
WHERE EXISTS (
    SELECT 1 FROM inventory_stocklevel l
    WHERE l.site_id = s.id AND l.computed_for < (%(now)s::timestamptz AT TIME ZONE s.time_zone)::date
) AND NOT EXISTS (
    SELECT 1 FROM core_outboxevent o JOIN core_event e ON e.id = o.event_id
    WHERE o.handler = %(handler)s AND o.done_at IS NULL AND e.kind = %(kind)s AND e.site_ids = ARRAY[s.id]
      AND e.payload ->> 'on' = ((%(now)s::timestamptz AT TIME ZONE s.time_zone)::date)::text
)
ORDER BY s.id
"""
_KEYS = """
SELECT item_id, site_id, used_by_id FROM inventory_stocklevel
WHERE site_id = %s AND computed_for < %s ORDER BY item_id, used_by_id
"""


@service
def mark(*, now: datetime) -> int:
    """Ask for a recompute of every level whose site has begun a new day since; returns how many.

    Emits `site.day_began` a batch of keys. Running twice asks once: one run waits for the other and then
    passes over the sites whose keys of that date still wait.
    """
    lock_new_day()
    with connection.cursor() as cursor:
        cursor.execute(_SITES, {"now": now, "handler": LEVELS, "kind": DAY_BEGAN})
        sites = cursor.fetchall()
    return sum(_mark_site(site_id, operator_id, today) for site_id, operator_id, today in sites)


def _mark_site(site_id: int, operator_id: int, today: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [site_id, today])
        keys = cursor.fetchall()
    for start in range(0, len(keys), BATCH):
        events.record(
            DAY_BEGAN,
            companies=[operator_id],
            sites=[site_id],
            payload={"on": today.isoformat()},
            keys_by_handler={LEVELS: [list(key) for key in keys[start : start + BATCH]]},
        )
    return len(keys)
