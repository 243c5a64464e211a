"""Who loses stock that he counted on when a document takes it: for a warning, one query for all its lines.

Most documents take no more than was allotted to them, and then
nothing but their own allocations is read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.prepared import Statement
from inventory.choices import DemandKind
from inventory.drafts import LevelKey

# OFFSET 0 keeps each lookup a descent of its own index, whatever the planner thinks of the arrays' size.
_LOSERS = Statement(
    "counted_on",
    """
WITH own AS MATERIALIZED (
    SELECT d.id, d.item_id, d.site_id, d.used_by_id, a.taken
    FROM unnest(%(lines)s::bigint[]) AS t(line_id)
    CROSS JOIN LATERAL (
        SELECT id, item_id, site_id, used_by_id FROM inventory_demand
        WHERE kind = %(kind)s::text AND line_id = t.line_id
        OFFSET 0
    ) d
    LEFT JOIN LATERAL (
        SELECT (SELECT sum(part.quantity) FROM unnest(supply_ids, quantities) AS part(source, quantity)
                WHERE part.source = 0) AS taken
        FROM inventory_allocation WHERE demand_id = d.id
        OFFSET 0
    ) a ON true
), leaving AS MATERIALIZED (
    SELECT k.item_id, k.site_id, k.used_by_id, k.quantity, coalesce(sum(own.taken), 0) AS own_taken
    FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[], %(quantities)s::numeric[])
        AS k(item_id, site_id, used_by_id, quantity)
    LEFT JOIN own ON (own.item_id, own.site_id, own.used_by_id) = (k.item_id, k.site_id, k.used_by_id)
    GROUP BY 1, 2, 3, 4
    HAVING k.quantity > coalesce(sum(own.taken), 0)
), other AS (
    SELECT k.item_id, k.site_id, k.used_by_id, k.quantity, k.own_taken, l.on_hand, a.document_number, a.taken,
           sum(a.taken) OVER whole AS all_taken,
           sum(a.taken) OVER (whole ORDER BY a.tier DESC, a.rank COLLATE "C" DESC NULLS FIRST, a.due_at DESC,
                              a.demand_id DESC) AS running
    FROM leaving k
    CROSS JOIN LATERAL (
        SELECT on_hand FROM inventory_stocklevel
        WHERE used_by_id = k.used_by_id AND site_id = k.site_id AND item_id = k.item_id
        OFFSET 0
    ) l
    CROSS JOIN LATERAL (
        SELECT a.demand_id, d.document_number, d.tier, d.due_at, p.rank,
               (SELECT sum(part.quantity) FROM unnest(a.supply_ids, a.quantities) AS part(source, quantity)
                WHERE part.source = 0) AS taken
        FROM inventory_allocation a
        JOIN inventory_demand d ON d.id = a.demand_id
        LEFT JOIN inventory_priority p ON p.id = d.priority_id
        WHERE a.used_by_id = k.used_by_id AND a.site_id = k.site_id AND a.item_id = k.item_id
          AND a.supply_ids @> '{0}'::bigint[] AND NOT EXISTS (SELECT 1 FROM own WHERE own.id = a.demand_id)
        OFFSET 0
    ) a
    WINDOW whole AS (PARTITION BY k.item_id, k.site_id, k.used_by_id)
)
SELECT i.sku, o.document_number, least(o.taken, o.lacking - (o.running - o.taken))
FROM (SELECT *, quantity - own_taken - (on_hand - own_taken - all_taken) AS lacking FROM other) o
JOIN inventory_item i ON i.id = o.item_id
WHERE o.running - o.taken < o.lacking
ORDER BY i.sku, o.site_id, o.running
""",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A document that loses so much of an item's stock on hand that it counted on."""

    sku: str
    document_number: str
    quantity: Decimal


def losses(leaving: Mapping[LevelKey, Decimal], *, kind: DemandKind, line_ids: Collection[int]) -> list[Loss]:
    """Who loses when these quantities leave for these lines; those who stand last lose first.

    By the allocations as the workers left them: nothing is refused for it.
    """
    rows = _LOSERS.all(
        {
            "kind": kind.value,
            "lines": list(line_ids),
            "items": [key.item_id for key in leaving],
            "sites": [key.site_id for key in leaving],
            "users": [key.used_by_id for key in leaving],
            "quantities": list(leaving.values()),
        }
    )
    return [Loss(*row) for row in rows]
