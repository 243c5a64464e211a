"""Who is served from what, in the published order, and who took it before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.drafts import LevelKey
from inventory.models import Allocation, Demand, Supply
from inventory.selectors import registers
from inventory.services.recompute import Served, preview

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a demand: so much of a supply, or (None) of the stock on hand."""

    supply: Supply | None
    quantity: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A demand and how it is served; `availability` is None until it has been worked out for the first time."""

    demand: Demand
    place: int
    availability: str | None
    expected_on: date | None
    late_days: int
    served_quantity: Decimal
    parts: Sequence[Part] = field(default_factory=tuple)

    @property
    def short_quantity(self) -> Decimal:
        """What nothing serves."""
        return self.demand.open_quantity - self.served_quantity


@dataclass(frozen=True, slots=True)
class CountedOn:
    """A demand that loses stock on hand that it counted on."""

    demand_id: int
    document_kind: str
    document_id: int
    document_number: str
    quantity: Decimal


def served_in_order(keys: Iterable[LevelKey], *, now: datetime, is_fresh: bool) -> dict[LevelKey, list[Line]]:
    """All counted demands at these keys, in the order they are served; four queries, however many there are.

    As the workers left it, or worked out from what is committed now.
    """
    keys = list(keys)
    open_demands = registers.counted(registers.at_keys(Demand.objects.select_related("priority"), keys))
    demands = sorted(open_demands.order_by(), key=_order)
    stored = _fresh(keys, now) if is_fresh else _stored(demands)
    sources = Supply.objects.in_bulk([source for row in stored.values() for source in row.supply_ids if source])
    lines: dict[LevelKey, list[Line]] = {key: [] for key in keys}
    for demand in demands:
        rows = lines[registers.key_of(demand)]
        rows.append(_line(demand, len(rows) + 1, stored.get(demand.pk), sources))
    return lines


def unserved(demand: Demand) -> Line:
    """A demand that was closed between two of our reads: nothing serves it."""
    return Line(demand, 1, None, None, 0, ZERO)


def takers_before(lines: Sequence[Line], line: Line, *, most: int) -> list[Line]:
    """The demands before this one that were served something, the nearest `most` of them, in order."""
    return [other for other in lines[: line.place - 1] if other.parts][-most:]


def free_by_supply(lines: Iterable[Line], supplies: Iterable[Supply]) -> dict[int, Decimal]:
    """What of each supply is given to nobody; nothing of a pegged one is free."""
    given: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        for part in line.parts:
            if part.supply is not None:
                given[part.supply.pk] += part.quantity
    return {row.pk: ZERO if row.pegged_demand_id else row.open_quantity - given[row.pk] for row in supplies}


_COUNTED_ON = """
SELECT a.demand_id, d.document_kind, d.document_id, d.document_number, l.on_hand,
       (SELECT sum(part.quantity) FROM unnest(a.supply_ids, a.quantities) AS part(source, quantity)
        WHERE part.source = 0) AS taken
FROM inventory_stocklevel l
LEFT JOIN (
    inventory_allocation a JOIN inventory_demand d ON d.id = a.demand_id
    LEFT JOIN inventory_priority p ON p.id = d.priority_id
) ON a.used_by_id = l.used_by_id AND a.site_id = l.site_id AND a.item_id = l.item_id AND a.supply_ids @> '{0}'::bigint[]
WHERE l.used_by_id = %(used_by)s AND l.site_id = %(site)s AND l.item_id = %(item)s
ORDER BY d.tier DESC, p.rank COLLATE "C" DESC NULLS FIRST, d.due_at DESC, d.id DESC
"""


def counted_on_by(key: LevelKey, quantity: Decimal, demand_ids: Collection[int]) -> list[CountedOn]:
    """Who loses stock on hand that he counted on, when `quantity` leaves for `demand_ids`; for the warning.

    Those who stand last lose first. By the allocation as the workers left it: one query, and nothing is refused
    for it. To be asked before the posting.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED_ON, {"used_by": key.used_by_id, "site": key.site_id, "item": key.item_id})
        rows = cursor.fetchall()
    if not rows:
        return []
    own = sum((row[5] for row in rows if row[0] in demand_ids), ZERO)
    others = [row for row in rows if row[0] is not None and row[0] not in demand_ids]
    lacking = quantity - own - (rows[0][4] - own - sum((row[5] for row in others), ZERO))
    losers = []
    for demand_id, kind, document_id, number, _, taken in others:
        if lacking <= 0:
            break
        losers.append(CountedOn(demand_id, kind, document_id, number, min(taken, lacking)))
        lacking -= taken
    return losers


def _fresh(keys: list[LevelKey], now: datetime) -> dict[int, Served]:
    return {row.demand_id: row for rows in preview(keys, now=now).allocations.values() for row in rows}


def _stored(demands: Sequence[Demand]) -> dict[int, Allocation]:
    rows = Allocation.objects.filter(demand_id__in=[demand.pk for demand in demands])
    return {row.demand_id: row for row in rows}


def _line(demand: Demand, place: int, row: Served | Allocation | None, sources: dict[int, Supply]) -> Line:
    if row is None:
        return Line(demand, place, None, None, 0, ZERO)
    parts = tuple(
        Part(sources.get(source), quantity, kind)
        for source, quantity, kind in zip(row.supply_ids, row.quantities, row.kinds, strict=True)
    )
    return Line(demand, place, row.availability, row.expected_on, row.late_days, row.served_quantity, parts)


def _order(demand: Demand) -> tuple[Any, ...]:
    """Tier, rank byte by byte, due, id; without a rank behind all that have one."""
    rank = demand.priority.rank.encode() if demand.priority else b""
    return demand.tier, demand.priority is None, rank, demand.due_at, demand.pk
