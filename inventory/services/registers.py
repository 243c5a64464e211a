"""Writing the two registers: whoever asks or brings keeps its rows here, in the transaction of its document.

The caller holds the document's lock, so no two transactions write the rows of one line. `due_at` follows from
`due_on`: a demand's date means the site's cut-off that day, a supply's the end of receiving, in the site's zone.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from inventory.choices import DemandKind, SupplyKind
from inventory.drafts import DemandDraft, LevelKey, SupplyDraft

_COMMON = (
    *("kind", "line_id", "part", "company_id", "item_id", "site_id", "used_by_id"),
    *("document_kind", "document_id", "document_number", "party_name"),
    *("open_quantity", "due_on", "firmness", "chain_id"),
)
_CASTS = {
    "kind": "text", "document_kind": "text", "document_number": "text", "party_name": "text", "firmness": "text",
    "open_quantity": "numeric", "in_transit_quantity": "numeric", "due_on": "date", "part": "int", "tier": "int",
}  # fmt: skip


def put_demands(drafts: Sequence[DemandDraft]) -> frozenset[LevelKey]:
    """Write demand rows, one statement for all; returns the level keys to recompute.

    A row whose open quantity is 0 is closed. Keys of the place a row stood at before are returned too.
    """
    return _put("inventory_demand", [*_COMMON, "tier", "priority_id"], "cut_off_at", drafts)


def put_supplies(drafts: Sequence[SupplyDraft]) -> frozenset[LevelKey]:
    """Write supply rows, one statement for all; returns the level keys to recompute."""
    columns = [*_COMMON, "in_transit_quantity", "origin_id", "pegged_demand_id"]
    return _put("inventory_supply", columns, "receiving_ends_at", drafts)


def close_demands(kind: DemandKind, line_ids: Iterable[int]) -> frozenset[LevelKey]:
    """Nothing is open on these lines any more."""
    return _close("inventory_demand", kind, list(line_ids))


def close_supplies(kind: SupplyKind, line_ids: Iterable[int]) -> frozenset[LevelKey]:
    """Nothing will come from these lines any more."""
    return _close("inventory_supply", kind, list(line_ids))


def _put(table: str, columns: list[str], hour: str, drafts: Sequence[DemandDraft | SupplyDraft]) -> frozenset[LevelKey]:
    if not drafts:
        return frozenset()
    arrays = [[_plain(getattr(draft, column)) for draft in drafts] for column in columns]
    unnest = ", ".join(f"%s::{_CASTS.get(column, 'bigint')}[]" for column in columns)
    names = ", ".join(columns)
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name not in {"kind", "line_id", "part"})
    sql = f"""
        WITH draft AS (SELECT * FROM unnest({unnest}) AS t({names})),
        before AS (
            SELECT r.item_id, r.site_id, r.used_by_id FROM {table} r JOIN draft USING (kind, line_id, part)
        ),
        written AS (
            INSERT INTO {table} AS r ({names}, due_at, closed_at)
            SELECT {", ".join(f"d.{name}" for name in columns)},
                   (d.due_on + s.{hour}) AT TIME ZONE s.time_zone,
                   CASE WHEN d.open_quantity = 0 THEN now() END
            FROM draft d JOIN sites_site s ON s.id = d.site_id
            ORDER BY d.kind, d.line_id, d.part
            ON CONFLICT (kind, line_id, part) DO UPDATE
            SET {updates}, due_at = EXCLUDED.due_at,
                closed_at = CASE WHEN EXCLUDED.open_quantity = 0 THEN coalesce(r.closed_at, now()) END
            RETURNING item_id, site_id, used_by_id
        )
        SELECT * FROM before UNION SELECT * FROM written
    """
    return _keys(sql, arrays)


def _close(table: str, kind: str, line_ids: list[int]) -> frozenset[LevelKey]:
    if not line_ids:
        return frozenset()
    sql = f"""
        UPDATE {table} SET open_quantity = 0, closed_at = now()
        WHERE kind = %s AND line_id = ANY(%s) AND closed_at IS NULL
        RETURNING item_id, site_id, used_by_id
    """
    return _keys(sql, [str(kind), line_ids])


def _keys(sql: str, params: list) -> frozenset[LevelKey]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return frozenset(LevelKey(*row) for row in cursor.fetchall())


def _plain(value: object) -> object:
    """psycopg2 adapts str and int exactly, but not Django's choices, which are subclasses with another repr."""
    return str(value) if isinstance(value, str) else int(value) if type(value).__mro__[1:2] == (int,) else value
