"""What must always hold of stock, value and levels; `manage.py check_invariants` runs it."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from core import clock, invariants
from inventory.drafts import LevelKey
from inventory.models import Allocation, StockLevel
from inventory.selectors import level_keys
from inventory.services.recompute import Figures, Served, differing, preview

_PHYSICAL = "('storage', 'lineside', 'staging', 'quarantine', 'wip', 'transit')"

# The whole ledger, replayed.
LEDGER = f"""
WITH replayed AS (
    SELECT item_id, location_id, lot_id, owner_id, sum(quantity) AS quantity
    FROM (
        SELECT item_id, to_location_id AS location_id, to_lot_id AS lot_id, to_owner_id AS owner_id, quantity
        FROM inventory_stockmove
        UNION ALL
        SELECT item_id, from_location_id, from_lot_id, from_owner_id, -quantity FROM inventory_stockmove
    ) side
    WHERE location_id IN (SELECT id FROM inventory_location WHERE kind IN {_PHYSICAL})
    GROUP BY 1, 2, 3, 4
)
SELECT coalesce(r.item_id, b.item_id) AS item_id, coalesce(r.location_id, b.location_id) AS location_id,
       coalesce(r.lot_id, b.lot_id) AS lot_id, coalesce(r.owner_id, b.owner_id) AS owner_id,
       coalesce(r.quantity, 0) AS by_ledger, coalesce(b.quantity, 0) AS by_balance
FROM replayed r FULL JOIN inventory_stockbalance b
    ON b.item_id = r.item_id AND b.location_id = r.location_id AND b.owner_id = r.owner_id
   AND coalesce(b.lot_id, 0) = coalesce(r.lot_id, 0)
WHERE coalesce(r.quantity, 0) <> coalesce(b.quantity, 0)
"""

# What stands in physical places is what came from the world outside less what went there.
CONSERVATION = f"""
WITH outside AS (
    SELECT id FROM inventory_location WHERE kind NOT IN {_PHYSICAL}
), came AS (
    SELECT item_id, sum(CASE WHEN from_location_id IN (SELECT id FROM outside) THEN quantity ELSE 0 END
                        - CASE WHEN to_location_id IN (SELECT id FROM outside) THEN quantity ELSE 0 END) AS quantity
    FROM inventory_stockmove GROUP BY item_id
), stands AS (
    SELECT item_id, sum(quantity) AS quantity FROM inventory_stockbalance GROUP BY item_id
)
SELECT item_id, coalesce(came.quantity, 0) AS came, coalesce(stands.quantity, 0) AS stands
FROM came FULL JOIN stands USING (item_id)
WHERE coalesce(came.quantity, 0) <> coalesce(stands.quantity, 0)
"""

VIRTUAL = f"""
SELECT b.id, b.item_id, l.code, b.quantity
FROM inventory_stockbalance b JOIN inventory_location l ON l.id = b.location_id
WHERE l.kind NOT IN {_PHYSICAL} OR l.site_id <> b.site_id
"""

POOLS = """
SELECT p.id, p.kind, p.quantity, coalesce(e.quantity, 0) AS by_entries, p.value,
       coalesce(e.amount, 0) AS value_by_entries
FROM inventory_costpool p
LEFT JOIN (
    SELECT pool_id, sum(quantity) AS quantity, sum(amount) AS amount FROM inventory_valueentry GROUP BY pool_id
) e ON e.pool_id = p.id
WHERE p.quantity <> coalesce(e.quantity, 0) OR p.value <> coalesce(e.amount, 0)
"""

# Goods on their way lie in their transfer's pool; work in progress lies in its order's, on its way too.
POOL_QUANTITIES = """
WITH stands AS (
    SELECT CASE l.kind WHEN 'transit' THEN 'transfer' ELSE 'stock' END AS kind, b.item_id, b.owner_id,
           CASE l.kind WHEN 'transit' THEN 0 ELSE b.site_id END AS site_id,
           CASE l.kind WHEN 'transit' THEN l.transfer_id ELSE 0 END AS source_id, sum(b.quantity) AS quantity
    FROM inventory_stockbalance b JOIN inventory_location l ON l.id = b.location_id
    LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
    WHERE lot.kind IS DISTINCT FROM 'wip'
    GROUP BY 1, 2, 3, 4, 5
), pooled AS (
    SELECT kind, item_id, owner_id, coalesce(site_id, 0) AS site_id, coalesce(source_id, 0) AS source_id, quantity
    FROM inventory_costpool WHERE kind <> 'mo'
)
SELECT kind, item_id, owner_id, site_id, source_id,
       coalesce(stands.quantity, 0) AS by_balances, coalesce(pooled.quantity, 0) AS by_pool
FROM stands FULL JOIN pooled USING (kind, item_id, owner_id, site_id, source_id)
WHERE coalesce(stands.quantity, 0) <> coalesce(pooled.quantity, 0)
"""

# What is reserved is what is pinned on hand.
RESERVED = """
WITH reserved AS (
    SELECT item_id, site_id, used_by_id, sum(reserved) AS quantity
    FROM inventory_stockbalance WHERE reserved > 0 GROUP BY 1, 2, 3
), pinned AS (
    SELECT d.item_id, d.site_id, d.used_by_id, sum(p.quantity) AS quantity
    FROM inventory_allocationpin p JOIN inventory_demand d ON d.id = p.demand_id
    WHERE p.supply_id IS NULL GROUP BY 1, 2, 3
)
SELECT item_id, site_id, used_by_id, coalesce(reserved.quantity, 0) AS reserved, coalesce(pinned.quantity, 0) AS pinned
FROM reserved FULL JOIN pinned USING (item_id, site_id, used_by_id)
WHERE coalesce(reserved.quantity, 0) <> coalesce(pinned.quantity, 0)
"""

# Level and allocations of a key are written on one snapshot, so this holds even while work waits.
ON_HAND = """
SELECT l.item_id, l.site_id, l.used_by_id, l.on_hand, a.given
FROM inventory_stocklevel l
JOIN (
    SELECT item_id, site_id, used_by_id, sum(part.quantity) AS given
    FROM inventory_allocation CROSS JOIN LATERAL unnest(supply_ids, quantities) AS part(supply_id, quantity)
    WHERE part.supply_id = 0 GROUP BY 1, 2, 3
) a ON a.item_id = l.item_id AND a.site_id = l.site_id AND a.used_by_id = l.used_by_id
WHERE a.given > l.on_hand
"""

# Supplies change with each posting; keys whose recompute waits are left out.
SUPPLIES = f"""
WITH waiting(item_id, site_id, used_by_id) AS ({level_keys.WAITING})
SELECT g.supply_id, g.item_id, g.site_id, s.open_quantity, g.given
FROM (
    SELECT part.supply_id, item_id, site_id, used_by_id, sum(part.quantity) AS given
    FROM inventory_allocation CROSS JOIN LATERAL unnest(supply_ids, quantities) AS part(supply_id, quantity)
    WHERE part.supply_id <> 0 GROUP BY 1, 2, 3, 4
) g
LEFT JOIN inventory_supply s ON s.id = g.supply_id
WHERE (s.id IS NULL OR s.open_quantity < g.given
       OR (s.item_id, s.site_id, s.used_by_id) <> (g.item_id, g.site_id, g.used_by_id))
  AND (g.item_id, g.site_id, g.used_by_id) NOT IN (SELECT item_id, site_id, used_by_id FROM waiting)
"""

STATUSES = """
WITH worst AS (
    SELECT d.document_kind, d.document_id,
           max(CASE a.availability WHEN 'in_stock' THEN 0 WHEN 'expected' THEN 1 ELSE 2 END) AS availability,
           max(a.late_days) AS late_days
    FROM inventory_allocation a JOIN inventory_demand d ON d.id = a.demand_id AND d.closed_at IS NULL
    GROUP BY 1, 2
)
SELECT document_kind, document_id, s.availability, s.late_days, worst.late_days AS late_days_by_lines
FROM inventory_documentstatus s JOIN worst USING (document_kind, document_id)
WHERE CASE s.availability WHEN 'in_stock' THEN 0 WHEN 'expected' THEN 1 ELSE 2 END <> worst.availability
   OR s.late_days <> worst.late_days
"""


def register() -> None:
    """Enter the checks; called in `AppConfig.ready`."""
    invariants.register("ledger = balances", LEDGER)
    invariants.register("nothing appears or vanishes but through the world outside", CONSERVATION)
    invariants.register("virtual places hold no balance", VIRTUAL)
    invariants.register("cost pools = value entries", POOLS)
    invariants.register("cost pools hold what the balances hold", POOL_QUANTITIES)
    invariants.register("reserved stock = pins on hand", RESERVED)
    invariants.register("no allocation over stock on hand", ON_HAND)
    invariants.register("no allocation over supply", SUPPLIES)
    invariants.register("document statuses = their worst lines", STATUSES)
    invariants.register("levels = recomputation", levels)


def levels() -> Iterator[dict[str, Any]]:
    """Stored levels and allocations that a recompute would write otherwise.

    Keys whose recompute waits are left out, and so are those of a site whose new day has not been worked on yet.
    """
    waiting, now = level_keys.waiting_keys(), clock.now()
    for keys in level_keys.all_keys():
        suspect = differing([key for key in keys if key not in waiting], now=now)[: invariants.MOST_ROWS]
        shown = preview(suspect, now=now)
        stored_levels, stored_allocations = _stored(suspect)
        for key, figures in shown.levels.items():
            yield from _differences(
                key, figures, stored_levels.get(key), shown.allocations[key], stored_allocations.get(key, {})
            )


def _stored(keys: list[LevelKey]) -> tuple[dict[LevelKey, StockLevel], dict[LevelKey, dict[int, Allocation]]]:
    items = {key.item_id for key in keys}
    levels = {_key(row): row for row in StockLevel.objects.filter(item_id__in=list(items))}
    allocations: dict[LevelKey, dict[int, Allocation]] = {}
    for row in Allocation.objects.filter(item_id__in=list(items)):
        allocations.setdefault(_key(row), {})[row.demand_id] = row
    return levels, allocations


def _key(row: StockLevel | Allocation) -> LevelKey:
    return LevelKey(row.item_id, row.site_id, row.used_by_id)


def _differences(
    key: LevelKey,
    figures: Figures,
    level: StockLevel | None,
    served: list[Served],
    allocations: dict[int, Allocation],
) -> Iterator[dict[str, Any]]:
    if level is None:
        if any(value for name, value in asdict(figures).items() if name not in {"computed_for", "safety_stock"}):
            yield {"key": list(key), "level": None}
        return
    if level.computed_for is not None and level.computed_for == figures.computed_for - timedelta(days=1):
        return
    pairs = {name: (getattr(level, name), value) for name, value in asdict(figures).items()}
    wrong = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    ours = {row.demand_id: _parts(row, row.availability) for row in served}
    theirs = {row.demand_id: _parts(row, row.direct_availability) for row in allocations.values()}
    demands = sorted(demand for demand in ours.keys() | theirs.keys() if ours.get(demand) != theirs.get(demand))
    if wrong:
        yield {"key": list(key), "stored and computed": wrong}
    if demands:
        yield {"key": list(key), "demands served otherwise": demands}
    if not wrong and not demands:
        yield {"key": list(key), "differs": "lateness, or a flow between sites"}


def _parts(row: Served | Allocation, availability: str) -> tuple[Any, ...]:
    return (
        row.quantity,
        row.served_quantity,
        availability,
        *zip(row.supply_ids, row.quantities, row.kinds, strict=True),
    )
