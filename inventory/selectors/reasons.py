"""Why documents stand as they do: what serves each open line, and who took the stock before. For whole lists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.choices import Availability
from inventory.drafts import LevelKey
from inventory.models import Supply

ZERO = Decimal(0)
DocumentKey = tuple[str, int]
_WORST = {name: place for place, name in enumerate(Availability.values)}

# Open counted demands of documents with what the workers gave them; a demand not worked out yet has no availability.
_DEMANDS = """
SELECT d.document_kind, d.document_id, d.id, d.line_id, d.item_id, d.site_id, d.used_by_id, i.sku, u.decimals, u.code,
       s.code, d.open_quantity, d.due_on, a.availability, a.expected_on, coalesce(a.late_days, 0),
       coalesce(a.served_quantity, 0), a.supply_ids, a.quantities
FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS wanted(kind, id)
JOIN inventory_demand d ON d.document_kind = wanted.kind AND d.document_id = wanted.id
JOIN inventory_item i ON i.id = d.item_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
JOIN sites_site s ON s.id = d.site_id
LEFT JOIN inventory_allocation a ON a.demand_id = d.id
WHERE d.closed_at IS NULL AND d.firmness IN ('planned', 'firm')
ORDER BY d.document_kind, d.document_id, d.line_id, d.part
"""

# Each key's demands in the published order, with what each was given: one row a key, so that nothing is compared
# with everything; the nearest takers before a demand are then a short walk back.
_QUEUES = """
SELECT array_agg(d.id ORDER BY d.tier, p.rank COLLATE "C" NULLS LAST, d.due_at, d.id),
       array_agg(a.served_quantity > 0 ORDER BY d.tier, p.rank COLLATE "C" NULLS LAST, d.due_at, d.id)
FROM (SELECT DISTINCT item_id, site_id, used_by_id FROM inventory_demand WHERE id = ANY(%(demands)s)) k
JOIN inventory_allocation a USING (item_id, site_id, used_by_id)
JOIN inventory_demand d ON d.id = a.demand_id
LEFT JOIN inventory_priority p ON p.id = d.priority_id
GROUP BY k.item_id, k.site_id, k.used_by_id
"""

_TAKERS = """
SELECT d.id, d.document_kind, d.document_id, d.document_number, d.party_name, a.served_quantity, d.priority_id
FROM inventory_demand d JOIN inventory_allocation a ON a.demand_id = d.id WHERE d.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A part of a demand: so much of a supply, or of the stock on hand (no number)."""

    quantity: Decimal
    number: str = ""
    document_kind: str = ""
    document_id: int = 0
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Taker:
    """A demand that stands before and was given `quantity`."""

    document_kind: str
    document_id: int
    number: str
    party_name: str
    quantity: Decimal
    priority_id: int | None


@dataclass(frozen=True, slots=True)
class Reason:
    """How one open line is served. Quantities in the item's unit; `availability` is None until it is worked out."""

    demand_id: int
    line_id: int
    key: LevelKey
    sku: str
    decimals: int
    unit: str
    site: str
    open_quantity: Decimal
    due_on: date
    availability: str | None
    expected_on: date | None
    late_days: int
    served_quantity: Decimal
    sources: Sequence[Source] = ()
    takers: Sequence[Taker] = field(default_factory=tuple)

    @property
    def short_quantity(self) -> Decimal:
        """What nothing serves."""
        return self.open_quantity - self.served_quantity


def reasons(documents: Collection[DocumentKey], *, most_takers: int = 2) -> dict[DocumentKey, list[Reason]]:
    """The open lines of documents, with what serves each; of those short or late, the nearest takers before them.

    As the workers left it. Four queries, however many documents. Who takes is for the eyes of those alone who may
    see the levels: the caller asks for documents of the reader's own companies and sites.
    """
    rows = _demands(documents)
    supplies = _supplies(row[17] for row in rows)
    blamed = [row[2] for row in rows if row[13] is not None and (row[15] > 0 or row[16] < row[11])]
    takers = _takers(blamed, most_takers) if most_takers else {}
    found: dict[DocumentKey, list[Reason]] = {key: [] for key in documents}
    for row in rows:
        demand_id, line_id, *key = row[2:7]
        facts: list[Any] = [*row[7:17], _sources(row[17], row[18], supplies), takers.get(demand_id, ())]
        reason = Reason(demand_id, line_id, LevelKey(*key), *facts)
        found[row[0], row[1]].append(reason)
    return found


def worst(lines: Iterable[Reason]) -> Reason | None:
    """The line that keeps its document waiting: the worst, of those the last to come."""
    known = [line for line in lines if line.availability is not None]
    if not known:
        return None
    return max(
        known,
        key=lambda line: (
            _WORST[str(line.availability)],
            line.late_days,
            line.expected_on or date.min,
            line.short_quantity,
        ),
    )


def _demands(documents: Collection[DocumentKey]) -> list[tuple]:
    if not documents:
        return []
    parameters: dict[str, Any] = {
        "kinds": [kind for kind, _ in documents],
        "ids": [document_id for _, document_id in documents],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEMANDS, parameters)
        return cursor.fetchall()


def _supplies(ids: Iterable[Sequence[int] | None]) -> dict[int, Supply]:
    wanted = {source for row in ids for source in row or () if source}
    return Supply.objects.in_bulk(wanted) if wanted else {}


def _sources(
    ids: Sequence[int] | None, quantities: Sequence[Decimal] | None, supplies: Mapping[int, Supply]
) -> tuple[Source, ...]:
    found = []
    for source, quantity in zip(ids or (), quantities or (), strict=True):
        supply = supplies.get(source)
        if supply is None:
            found.append(Source(quantity))
        else:
            found.append(
                Source(quantity, supply.document_number, supply.document_kind, supply.document_id, supply.due_on)
            )
    return tuple(found)


def _takers(demand_ids: Sequence[int], most: int) -> dict[int, list[Taker]]:
    """The nearest takers before each of these demands, the nearest first."""
    if not demand_ids:
        return {}
    wanted = set(demand_ids)
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES, {"demands": list(demand_ids)})
        named: dict[int, list[int]] = {}
        for queue, is_served in cursor.fetchall():
            named |= _nearest(queue, is_served, wanted, most)
        cursor.execute(_TAKERS, [sorted({taker for takers in named.values() for taker in takers})])
        takers = {row[0]: Taker(*row[1:]) for row in cursor.fetchall()}
    return {demand: [takers[taker] for taker in ids if taker in takers] for demand, ids in named.items()}


def _nearest(queue: Sequence[int], is_served: Sequence[bool], wanted: set[int], most: int) -> dict[int, list[int]]:
    """For each wanted demand of a queue, the last `most` served ones before it, the nearest first."""
    before: list[int] = []
    found: dict[int, list[int]] = {}
    for demand_id, was_served in zip(queue, is_served, strict=True):
        if demand_id in wanted:
            found[demand_id] = before[: -most - 1 : -1]
        if was_served:
            before.append(demand_id)
    return found
