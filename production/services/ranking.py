"""Moving an order in the one ranked list, and what the move does to all that compete with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from core.errors import NotFound
from core.transactions import service
from inventory.choices import Availability, DocumentKind
from inventory.drafts import LevelKey
from inventory.models import Allocation, Demand
from inventory.selectors import ranks as rank_selectors
from inventory.selectors.statuses import LineStatus, Status, worst
from inventory.services import ranks
from inventory.services.recompute import Served, preview
from production.models import ManufacturingOrder
from production.services import manufacturing_orders
from sales import rules as sales_rules
from sales.locks import lock_order
from sales.models import SalesOrder
from sales.services.access import require_planner

DocumentKey = tuple[str, int]


class Punctuality(IntEnum):
    """The worst last."""

    IN_TIME = 0
    LATE = 1
    NOT_AVAILABLE = 2


@dataclass(frozen=True)
class Effect:
    """How a document stood before a move and stands after it; `need_on` is when its first line is needed."""

    kind: str
    document_id: int
    number: str
    party_name: str
    need_on: date
    before: Status
    after: Status

    @property
    def was(self) -> Punctuality:
        return punctuality(self.before)

    @property
    def stands(self) -> Punctuality:
        return punctuality(self.after)


@dataclass(frozen=True)
class Reranked:
    """The order moved, its rank numbers, whom it affected, and the neighbors that it stood between before."""

    kind: str
    document_id: int
    number: str
    priority_id: int
    rank_before: int | None
    rank_after: int | None
    was_after_id: int | None
    was_before_id: int | None
    effects: list[Effect]


def move(
    priority_id: int, *, before: int | None = None, after: int | None = None, now: datetime, actor: Any
) -> Reranked:
    """Put the order that holds a priority directly before or after another priority of its company.

    The workers write what follows; the effects are worked out here from what is committed before and after the
    move, over the keys that the order asks at. A make-to-order chain is judged by its direct supplies.

    :raises NotFound: when no open order holds the priority.
    :raises WrongState, Forbidden, InvalidInput: as the order's own `rank`.
    """
    kind, document_id, number = _holder(priority_id)
    keys = _keys(priority_id)
    stood, rank_before = _served(keys, now), _position(priority_id)

    step = _move_sales_order if kind == DocumentKind.SALES_ORDER else manufacturing_orders.rank
    moved = step(document_id, before=before, after=after, now=now, actor=actor)

    return Reranked(
        kind,
        document_id,
        number,
        priority_id,
        rank_before,
        _position(priority_id),
        moved.was_after_id,
        moved.was_before_id,
        _effects(stood, _served(keys, now)),
    )


@service
def _move_sales_order(
    order_id: int, *, before: int | None, after: int | None, now: datetime, actor: Any
) -> ranks.Moved:
    """As `sales_orders.rank`, beside any order of the list: sales alone knows no orders made to stock."""
    order = lock_order(order_id)
    require_planner(actor, order)
    sales_rules.check(order.state, sales_rules.Step.RANK, number=order.number)
    assert order.priority_id is not None
    return ranks.move(order.priority_id, before=before, after=after, now=now, actor=actor)


def punctuality(status: Status) -> Punctuality:
    """Whether a document comes in time, late, or not by anything that is known."""
    if status.availability == Availability.NOT_AVAILABLE:
        return Punctuality.NOT_AVAILABLE
    return Punctuality.LATE if status.late_days > 0 else Punctuality.IN_TIME


def _holder(priority_id: int) -> tuple[str, int, str]:
    sale = SalesOrder.objects.filter(priority=priority_id).values_list("pk", "number").first()
    if sale is not None:
        return (DocumentKind.SALES_ORDER, *sale)
    making = ManufacturingOrder.objects.filter(priority=priority_id, source_id=None).values_list("pk", "number").first()
    if making is None:
        raise NotFound("There is no such order in the ranking.")
    return (DocumentKind.MANUFACTURING_ORDER, *making)


def _keys(priority_id: int) -> list[LevelKey]:
    rows = Demand.objects.filter(priority=priority_id, closed_at=None).order_by()
    return [LevelKey(*row) for row in rows.values_list("item_id", "site_id", "used_by_id").distinct()]


def _position(priority_id: int) -> int | None:
    return rank_selectors.positions([priority_id]).get(priority_id)


def _served(keys: Iterable[LevelKey], now: datetime) -> dict[int, Served]:
    return {row.demand_id: row for rows in preview(keys, now=now).allocations.values() for row in rows}


def _effects(stood: Mapping[int, Served], stands: Mapping[int, Served]) -> list[Effect]:
    """Documents with another status, those late before or after first, then by their need; three queries."""
    changed = [
        demand for demand in stood.keys() & stands.keys() if _standing(stood[demand]) != _standing(stands[demand])
    ]
    documents = _documents_of(changed)
    stored = _stored({demand.pk for rows in documents.values() for demand in rows} - stood.keys())
    effects = []
    for (kind, document_id), demands in documents.items():
        before, after = _status(demands, stood, stored), _status(demands, stands, stored)
        if before == after:
            continue
        first = demands[0]
        need_on = min(demand.due_on for demand in demands)
        effects.append(Effect(kind, document_id, first.document_number, first.party_name, need_on, before, after))
    return sorted(effects, key=lambda one: (one.was == one.stands, one.need_on, one.number))


def _standing(row: Served) -> tuple[Any, ...]:
    return row.availability, row.expected_on, row.late_days


def _documents_of(demand_ids: Iterable[int]) -> dict[DocumentKey, list[Demand]]:
    """The documents of these demands, with all their open demands."""
    keys = set(Demand.objects.filter(pk__in=list(demand_ids)).values_list("document_kind", "document_id"))
    found: dict[DocumentKey, list[Demand]] = {}
    rows = Demand.objects.filter(document_id__in=[document_id for _, document_id in keys], closed_at=None)
    for demand in rows.order_by("line_id", "part"):
        if (demand.document_kind, demand.document_id) in keys:
            found.setdefault((demand.document_kind, demand.document_id), []).append(demand)
    return found


def _stored(demand_ids: Iterable[int]) -> dict[int, Allocation]:
    return {row.demand_id: row for row in Allocation.objects.filter(demand_id__in=list(demand_ids))}


def _status(demands: Iterable[Demand], served: Mapping[int, Served], stored: Mapping[int, Allocation]) -> Status:
    rows = [served.get(demand.pk) or stored.get(demand.pk) for demand in demands]
    return worst(
        LineStatus(row.demand_id, row.availability, row.expected_on, row.late_days, row.quantity, row.served_quantity)
        for row in rows
        if row is not None
    )
