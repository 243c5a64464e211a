"""Writing what differs, and saying what that touched."""

from inventory.services.recompute_sql.comparing import DIFFERENCES, columns
from inventory.services.recompute_sql.figures import FLOW_COLUMNS, LEVEL_COLUMNS


def _assigned(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} = EXCLUDED.{name}" for name in names)


# An upsert finds its row by the unique index, where an UPDATE would have to join.
_LEVELS = f"""
level_changed AS (
    INSERT INTO inventory_stocklevel (item_id, site_id, used_by_id, {columns(LEVEL_COLUMNS)}, computed_at)
    SELECT item_id, site_id, used_by_id, {columns(LEVEL_COLUMNS)}, %(now)s::timestamptz
    FROM level_differing ORDER BY n
    ON CONFLICT (used_by_id, site_id, item_id) DO UPDATE
    SET {_assigned(LEVEL_COLUMNS)}, computed_at = EXCLUDED.computed_at
)"""

_ALLOCATION = (
    "demand_id", "item_id", "site_id", "used_by_id", "quantity", "served_quantity", "availability", "expected_on",
    "late_days", "direct_availability", "direct_expected_on", "supply_ids", "quantities", "kinds",
)  # fmt: skip

# A demand that came from another key finds its row by the conflict. In the deletion the key is compared once more:
# while we waited for its lock, the row may have followed its demand elsewhere.
_ALLOCATIONS = f"""
allocation_changed AS (
    INSERT INTO inventory_allocation ({columns(_ALLOCATION)})
    SELECT m.demand_id, k.item_id, k.site_id, k.used_by_id, m.quantity, m.served_quantity, m.availability,
           m.expected_on, m.late_days, m.availability, m.expected_on, m.supply_ids, m.quantities, m.kinds
    FROM moved m JOIN stocked_key k ON k.n = m.n
    ORDER BY m.demand_id
    ON CONFLICT (demand_id) DO UPDATE SET {_assigned(_ALLOCATION[1:])}
),
allocation_deleted AS (
    DELETE FROM inventory_allocation a USING lost
    WHERE a.id = ANY(ARRAY(SELECT id FROM lost)) AND a.id = lost.id AND a.item_id = lost.item_id
      AND a.site_id = lost.site_id AND a.used_by_id = lost.used_by_id
)"""

_FLOWS = f"""
flow_changed AS (
    INSERT INTO inventory_transferflow (company_id, item_id, origin_id, destination_id, {columns(FLOW_COLUMNS)})
    SELECT company_id, item_id, origin_id, destination_id, {columns(FLOW_COLUMNS)}
    FROM flow_differing ORDER BY n, origin_id
    ON CONFLICT (company_id, item_id, origin_id, destination_id) DO UPDATE SET {_assigned(FLOW_COLUMNS)}
),
flow_deleted AS (
    DELETE FROM inventory_transferflow WHERE id = ANY(ARRAY(SELECT id FROM flow_lost))
)"""

# Keys where a level, an allocation or a flow changed, documents with a line that looks different now, and roots of
# chains, told apart by the first column.
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
FROM stocked_key
WHERE n IN (
    SELECT n FROM level_differing UNION ALL SELECT n FROM touched
    UNION ALL SELECT n FROM flow_differing UNION ALL SELECT n FROM flow_lost
)
UNION ALL
SELECT DISTINCT 'document', document_id, NULL::bigint, NULL::bigint, NULL::bigint, document_kind
FROM touched WHERE document_id IS NOT NULL
UNION ALL
SELECT DISTINCT 'chain', root.id, NULL::bigint, NULL::bigint, NULL::bigint, NULL
FROM touched CROSS JOIN LATERAL (VALUES (chain_id), (root_id)) AS root(id) WHERE root.id IS NOT NULL
"""

WRITE = "WITH " + ",".join([DIFFERENCES, _LEVELS, _ALLOCATIONS, _FLOWS, _TOUCHED])
