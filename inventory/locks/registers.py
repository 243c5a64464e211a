"""Locks on the registers, by id, demands before supplies."""

from collections.abc import Sequence

from django.db import connection

from inventory.drafts import LevelKey

# Only open rows whose moment differs.
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


def move_due_moments(site_ids: Sequence[int]) -> set[LevelKey]:
    """Lock the open rows at some sites whose moment no longer fits the site's zone and hours, and set it anew.

    Returns the level keys of what moved. To be called in a transaction.
    """
    return _moved("inventory_demand", "cut_off_at", site_ids) | _moved(
        "inventory_supply", "receiving_ends_at", site_ids
    )


def _moved(table: str, hour: str, site_ids: Sequence[int]) -> set[LevelKey]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_DUE.format(table=table, hour=hour), [list(site_ids)])
        return {LevelKey(*row) for row in cursor.fetchall()}
