"""What must always hold of transfers; `manage.py check_invariants` runs it."""

from core import invariants

_OPEN = "('draft', 'planned', 'confirmed', 'in_transit', 'partly_received')"
_FIRMNESS = "CASE t.state WHEN 'draft' THEN 'draft' WHEN 'planned' THEN 'planned' ELSE 'firm' END"

DEMANDS = f"""
SELECT t.number, l.line_no, t.state, l.open_quantity, d.open_quantity AS demanded, d.firmness
FROM inventory_transferline l
JOIN inventory_transfer t ON t.id = l.transfer_id
LEFT JOIN inventory_demand d ON d.kind = 'transfer_out' AND d.line_id = l.id AND d.part = 0
WHERE CASE WHEN t.state IN {_OPEN} AND l.wip_lot_id IS NULL THEN l.open_quantity ELSE 0 END
        IS DISTINCT FROM coalesce(d.open_quantity, 0)
   OR (d.open_quantity > 0 AND (d.site_id, d.item_id, d.used_by_id) <> (t.origin_id, l.item_id, t.company_id))
   OR (d.open_quantity > 0 AND d.firmness <> {_FIRMNESS})
"""

# What is sent for somebody else's demand is his, by an agreement of its owner there.
SUPPLIES = f"""
SELECT t.number, l.line_no, t.state, s.open_quantity, s.in_transit_quantity
FROM (
    SELECT *, posted_quantity - received_quantity - lost_quantity AS in_transit FROM inventory_transferline
    WHERE wip_lot_id IS NULL
) l
JOIN inventory_transfer t ON t.id = l.transfer_id
LEFT JOIN inventory_supply s ON s.kind = 'transfer_in' AND s.line_id = l.id AND s.part = 0
WHERE CASE WHEN t.state IN {_OPEN} THEN l.open_quantity + l.in_transit ELSE 0 END
        IS DISTINCT FROM coalesce(s.open_quantity, 0)
   OR CASE WHEN t.state IN {_OPEN} THEN l.in_transit ELSE 0 END IS DISTINCT FROM coalesce(s.in_transit_quantity, 0)
   OR (s.open_quantity > 0 AND (s.site_id, s.item_id, s.company_id, s.origin_id)
        <> (t.destination_id, l.item_id, t.company_id, t.origin_id))
   OR (s.open_quantity > 0 AND s.used_by_id NOT IN (t.company_id, t.owner_id) AND NOT EXISTS (
        SELECT 1 FROM inventory_consignmentagreement a
        WHERE a.owner_id = t.owner_id AND a.site_id = t.destination_id AND a.used_by_id = s.used_by_id
          AND (a.item_id = l.item_id OR a.item_id IS NULL)))
   OR (s.open_quantity > 0 AND s.firmness <> {_FIRMNESS})
"""

TRANSIT = """
WITH lines AS (
    SELECT transfer_id, item_id, sum(posted_quantity - received_quantity - lost_quantity) AS quantity
    FROM inventory_transferline GROUP BY transfer_id, item_id
), places AS (
    SELECT p.transfer_id, b.item_id, sum(b.quantity) AS quantity
    FROM inventory_stockbalance b JOIN inventory_location p ON p.id = b.location_id AND p.transfer_id IS NOT NULL
    GROUP BY p.transfer_id, b.item_id
)
SELECT transfer_id, item_id, lines.quantity AS by_lines, places.quantity AS by_balances
FROM lines FULL JOIN places USING (transfer_id, item_id)
WHERE coalesce(lines.quantity, 0) <> coalesce(places.quantity, 0)
"""

ARCHIVED = """
SELECT p.code, b.item_id, b.quantity FROM inventory_location p
JOIN inventory_stockbalance b ON b.location_id = p.id AND b.quantity > 0
WHERE p.transfer_id IS NOT NULL AND p.archived_at IS NOT NULL
"""


def register() -> None:
    """Enter the checks; called in `AppConfig.ready`."""
    invariants.register("open transfer lines = their demand", DEMANDS)
    invariants.register("transfer lines to come = their supply", SUPPLIES)
    invariants.register("transit balances = dispatched − received − lost", TRANSIT)
    invariants.register("archived transit places are empty", ARCHIVED)
