"""Locks on what the recompute derives. It alone takes them, in this order: levels by id, roots of chains by demand,
statuses by document; no posting ever waits for one of them.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from core.prepared import Statement
from inventory.drafts import LevelKey

DocumentKey = tuple[str, int]

# Keeps this advisory lock apart from any others.
_NEW_DAY = 7302

_INSERT_LEVELS = Statement(
    "insert_levels",
    """
INSERT INTO inventory_stocklevel (item_id, site_id, used_by_id)
SELECT t.item_id, t.site_id, t.used_by_id
FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[]) AS t(item_id, site_id, used_by_id)
WHERE EXISTS (SELECT 1 FROM inventory_item WHERE id = t.item_id)
  AND EXISTS (SELECT 1 FROM sites_site WHERE id = t.site_id)
  AND EXISTS (SELECT 1 FROM sites_company WHERE id = t.used_by_id)
  AND NOT EXISTS (
      SELECT 1 FROM inventory_stocklevel
      WHERE used_by_id = t.used_by_id AND site_id = t.site_id AND item_id = t.item_id
  )
ORDER BY t.item_id, t.site_id, t.used_by_id
ON CONFLICT DO NOTHING
RETURNING id
""",
)

_LOCK_LEVELS = Statement(
    "lock_levels",
    """
SELECT item_id, site_id, used_by_id FROM inventory_stocklevel
WHERE id = ANY(ARRAY(
    SELECT l.id
    FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[]) AS t(item_id, site_id, used_by_id)
    CROSS JOIN LATERAL (
        SELECT id FROM inventory_stocklevel
        WHERE used_by_id = t.used_by_id AND site_id = t.site_id AND item_id = t.item_id
        OFFSET 0
    ) l
))
ORDER BY id
FOR NO KEY UPDATE
""",
)

_LOCK_ROOTS = """
SELECT demand_id FROM inventory_allocation WHERE demand_id = ANY(%s) ORDER BY demand_id FOR NO KEY UPDATE
"""

# Only documents with something allocated need a row.
_INSERT_STATUSES = Statement(
    "insert_statuses",
    """
INSERT INTO inventory_documentstatus (document_kind, document_id, company_id, availability, late_days)
SELECT t.kind, t.id, d.company_id, 'in_stock', -1
FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS t(kind, id)
CROSS JOIN LATERAL (
    SELECT d.company_id FROM inventory_demand d
    WHERE d.document_kind = t.kind AND d.document_id = t.id AND d.closed_at IS NULL
      AND EXISTS (SELECT 1 FROM inventory_allocation a WHERE a.demand_id = d.id)
    LIMIT 1
) d
WHERE NOT EXISTS (
    SELECT 1 FROM inventory_documentstatus WHERE document_kind = t.kind AND document_id = t.id
)
ORDER BY t.kind, t.id
ON CONFLICT DO NOTHING
RETURNING id
""",
)

_LOCK_STATUSES = Statement(
    "lock_statuses",
    """
SELECT id FROM inventory_documentstatus
WHERE id = ANY(ARRAY(
    SELECT s.id
    FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS t(kind, id)
    CROSS JOIN LATERAL (
        SELECT id FROM inventory_documentstatus WHERE document_kind = t.kind AND document_id = t.id OFFSET 0
    ) s
))
ORDER BY id
FOR NO KEY UPDATE
""",
)


def lock_levels(keys: Sequence[LevelKey]) -> list[LevelKey]:
    """Lock the level rows of these keys, inserting those that are missing first; returns the keys that exist.

    A key of an item, site or company that is not there is left out.
    """
    columns = key_arrays(keys)
    rows = _LOCK_LEVELS.all(columns)
    if len(rows) < len(keys) and _INSERT_LEVELS.all(columns):
        rows = _LOCK_LEVELS.all(columns)
    return sorted(LevelKey(*row) for row in rows)


def lock_roots(demand_ids: Iterable[int]) -> None:
    """Lock the allocations at the roots of chains; the caller holds the levels of what it changed."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ROOTS, [sorted(demand_ids)])


def lock_statuses(documents: Sequence[DocumentKey]) -> None:
    """Lock the status rows of documents, inserting the missing ones first.

    Whoever comes second waits here and only then takes the snapshot that it reads all lines on; without that, two
    workers on two lines of one document would each miss what the other one writes. A row that somebody deletes
    while we wait is inserted again.
    """
    columns = document_arrays(documents)
    _INSERT_STATUSES.all(columns)
    while len(_LOCK_STATUSES.all(columns)) < len(documents) and _INSERT_STATUSES.all(columns):
        pass


def lock_new_day() -> None:
    """Of two runs that mark the sites' new day, the second one waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NEW_DAY])


def key_arrays(keys: Iterable[LevelKey]) -> dict[str, list[int]]:
    """Keys as the parallel arrays that the statements take."""
    keys = list(keys)
    return {
        "items": [key.item_id for key in keys],
        "sites": [key.site_id for key in keys],
        "users": [key.used_by_id for key in keys],
    }


def document_arrays(documents: Iterable[DocumentKey]) -> dict[str, list]:
    """Documents as the parallel arrays that the statements take."""
    documents = list(documents)
    return {"kinds": [kind for kind, _ in documents], "ids": [document_id for _, document_id in documents]}
