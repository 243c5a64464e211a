"""Who is served from what, in the published order, and who took it before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from inventory.drafts import LevelKey
from inventory.models import Allocation, AllocationPin, Demand, Supply
from inventory.selectors import registers
from inventory.services.recompute import Served, preview
from sites.access import Access

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


def visible_allocations(access: Access) -> QuerySet[Allocation]:
    """Allocations of his companies, and any at his sites."""
    return Allocation.objects.filter(access.q(companies=["used_by"], sites=["site"]))


def visible_pins(access: Access) -> QuerySet[AllocationPin]:
    """Pins of demands of his companies, and of any at his sites."""
    return AllocationPin.objects.filter(access.q(companies=["demand__used_by"], sites=["demand__site"]))


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
