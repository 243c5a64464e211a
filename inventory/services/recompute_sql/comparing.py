"""The figures compared with the tables on the same snapshot: what differs, for writing and for proving alike."""

from inventory.services.recompute_sql.figures import FIGURES, FLOW_COLUMNS, LEVEL_COLUMNS


def columns(names: tuple[str, ...], alias: str = "") -> str:
    """The names as a list of columns of that alias (`f.`)."""
    return ", ".join(f"{alias}{name}" for name in names)


_LEVELS = f"""
level_differing AS MATERIALIZED (
    SELECT f.n, f.item_id, f.site_id, f.used_by_id, {columns(LEVEL_COLUMNS, "f.")}
    FROM figure f LEFT JOIN LATERAL (
        SELECT {columns(LEVEL_COLUMNS)} FROM inventory_stocklevel
        WHERE used_by_id = f.used_by_id AND site_id = f.site_id AND item_id = f.item_id
        OFFSET 0
    ) old ON true
    WHERE ({columns(LEVEL_COLUMNS, "f.")}) IS DISTINCT FROM ({columns(LEVEL_COLUMNS, "old.")})
)"""

# What a chain has written over stays until the demand's own part differs. `late_days` follows the date that stands
# there, so it is compared with that one.
_ALLOCATIONS = """
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
lost AS MATERIALIZED (
    SELECT o.n, o.id, o.demand_id, o.item_id, o.site_id, o.used_by_id
    FROM old_allocation o LEFT JOIN served s ON s.demand_id = o.demand_id
    WHERE s.demand_id IS NULL
)"""

_FLOWS = f"""
old_flow AS (
    SELECT k.n, f.* FROM stocked_key k CROSS JOIN LATERAL (
        SELECT * FROM inventory_transferflow f
        WHERE f.company_id = k.used_by_id AND f.item_id = k.item_id AND f.destination_id = k.site_id
        OFFSET 0
    ) f
),
flow_differing AS MATERIALIZED (
    SELECT f.* FROM flow f LEFT JOIN old_flow o ON o.n = f.n AND o.origin_id = f.origin_id
    WHERE ({columns(FLOW_COLUMNS, "f.")}) IS DISTINCT FROM ({columns(FLOW_COLUMNS, "o.")})
),
flow_lost AS MATERIALIZED (
    SELECT o.n, o.id FROM old_flow o LEFT JOIN flow f ON f.n = o.n AND f.origin_id = o.origin_id WHERE f.n IS NULL
)"""

DIFFERENCES = ",".join([FIGURES, _LEVELS, _ALLOCATIONS, _FLOWS])

# The keys with any difference; one that nobody has seen is among them, though it be all zeros.
DIFFERING = f"""WITH {DIFFERENCES}
SELECT k.item_id, k.site_id, k.used_by_id FROM stocked_key k
WHERE k.n IN (
    SELECT n FROM level_differing UNION ALL SELECT n FROM moved UNION ALL SELECT n FROM lost
    UNION ALL SELECT n FROM flow_differing UNION ALL SELECT n FROM flow_lost
)
ORDER BY k.n
"""
