"""Writing what differs: the same figures, compared with the tables on the same snapshot."""

from inventory.services.recompute_sql.figures import FIGURES, FLOW_COLUMNS, LEVEL_COLUMNS


def _columns(names: tuple[str, ...], alias: str = "") -> str:
    return ", ".join(f"{alias}{name}" for name in names)


def _assigned(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} = EXCLUDED.{name}" for name in names)


# An upsert only of rows that differ: it finds its row by the unique index, where an UPDATE would have to join.
_LEVELS = f"""
level_changed AS (
    INSERT INTO inventory_stocklevel (item_id, site_id, used_by_id, {_columns(LEVEL_COLUMNS)}, computed_at)
    SELECT f.item_id, f.site_id, f.used_by_id, {_columns(LEVEL_COLUMNS, "f.")}, %(now)s::timestamptz
    FROM figure f LEFT JOIN LATERAL (
        SELECT {_columns(LEVEL_COLUMNS)} FROM inventory_stocklevel
        WHERE used_by_id = f.used_by_id AND site_id = f.site_id AND item_id = f.item_id
        OFFSET 0
    ) old ON true
    WHERE ({_columns(LEVEL_COLUMNS, "f.")}) IS DISTINCT FROM ({_columns(LEVEL_COLUMNS, "old.")})
    ORDER BY f.n
    ON CONFLICT (used_by_id, site_id, item_id) DO UPDATE
    SET {_assigned(LEVEL_COLUMNS)}, computed_at = EXCLUDED.computed_at
    RETURNING item_id, site_id, used_by_id
)"""

_ALLOCATION = (
    "demand_id", "item_id", "site_id", "used_by_id", "quantity", "served_quantity", "availability", "expected_on",
    "late_days", "direct_availability", "direct_expected_on", "supply_ids", "quantities", "kinds",
)  # fmt: skip

# What a chain has written over stays until the demand's own part differs. `late_days` follows the date that stands
# there, so it is compared with that one. A demand that came from another key finds its row by the conflict.
_ALLOCATIONS = f"""
old_allocation AS MATERIALIZED (
    SELECT k.n, a.* FROM stocked_key k CROSS JOIN LATERAL (
        SELECT * FROM inventory_allocation a
        WHERE a.used_by_id = k.used_by_id AND a.site_id = k.site_id AND a.item_id = k.item_id
        OFFSET 0
    ) a
),
moved AS MATERIALIZED (
    SELECT s.*, greatest(0, coalesce(s.expected_on, s.today) - s.due_on) AS late_days,
           (s.availability, s.expected_on, greatest(0, coalesce(s.expected_on, s.today) - s.due_on))
               IS DISTINCT FROM (o.availability, o.expected_on, o.late_days) AS is_seen
    FROM served s LEFT JOIN old_allocation o ON o.demand_id = s.demand_id
    WHERE (s.quantity, s.served_quantity, s.availability, s.expected_on, s.supply_ids, s.quantities, s.kinds,
           greatest(0, coalesce(o.expected_on, s.today) - s.due_on))
        IS DISTINCT FROM
          (o.quantity, o.served_quantity, o.direct_availability, o.direct_expected_on, o.supply_ids, o.quantities,
           o.kinds, o.late_days)
),
allocation_changed AS (
    INSERT INTO inventory_allocation ({_columns(_ALLOCATION)})
    SELECT m.demand_id, k.item_id, k.site_id, k.used_by_id, m.quantity, m.served_quantity, m.availability,
           m.expected_on, m.late_days, m.availability, m.expected_on, m.supply_ids, m.quantities, m.kinds
    FROM moved m JOIN stocked_key k ON k.n = m.n
    ORDER BY m.demand_id
    ON CONFLICT (demand_id) DO UPDATE SET {_assigned(_ALLOCATION[1:])}
),
lost AS MATERIALIZED (
    SELECT o.n, o.id, o.demand_id, o.item_id, o.site_id, o.used_by_id
    FROM old_allocation o LEFT JOIN served s ON s.demand_id = o.demand_id
    WHERE s.demand_id IS NULL
),
-- The key is compared once more: while we waited for its lock, the row may have followed its demand elsewhere.
allocation_deleted AS (
    DELETE FROM inventory_allocation a USING lost
    WHERE a.id = ANY(ARRAY(SELECT id FROM lost)) AND a.id = lost.id AND a.item_id = lost.item_id
      AND a.site_id = lost.site_id AND a.used_by_id = lost.used_by_id
)"""

_FLOWS = f"""
old_flow AS (
    SELECT f.* FROM stocked_key k CROSS JOIN LATERAL (
        SELECT * FROM inventory_transferflow f
        WHERE f.company_id = k.used_by_id AND f.item_id = k.item_id AND f.destination_id = k.site_id
        OFFSET 0
    ) f
),
flow_changed AS (
    INSERT INTO inventory_transferflow (company_id, item_id, origin_id, destination_id, {_columns(FLOW_COLUMNS)})
    SELECT f.company_id, f.item_id, f.origin_id, f.destination_id, {_columns(FLOW_COLUMNS, "f.")}
    FROM flow f LEFT JOIN old_flow o ON o.company_id = f.company_id AND o.item_id = f.item_id
        AND o.origin_id = f.origin_id AND o.destination_id = f.destination_id
    WHERE ({_columns(FLOW_COLUMNS, "f.")}) IS DISTINCT FROM ({_columns(FLOW_COLUMNS, "o.")})
    ORDER BY f.n, f.origin_id
    ON CONFLICT (company_id, item_id, origin_id, destination_id) DO UPDATE SET {_assigned(FLOW_COLUMNS)}
),
flow_deleted AS (
    DELETE FROM inventory_transferflow WHERE id = ANY(ARRAY(
        SELECT o.id FROM old_flow o LEFT JOIN flow f ON f.company_id = o.company_id AND f.item_id = o.item_id
            AND f.origin_id = o.origin_id AND f.destination_id = o.destination_id
        WHERE f.n IS NULL
    ))
)"""

# Levels and keys of changed allocations, documents with a line that looks different now, and roots of chains, told
# apart by the first column.
_TOUCHED = """
touched AS (
    SELECT n, document_kind, CASE WHEN is_seen THEN document_id END AS document_id, chain_id,
           CASE WHEN 'pegged' = ANY(kinds) THEN demand_id END AS root_id
    FROM moved
    UNION ALL
    SELECT l.n, d.document_kind, d.document_id, d.chain_id, NULL
    FROM lost l LEFT JOIN LATERAL (
        SELECT document_kind, document_id, chain_id FROM inventory_demand WHERE id = l.demand_id OFFSET 0
    ) d ON true
)
SELECT 'level' AS what, item_id AS id, site_id, used_by_id, operator_id, NULL::text AS kind
FROM stocked_key k
WHERE n IN (SELECT n FROM touched)
   OR (item_id, site_id, used_by_id) IN (SELECT item_id, site_id, used_by_id FROM level_changed)
UNION ALL
SELECT DISTINCT 'document', document_id, NULL::bigint, NULL::bigint, NULL::bigint, document_kind
FROM touched WHERE document_id IS NOT NULL
UNION ALL
SELECT DISTINCT 'chain', root.id, NULL::bigint, NULL::bigint, NULL::bigint, NULL
FROM touched CROSS JOIN LATERAL (VALUES (chain_id), (root_id)) AS root(id) WHERE root.id IS NOT NULL
"""

WRITE = "WITH " + ",".join([FIGURES, _LEVELS, _ALLOCATIONS, _FLOWS, _TOUCHED])
