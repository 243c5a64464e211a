"""Material of one company at a site that another operates: what lies there, what comes and goes, and for which steps.

The same rows for both sides: for whoever holds them at his site, and for whoever they belong to. No prices.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from core.clock import local_date
from inventory.choices import LocationKind, LotKind, SupplyKind
from inventory.models import StockBalance, Supply, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import OPEN_STATES as OPEN_TRANSFERS
from inventory.rules.transfers import in_transit
from production.choices import BillLineKind
from production.models import ManufacturingOrderComponent, Task
from production.selectors import tasks
from sites.access import Access

MOST = 200


@dataclass(frozen=True)
class Need:
    """A step that wants `quantity` of it (of work in progress: what it still starts with), and from when on."""

    task: Task
    quantity: Decimal
    needed_on: date


@dataclass(frozen=True)
class Held:
    """What lies there of an item, lot and owner, in the item's unit; `needs` are the steps that want it, by date."""

    balance: StockBalance
    quantity: Decimal
    needs: Sequence[Need] = field(default=())

    @property
    def wanted(self) -> Decimal:
        return sum((need.quantity for need in self.needs), Decimal(0))

    @property
    def missing(self) -> Decimal:
        """What the steps want beyond what lies in this row."""
        return max(self.wanted - self.quantity, Decimal(0))


def steps(access: Access, site_ids: Collection[int]) -> QuerySet[Task]:
    """Open operations of orders of others at these sites, by rank."""
    rows = tasks.with_names(tasks.open_tasks(access)).filter(site__in=site_ids)
    return tasks.by_rank(rows.exclude(company=F("site__company")))


def held(access: Access, site_ids: Collection[int], steps: Sequence[Task]) -> list[Held]:
    """What lies at these sites and belongs to another company than their operator: what is wanted first on top.

    What a step wants stands at the first lot of its item there. Two queries.
    """
    rows = StockBalance.objects.filter(
        access.q(companies=["owner"], sites=["site"]), site__in=site_ids, quantity__gt=0
    ).exclude(Q(owner=F("site__company")) | Q(location__kind=LocationKind.TRANSIT))
    rows = rows.select_related("item__unit", "site", "lot", "owner", "location")
    by_item, by_order = _needs(steps)
    found = []
    for row in rows.order_by("site__code", "item__sku", "lot__began_on", "pk")[:MOST]:
        is_work = row.lot is not None and row.lot.kind == LotKind.WIP
        wanted = by_order.get((row.lot.source_id, row.site_id), []) if is_work and row.lot else []
        found.append(Held(row, row.quantity, wanted if is_work else by_item.pop((row.item_id, row.site_id), [])))
    return sorted(found, key=lambda one: one.needs[0].needed_on if one.needs else date.max)


def _needs(
    steps: Sequence[Task],
) -> tuple[defaultdict[tuple[int, int], list[Need]], dict[tuple[int | None, int], list[Need]]]:
    """What the steps want, by item and site; and of the pieces themselves, by order and site its first step there."""
    by_item: defaultdict[tuple[int, int], list[Need]] = defaultdict(list)
    by_order: dict[tuple[int | None, int], list[Need]] = {}
    known = {task.pk: task for task in steps}
    parts = ManufacturingOrderComponent.objects.filter(
        task__in=list(known), kind=BillLineKind.COMPONENT, open_quantity__gt=0
    )
    for part in parts.order_by("pk"):
        task = known[part.task_id or 0]
        by_item[part.item_id, task.site_id].append(Need(task, part.open_quantity, needed_on(task)))
    for task in sorted(steps, key=lambda one: (one.order_id, one.number)):
        left = task.start_quantity - task.good_quantity - task.scrapped_quantity
        by_order.setdefault((task.order_id, task.site_id), [Need(task, max(left, Decimal(0)), needed_on(task))])
    for wanted in by_item.values():
        wanted.sort(key=lambda need: (need.needed_on, need.task.pk))
    return by_item, by_order


def needed_on(task: Task) -> date:
    """The day at its site on which it is to begin."""
    return local_date(task.planned_start_at or task.due_at, task.site.time_zone)


@dataclass(frozen=True)
class Way:
    """A line of an open transfer: `to_send` is not dispatched yet, `under_way` not yet there; `due_on` at its end."""

    line: TransferLine
    to_send: Decimal
    under_way: Decimal
    due_on: date | None

    @property
    def quantity(self) -> Decimal:
        return self.to_send + self.under_way


def coming(access: Access, site_ids: Collection[int]) -> list[Way]:
    """What transfers bring to these sites for others than their operator, the earliest first."""
    return _ways(access, Q(transfer__destination__in=site_ids), "destination")


def going(access: Access, site_ids: Collection[int]) -> list[Way]:
    """What transfers are still to fetch from these sites that belongs to others, the earliest first."""
    return [way for way in _ways(access, Q(transfer__origin__in=site_ids), "origin") if way.to_send > 0]


def _ways(access: Access, where: Q, end: str) -> list[Way]:
    lines = TransferLine.objects.filter(
        where,
        access.q(companies=["transfer__company"], sites=["transfer__origin", "transfer__destination"]),
        transfer__state__in=OPEN_TRANSFERS,
    ).exclude(transfer__owner=F(f"transfer__{end}__company"))
    rows = lines.select_related("transfer__origin", "transfer__destination", "transfer__owner", "item__unit", "wip_lot")
    ways = [Way(row, open_quantity(row), in_transit(row), row.expected_on or row.need_by_on) for row in rows[:MOST]]
    return _by_date(way for way in ways if way.quantity > 0)


def _by_date(ways: Iterable[Way]) -> list[Way]:
    return sorted(ways, key=lambda way: (way.due_on or date.max, way.line.pk))


def bought(access: Access, site_ids: Collection[int]) -> QuerySet[Supply]:
    """What suppliers bring to these sites for another company than their operator; who they are is not told."""
    rows = Supply.objects.filter(
        access.q(companies=["used_by"], sites=["site"]),
        kind=SupplyKind.PURCHASE_LINE,
        site__in=site_ids,
        closed_at=None,
        open_quantity__gt=0,
    ).exclude(used_by=F("site__company"))
    return rows.select_related("item__unit", "site", "used_by").order_by("due_on", "pk")[:MOST]
