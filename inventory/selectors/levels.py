"""Levels: the live figures, what they are made of, and how they go on day by day."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from inventory.choices import ON_HAND_KINDS, LocationKind, LotState
from inventory.drafts import LevelKey
from inventory.models import Demand, StockBalance, StockLevel, Supply
from inventory.selectors import allocations, registers
from inventory.selectors.allocations import Line
from inventory.services.recompute import Figures, preview
from sites.access import Access

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OnHandRow:
    """What stands in one place; `blocked` says why it serves nobody, empty if it does."""

    balance: StockBalance
    blocked: str


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """What is to come and how much of it nobody has taken."""

    supply: Supply
    arrives_on: date
    free_quantity: Decimal

    @property
    def is_overdue(self) -> bool:
        return self.supply.due_on < self.arrives_on


@dataclass(frozen=True, slots=True)
class LevelExplained:
    """A level's figures with the rows whose sums they are; `lines` in the order they are served."""

    key: LevelKey
    figures: Figures
    balances: Sequence[OnHandRow]
    lines: Sequence[Line]
    supplies: Sequence[SupplyRow]


@dataclass(frozen=True, slots=True)
class Change:
    """A dated demand (negative) or supply (positive) of a document."""

    document_kind: str
    document_id: int
    document_number: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ProjectedDay:
    """The balance at the end of a day at the site; past due counts as today."""

    on_date: date
    balance: Decimal
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class SetFigures:
    """The figures of an item over several sites.

    What moves inside the set has left `committed` and `expected`: what has been dispatched of it counts once, in
    `in_transit`. So projected = on_hand − committed + expected + in_transit_inside. Missing and excess are added up
    and never netted; the dates are the earliest.
    """

    on_hand: Decimal
    blocked: Decimal
    in_wip: Decimal
    committed: Decimal
    expected: Decimal
    available: Decimal
    projected: Decimal
    safety_stock: Decimal
    missing: Decimal
    excess: Decimal
    in_transit: Decimal
    in_transit_inside: Decimal
    stock_out_on: date | None
    order_by_on: date | None


def levels(access: Access) -> QuerySet[StockLevel]:
    """Levels of his companies, and any at his sites."""
    return StockLevel.objects.filter(access.q(companies=["used_by"], sites=["site"]))


def level_explained(key: LevelKey, *, now: datetime) -> LevelExplained:
    """A level as committed now, with its balances, demands and supplies; a handful of queries."""
    figures = preview([key], now=now).levels[key]
    today = figures.computed_for
    lines = allocations.served_in_order([key], now=now, is_fresh=True)[key]
    supplies = list(
        registers.counted(registers.at_keys(Supply.objects.all(), [key])).order_by("due_on", "due_at", "id")
    )
    free = allocations.free_by_supply(lines, supplies)
    return LevelExplained(
        key=key,
        figures=figures,
        balances=_balances(key, today),
        lines=lines,
        supplies=[SupplyRow(row, max(row.due_on, today), free[row.pk]) for row in supplies],
    )


def projected_balance(key: LevelKey, *, days: int, now: datetime) -> list[ProjectedDay]:
    """The balance at the end of today and of each of the next `days` days, with what changes it."""
    figures = preview([key], now=now).levels[key]
    today = figures.computed_for
    changes: defaultdict[date, list[Change]] = defaultdict(list)
    rows: list[tuple[Demand | Supply, int]] = [
        *((row, -1) for row in registers.counted(registers.at_keys(Demand.objects.all(), [key]))),
        *((row, 1) for row in registers.counted(registers.at_keys(Supply.objects.all(), [key]))),
    ]
    for row, sign in sorted(rows, key=lambda pair: (pair[0].due_at, pair[0].pk)):
        change = Change(row.document_kind, row.document_id, row.document_number, sign * row.open_quantity)
        changes[max(row.due_on, today)].append(change)
    balance, series = figures.on_hand, []
    for on_date in (today + timedelta(days=offset) for offset in range(days + 1)):
        balance += sum((change.quantity for change in changes[on_date]), ZERO)
        series.append(ProjectedDay(on_date, balance, changes[on_date]))
    return series


# Flows with both ends in the set; for one company's reader those of his companies, or between his own sites.
_SET = """
WITH level AS (
    SELECT l.* FROM inventory_stocklevel l
    WHERE l.item_id = ANY(%(items)s) AND l.site_id = ANY(%(sites)s) AND {levels}
), flow AS (
    SELECT f.item_id, sum(f.committed) AS committed, sum(f.expected) AS expected, sum(f.in_transit) AS in_transit
    FROM inventory_transferflow f
    WHERE f.item_id = ANY(%(items)s) AND f.origin_id = ANY(%(sites)s) AND f.destination_id = ANY(%(sites)s) AND {flows}
    GROUP BY f.item_id
), total AS (
    SELECT item_id, sum(on_hand) AS on_hand, sum(blocked) AS blocked, sum(in_wip) AS in_wip,
           sum(committed) AS committed, sum(expected) AS expected, sum(projected) AS projected,
           sum(safety_stock) AS safety_stock, sum(missing) AS missing, sum(excess) AS excess,
           sum(in_transit) AS in_transit, min(stock_out_on) AS stock_out_on, min(order_by_on) AS order_by_on
    FROM level GROUP BY item_id
)
SELECT t.item_id, t.on_hand, t.blocked, t.in_wip, t.committed - coalesce(f.committed, 0),
       t.expected - coalesce(f.expected, 0), t.on_hand - t.committed + coalesce(f.committed, 0), t.projected,
       t.safety_stock, t.missing, t.excess, t.in_transit, coalesce(f.in_transit, 0), t.stock_out_on, t.order_by_on
FROM total t LEFT JOIN flow f ON f.item_id = t.item_id
"""


def figures_for_sites(item_ids: Collection[int], site_ids: Collection[int], *, access: Access) -> dict[int, SetFigures]:
    """The figures of items over a set of sites, as far as the reader sees; one query. See `SetFigures`."""
    level_condition, parameters = access.sql(companies=["l.used_by_id"], sites=["l.site_id"])
    flow_condition = _flows_seen(access)
    sql = _SET.format(levels=level_condition, flows=flow_condition)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"items": list(item_ids), "sites": list(site_ids), **parameters})
        return {row[0]: SetFigures(*row[1:]) for row in cursor.fetchall()}


def _flows_seen(access: Access) -> str:
    if access.is_superuser:
        return "TRUE"
    both_ends = "f.origin_id = ANY(%(access_sites)s) AND f.destination_id = ANY(%(access_sites)s)"
    return f"(f.company_id = ANY(%(access_companies)s) OR {both_ends})"


def _balances(key: LevelKey, today: date) -> list[OnHandRow]:
    rows = (
        StockBalance.objects.filter(item_id=key.item_id, site_id=key.site_id, used_by_id=key.used_by_id, quantity__gt=0)
        .exclude(location__kind=LocationKind.TRANSIT.value)
        .select_related("location", "lot", "owner")
        .order_by("location__code", "lot__number", "id")
    )
    return [OnHandRow(row, _blocked(row, today)) for row in rows]


def _blocked(row: StockBalance, today: date) -> str:
    if row.location.kind not in ON_HAND_KINDS:
        return str(LocationKind(row.location.kind).label)
    if row.lot is None:
        return ""
    if row.lot.state != LotState.OK:
        return str(LotState(row.lot.state).label)
    if row.lot.expires_on is not None and row.lot.expires_on < today:
        return f"expired on {row.lot.expires_on}"
    return ""
