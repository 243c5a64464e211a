"""What must always hold in production; `manage.py check_invariants` runs it."""

from core import invariants

_OPEN = "('planned', 'released', 'in_progress', 'partly_completed')"

COMPONENTS = f"""
SELECT o.number, c.line_no, CASE WHEN o.state IN {_OPEN} THEN c.open_quantity ELSE 0 END AS open_quantity,
       d.open_quantity AS demanded, d.firmness
FROM production_manufacturingordercomponent c
JOIN production_manufacturingorder o ON o.id = c.order_id
LEFT JOIN inventory_demand d ON d.kind = 'mo_component' AND d.line_id = c.id AND d.part = 0
WHERE CASE WHEN o.state IN {_OPEN} AND c.kind = 'component' AND (o.source_lot_id IS NULL OR c.item_id <> o.item_id)
         THEN c.open_quantity ELSE 0 END
         IS DISTINCT FROM coalesce(d.open_quantity, 0)
   OR (d.closed_at IS NULL) <> (d.open_quantity > 0)
   OR (d.open_quantity > 0 AND d.firmness <> CASE o.state WHEN 'planned' THEN 'planned' ELSE 'firm' END)
   OR (d.open_quantity > 0 AND (d.item_id, d.site_id, d.used_by_id) <> (c.item_id, c.site_id, o.company_id))
"""

# Rows of the register that no component stands behind.
STRAY_COMPONENTS = """
SELECT d.document_number, d.line_id, d.open_quantity
FROM inventory_demand d
WHERE d.kind = 'mo_component' AND d.closed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM production_manufacturingordercomponent c WHERE c.id = d.line_id)
"""

OUTPUT = f"""
SELECT o.number, o.state, o.open_quantity, s.open_quantity AS supplied, s.firmness
FROM production_manufacturingorder o
LEFT JOIN inventory_supply s ON s.kind = 'mo_output' AND s.line_id = o.id AND s.part = 0
WHERE CASE WHEN o.state IN {_OPEN} AND o.kind <> 'disassembly' THEN o.open_quantity ELSE 0 END
         IS DISTINCT FROM coalesce(s.open_quantity, 0)
   OR (s.open_quantity > 0 AND s.firmness <> CASE o.state WHEN 'planned' THEN 'planned' ELSE 'firm' END)
   OR (s.open_quantity > 0 AND (s.item_id, s.site_id, s.used_by_id) <> (o.item_id, o.site_id, o.company_id))
"""

BESIDE = f"""
SELECT o.number, c.line_no, c.open_quantity, s.open_quantity AS supplied
FROM production_manufacturingordercomponent c
JOIN production_manufacturingorder o ON o.id = c.order_id
LEFT JOIN inventory_supply s ON s.kind = 'mo_beside' AND s.line_id = c.id AND s.part = 0
WHERE CASE WHEN o.state IN {_OPEN} AND c.kind <> 'component' THEN c.open_quantity ELSE 0 END
         IS DISTINCT FROM coalesce(s.open_quantity, 0)
   OR (s.open_quantity > 0 AND (s.item_id, s.site_id, s.used_by_id) <> (c.item_id, o.site_id, o.company_id))
"""

# An order made for a demand has the place of the order that asks for it.
PLACES = f"""
SELECT o.number, o.state, p.closed_at
FROM production_manufacturingorder o
LEFT JOIN inventory_priority p ON p.id = o.priority_id
WHERE o.source_id IS NULL AND (o.state IN {_OPEN}) <> (p.id IS NOT NULL AND p.closed_at IS NULL)
"""

REPORTS = """
SELECT o.number, o.posted_quantity, coalesce(sum(c.quantity), 0) AS reported
FROM production_manufacturingorder o
LEFT JOIN production_completion c ON c.order_id = o.id AND c.reversed_at IS NULL
GROUP BY o.id
HAVING o.posted_quantity <> coalesce(sum(c.quantity), 0)
    OR o.scrapped_quantity <> coalesce(sum(c.scrapped_quantity), 0)
"""

POOLS = """
SELECT o.number, o.state, p.value, p.currency
FROM production_manufacturingorder o
JOIN inventory_costpool p ON p.kind = 'mo' AND p.item_id = o.item_id AND p.owner_id = o.company_id
    AND p.site_id IS NULL AND p.source_id = o.id
WHERE (o.state IN ('done', 'closed', 'canceled') AND p.value <> 0) OR p.quantity <> 0
"""


# What the events of a task that stand say is what it counts.
TASKS = """
SELECT o.number, t.number AS operation, t.good_quantity, coalesce(sum(e.good_quantity), 0) AS good,
       t.scrapped_quantity, coalesce(sum(e.scrapped_quantity), 0) AS scrapped
FROM production_task t
JOIN production_manufacturingorder o ON o.id = t.order_id
LEFT JOIN production_taskevent e ON e.task_id = t.id
GROUP BY o.id, t.id
HAVING t.good_quantity <> coalesce(sum(e.good_quantity), 0)
    OR t.scrapped_quantity <> coalesce(sum(e.scrapped_quantity), 0)
    OR t.spent_minutes <> coalesce(sum(e.minutes), 0)
"""

# Pieces through with an operation, less those that the next one took: in its lot, at either site or between them, or
# lost on the way. Only where operations were reported one by one, and until the order ended.
STAGES = f"""
SELECT o.number, t.number AS operation, t.good_quantity - n.good_quantity - n.scrapped_quantity AS expected,
       coalesce(stock.quantity, 0) + coalesce(lost.quantity, 0) AS there
FROM production_task t
JOIN production_manufacturingorder o ON o.id = t.order_id AND o.state IN {_OPEN}
JOIN LATERAL (
    SELECT p.good_quantity, p.scrapped_quantity FROM production_task p
    WHERE p.order_id = t.order_id AND p.number > t.number ORDER BY p.number LIMIT 1
) n ON true
LEFT JOIN inventory_lot l ON l.kind = 'wip' AND l.item_id = o.item_id AND l.source_id = o.id
    AND l.stage = t.number::text
LEFT JOIN LATERAL (
    SELECT sum(b.quantity) AS quantity FROM inventory_stockbalance b WHERE b.item_id = l.item_id AND b.lot_id = l.id
) stock ON true
LEFT JOIN LATERAL (
    SELECT sum(x.lost_quantity) AS quantity FROM inventory_transferline x WHERE x.wip_lot_id = l.id
) lost ON true
WHERE t.good_quantity - n.good_quantity - n.scrapped_quantity
    <> coalesce(stock.quantity, 0) + coalesce(lost.quantity, 0)
"""

# A service has accepted what its task reports.
SERVICES = """
SELECT o.number, t.number AS operation, t.good_quantity, l.posted_quantity, t.scrapped_quantity, l.rejected_quantity
FROM production_task t
JOIN production_manufacturingorder o ON o.id = t.order_id
JOIN purchasing_purchaseorderline l ON l.id = t.purchase_line_id
WHERE (t.good_quantity, t.scrapped_quantity) <> (l.posted_quantity, l.rejected_quantity)
"""


def register() -> None:
    """Enter the checks; called in `AppConfig.ready`."""
    invariants.register("components of manufacturing orders = their demand", COMPONENTS)
    invariants.register("demand of components has a component", STRAY_COMPONENTS)
    invariants.register("output of manufacturing orders = their supply", OUTPUT)
    invariants.register("what comes out beside = its supply", BESIDE)
    invariants.register("ranks of manufacturing orders are counted while they are open", PLACES)
    invariants.register("completed = reports of a manufacturing order", REPORTS)
    invariants.register("quantities and time of tasks = their events", TASKS)
    invariants.register("work in progress = through with an operation − taken by the next", STAGES)
    invariants.register("accepted of services = reports of their tasks", SERVICES)
    invariants.register("ended manufacturing orders hold no cost", POOLS)
