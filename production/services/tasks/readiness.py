"""Whether tasks may begin: their material is there, and the pieces of the operation before are.

Worked out in one statement from what is committed: allocations of the components, and work in progress at the site.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection

from core.transactions import service
from inventory.drafts import LevelKey
from inventory.events import record_change
from production import locks
from production.choices import TaskState

# A task waits for the first of: the operation before, pieces of it, the worst of its material. The caller holds these
# tasks' locks, so of two refreshes the later one judges by what the earlier one saw, or more. `before` is the operation
# in front of it; what is through with that one lies in the lot of its stage.
_REFRESH = """
WITH open_task AS (
    SELECT t.id, t.order_id, t.site_id, t.company_id, t.state, t.waits_for, t.overlap_quantity, o.item_id, b.name,
           b.state AS before_state, b.number AS before_number, b.overlap_quantity AS before_overlap,
           lower(o.number || '/' || b.number) AS lot_number
    FROM production_task t
    JOIN production_manufacturingorder o ON o.id = t.order_id
    LEFT JOIN LATERAL (
        SELECT p.name, p.state, p.number, p.overlap_quantity FROM production_task p
        WHERE p.order_id = t.order_id AND p.number < t.number ORDER BY p.number DESC LIMIT 1
    ) b ON true
    WHERE t.order_id = ANY(%(orders)s::bigint[]) AND t.state IN ('waiting', 'ready')
), judged AS MATERIALIZED (
    SELECT k.id, k.order_id, k.site_id, k.company_id, k.state, k.waits_for,
        CASE
            WHEN k.before_number IS NOT NULL AND here.quantity = 0 THEN left('pieces from ' || k.name, 200)
            WHEN k.before_number IS NOT NULL AND k.before_state <> 'done'
                AND (k.before_overlap = 0 OR here.quantity < k.before_overlap) THEN left(k.name || ' to finish', 200)
            ELSE coalesce(material.waits_for, '')
        END AS waiting
    FROM open_task k
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(b.quantity), 0) AS quantity
        FROM (
            SELECT id, item_id FROM inventory_lot
            WHERE item_id = k.item_id AND issuer_id = k.company_id AND lower(number) = k.lot_number AND kind = 'wip'
            OFFSET 0
        ) l
        CROSS JOIN LATERAL (
            SELECT b.quantity FROM inventory_stockbalance b JOIN inventory_location p ON p.id = b.location_id
            WHERE b.item_id = l.item_id AND b.lot_id = l.id AND b.site_id = k.site_id AND p.kind = 'wip' OFFSET 0
        ) b
    ) here
    LEFT JOIN LATERAL (
        SELECT i.sku || CASE
                WHEN a.expected_on IS NULL THEN ' not available'
                ELSE ' expected ' || to_char(a.expected_on, 'YYYY-MM-DD') END AS waits_for
        FROM production_manufacturingordercomponent c
        CROSS JOIN LATERAL (
            SELECT id FROM inventory_demand
            WHERE kind = 'mo_component' AND line_id = c.id AND part = 0 AND open_quantity > 0 OFFSET 0
        ) d
        JOIN inventory_item i ON i.id = c.item_id
        LEFT JOIN inventory_allocation a ON a.demand_id = d.id
        WHERE c.task_id = k.id AND c.kind = 'component' AND a.availability IS DISTINCT FROM 'in_stock'
        ORDER BY a.expected_on DESC NULLS FIRST, c.line_no LIMIT 1 OFFSET 0
    ) material ON true
)
UPDATE production_task t
SET waits_for = j.waiting, state = CASE WHEN j.waiting = '' THEN 'ready' ELSE 'waiting' END
FROM judged j
WHERE t.id = j.id
  AND (j.waits_for, j.state) IS DISTINCT FROM (j.waiting, CASE WHEN j.waiting = '' THEN 'ready' ELSE 'waiting' END)
RETURNING t.id, t.order_id, t.site_id, t.company_id, t.state
"""

# Each task probes indexes: where tables were empty when they were last counted, the planner would read them whole, once
# for every task.
_PROBED = "SET LOCAL enable_seqscan = off"
_AS_BEFORE = "SET LOCAL enable_seqscan = on"

# Orders with a task that has not begun, whose material or whose own pieces these keys are about.
_ORDERS = """
WITH key AS MATERIALIZED (
    SELECT * FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[])
        AS k(item_id, site_id, used_by_id)
), affected AS MATERIALIZED (
    SELECT d.document_id AS order_id
    FROM key k
    CROSS JOIN LATERAL (
        SELECT document_id FROM inventory_demand
        WHERE used_by_id = k.used_by_id AND site_id = k.site_id AND item_id = k.item_id AND closed_at IS NULL
          AND kind = 'mo_component'
        OFFSET 0
    ) d
    UNION
    SELECT o.id FROM key k
    CROSS JOIN LATERAL (
        SELECT id FROM production_manufacturingorder
        WHERE item_id = k.item_id AND company_id = k.used_by_id
          AND state IN ('released', 'in_progress', 'partly_completed')
        OFFSET 0
    ) o
)
SELECT a.order_id FROM affected a
WHERE EXISTS (
    SELECT 1 FROM production_task t WHERE t.order_id = a.order_id AND t.state IN ('waiting', 'ready') OFFSET 0
)
"""


@service
def refresh(order_ids: Collection[int]) -> list[int]:
    """Write for the tasks of these orders that have not begun whether they may, and what they wait for.

    Returns the ids of the tasks that changed. Locks these by id. Emits `task.ready` and `task.waiting`, one event a
    company and state. May run any number of times.
    """
    if not order_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PROBED)
        locks.tasks_not_begun(order_ids)
        cursor.execute(_REFRESH, {"orders": sorted(order_ids)})
        rows = cursor.fetchall()
        cursor.execute(_AS_BEFORE)
    told: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    for task_id, order_id, site_id, company_id, state in rows:
        told.setdefault((company_id, state), []).append((task_id, order_id, site_id))
    for (company_id, state), own in sorted(told.items()):
        record_change(
            f"task.{TaskState(state)}",
            documents=[("task", task_id) for task_id, _, _ in own],
            company_ids=[company_id],
            site_ids={site_id for _, _, site_id in own},
            actor=None,
        )
    return [row[0] for row in rows]


def follow(keys: Iterable[LevelKey], *, now: datetime) -> None:
    """What a recompute of these levels means for tasks; runs after it, again and again without harm."""
    columns = [list(column) for column in zip(*sorted(set(keys)), strict=True)]
    if not columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, dict(zip(("items", "sites", "users"), columns, strict=True)))
        order_ids = [row[0] for row in cursor.fetchall()]
    refresh(order_ids)
