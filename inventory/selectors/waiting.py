"""Who counts on what is to come."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

# The allocations at the supply's key, of which there are few, unnested to the parts that the supply serves.
_WAITING = """
SELECT s.line_id, d.document_kind, d.document_id, d.document_number, d.party_name, d.due_on, part.quantity, a.late_days
FROM inventory_supply s
JOIN inventory_allocation a ON a.used_by_id = s.used_by_id AND a.site_id = s.site_id AND a.item_id = s.item_id
    AND s.id = ANY(a.supply_ids)
JOIN inventory_demand d ON d.id = a.demand_id
LEFT JOIN inventory_priority p ON p.id = d.priority_id
CROSS JOIN LATERAL unnest(a.supply_ids, a.quantities) AS part(supply_id, quantity)
WHERE s.document_kind = %(kind)s AND s.document_id = %(id)s AND s.closed_at IS NULL AND part.supply_id = s.id
ORDER BY s.line_id, d.tier, p.rank COLLATE "C" NULLS LAST, d.due_at, d.id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A demand that takes `quantity` of a supply; by `late_days` it gets all of its own after its need."""

    document_kind: str
    document_id: int
    number: str
    party_name: str
    due_on: date
    quantity: Decimal
    late_days: int


def waiting_for(kind: str, document_id: int) -> dict[int, list[Waiting]]:
    """Who takes what a document brings, by its line, in the order served, as the workers left it; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"kind": kind, "id": document_id})
        rows = cursor.fetchall()
    found: dict[int, list[Waiting]] = {}
    for line_id, *waiting in rows:
        found.setdefault(line_id, []).append(Waiting(*waiting))
    return found
