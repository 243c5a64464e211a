"""Writing the two registers: whoever asks or brings keeps its rows here, in the transaction of its document.

The caller holds the document's lock, so no two transactions write the rows of one line. `due_at` follows from
`due_on`: a demand's date means the site's cut-off that day, a supply's the end of receiving, in the site's zone.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from core.prepared import Statement
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


def _put_statement(table: str, columns: Sequence[str], hour: str) -> Statement:
    arrays = ", ".join(f"%({column})s::{_CASTS.get(column, 'bigint')}[]" for column in columns)
    names = ", ".join(columns)
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name not in {"kind", "line_id", "part"})
    return Statement(
        f"put_{table}",
        f"""
        WITH draft AS (SELECT * FROM unnest({arrays}) AS t({names})),
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
        """,
    )


_DEMAND_COLUMNS = (*_COMMON, "tier", "priority_id")
_SUPPLY_COLUMNS = (*_COMMON, "in_transit_quantity", "origin_id", "pegged_demand_id")
_PUT_DEMANDS = _put_statement("inventory_demand", _DEMAND_COLUMNS, "cut_off_at")
_PUT_SUPPLIES = _put_statement("inventory_supply", _SUPPLY_COLUMNS, "receiving_ends_at")


def put_demands(drafts: Sequence[DemandDraft]) -> frozenset[LevelKey]:
    """Write demand rows, one statement for all; returns the level keys to recompute.

    A row whose open quantity is 0 is closed. Keys of the place a row stood at before are returned too.
    """
    return _put(_PUT_DEMANDS, _DEMAND_COLUMNS, drafts)


def put_supplies(drafts: Sequence[SupplyDraft]) -> frozenset[LevelKey]:
    """Write supply rows, one statement for all; returns the level keys to recompute."""
    return _put(_PUT_SUPPLIES, _SUPPLY_COLUMNS, drafts)


def close_demands(kind: DemandKind, line_ids: Iterable[int]) -> frozenset[LevelKey]:
    """Nothing is open on these lines any more."""
    return _close("inventory_demand", kind, list(line_ids))


def close_supplies(kind: SupplyKind, line_ids: Iterable[int]) -> frozenset[LevelKey]:
    """Nothing will come from these lines any more."""
    return _close("inventory_supply", kind, list(line_ids))


def _put(
    statement: Statement, columns: Sequence[str], drafts: Sequence[DemandDraft | SupplyDraft]
) -> frozenset[LevelKey]:
    if not drafts:
        return frozenset()
    rows = statement.all({column: [getattr(draft, column) for draft in drafts] for column in columns})
    return frozenset(LevelKey(*row) for row in rows)


def _close(table: str, kind: str, line_ids: list[int]) -> frozenset[LevelKey]:
    if not line_ids:
        return frozenset()
    sql = f"""
        UPDATE {table} SET open_quantity = 0, closed_at = now()
        WHERE kind = %s AND line_id = ANY(%s) AND closed_at IS NULL
        RETURNING item_id, site_id, used_by_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(kind), line_ids])
        return frozenset(LevelKey(*row) for row in cursor.fetchall())
