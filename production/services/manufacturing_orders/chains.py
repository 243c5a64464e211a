"""Make to order: for each line an order of its own, and one for each of its components that is made, down to the last.

All of a chain share the line's rank, and each is pegged to the demand it is made for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from core.clock import local_date
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DemandKind
from inventory.models import AllocationPin, Demand
from production import locks
from production.choices import BillKind
from production.choices import ManufacturingOrderState as State
from production.drafts import OrderDraft
from production.models import ManufacturingOrder
from production.rules import OPEN_STATES
from production.selectors.bills import BillKey, closest_bills
from production.selectors.sources import made_for, made_for_components_of
from production.services.manufacturing_orders.closing import cancel
from production.services.manufacturing_orders.creating import create_many
from sites.models import Site

ZERO = Decimal(0)
DEEPEST = 30


@dataclass(frozen=True)
class ToMake:
    """An order that `make_for` would make; `level` 0 is for the line itself."""

    level: int
    item_id: int
    site_id: int
    quantity: Decimal
    start_on: date | None
    due_on: date


class _OnlyAsking(Exception):
    """Takes back what a preview wrote."""


@service
def make_for(
    demand_ids: Collection[int], *, is_first_level_alone: bool = False, now: datetime, actor: Any
) -> list[ManufacturingOrder]:
    """Make what these demands ask for, to order: one order for each, and for each component that has a recipe.

    What open orders made for a demand bring already, and what it has pinned, isn't made again, so a second call makes
    nothing. A component without a recipe at its site is bought. Locks the demands. Emits
    `manufacturing_order.created`; returns the new orders, the topmost first.

    :raises InvalidInput: when there is no such open demand.
    :raises NoBill: when one of the demands has no recipe at its site.
    """
    return [order for _, order in _make(demand_ids, is_first_level_alone, now=now, actor=actor)]


def preview_for(
    demand_ids: Collection[int], *, is_first_level_alone: bool = False, now: datetime, actor: Any
) -> list[ToMake]:
    """What `make_for` would make now, with the same refusals; nothing is kept of it."""
    found: list[ToMake] = []
    try:
        with transaction.atomic():
            for level, order in _make(demand_ids, is_first_level_alone, now=now, actor=actor):
                row = ToMake(level, order.item_id, order.site_id, order.quantity, order.start_on, order.due_on)
                found.append(row)
            raise _OnlyAsking
    except _OnlyAsking:
        return found


@service
def unmake_for(demand_ids: Collection[int], *, now: datetime, actor: Any) -> list[ManufacturingOrder]:
    """Cancel what is made for these demands, and for the components of that, as far as it is still planned.

    What is released stays, and so does what is made for it. Locks each order, the topmost first.
    """
    canceled = []
    lines: list[tuple[str, int]] = list(Demand.objects.filter(pk__in=list(demand_ids)).values_list("kind", "line_id"))
    order_ids = sorted(
        {order_id for kind in {kind for kind, _ in lines} for order_id in made_for(kind, _lines_of(lines, kind))}
    )
    kept: set[int] = set()
    while order_ids:
        planned = ManufacturingOrder.objects.filter(pk__in=order_ids, state=State.PLANNED).order_by("pk")
        generation = []
        for order_id in planned.values_list("pk", flat=True):
            below = set(made_for_components_of(order_id))
            canceled.append(cancel(order_id, reason="Not made to order any more", now=now, actor=actor))
            generation += sorted(below - kept)
        kept.update(generation)
        order_ids = generation
    return canceled


def _lines_of(lines: Sequence[tuple[str, int]], kind: str) -> list[int]:
    return [line_id for one, line_id in lines if one == kind]


@service
def _make(
    demand_ids: Collection[int], is_first_level_alone: bool, *, now: datetime, actor: Any
) -> list[tuple[int, ManufacturingOrder]]:
    made: list[tuple[int, ManufacturingOrder]] = []
    demands = locks.demands(demand_ids)
    if len(demands) < len(set(demand_ids)) or any(demand.closed_at for demand in demands):
        raise InvalidInput(errors={"lines": "Nothing is open on one of these lines."})
    for level in range(DEEPEST):
        made += [(level, order) for order in create_many(_drafts(demands), now=now, actor=actor)]
        if is_first_level_alone:
            break
        demands = _below(demands, now=now)
        if not demands:
            break
    return made


def _drafts(demands: Sequence[Demand]) -> list[OrderDraft]:
    covered = _covered(demands)
    return [
        OrderDraft(
            item_id=demand.item_id,
            site_id=demand.site_id,
            company_id=demand.used_by_id,
            quantity=demand.open_quantity - covered.get(demand.pk, ZERO),
            due_on=demand.due_on,
            demand_id=demand.pk,
        )
        for demand in demands
        if demand.open_quantity > covered.get(demand.pk, ZERO)
    ]


def _covered(demands: Sequence[Demand]) -> dict[int, Decimal]:
    """What each demand has coming from orders made for it, or pinned."""
    by_line = {(demand.kind, demand.line_id): demand.pk for demand in demands}
    orders = ManufacturingOrder.objects.filter(
        source_kind__in={kind for kind, _ in by_line},
        source_id__in=[line_id for _, line_id in by_line],
        state__in=OPEN_STATES,
    )
    sums: dict[int, Decimal] = {}
    rows = orders.order_by().values_list("source_kind", "source_id").annotate(open=Sum("open_quantity"))
    for kind, line_id, quantity in rows:
        if (demand_id := by_line.get((kind, line_id or 0))) is not None:
            sums[demand_id] = quantity
    pins = AllocationPin.objects.filter(demand__in=list(by_line.values())).order_by()
    for demand_id, quantity in pins.values_list("demand_id").annotate(total=Sum(F("quantity"))):
        sums[demand_id] = sums.get(demand_id, ZERO) + quantity
    return sums


def _below(demands: Sequence[Demand], *, now: datetime) -> list[Demand]:
    """The open demands of the components of what is made for these, as far as they have a recipe; locked."""
    order_ids = [
        order_id
        for kind in sorted({demand.kind for demand in demands})
        for order_id in made_for(kind, [demand.line_id for demand in demands if demand.kind == kind])
    ]
    parts = Demand.objects.filter(kind=DemandKind.MO_COMPONENT, document_id__in=order_ids, part=0, closed_at=None)
    found = locks.demands(parts.order_by("pk").values_list("pk", flat=True))
    zones = dict(Site.objects.filter(pk__in={demand.site_id for demand in found}).values_list("pk", "time_zone"))
    keys = {
        demand.pk: BillKey(
            demand.item_id,
            demand.site_id,
            demand.used_by_id,
            max(demand.due_on, local_date(now, zones[demand.site_id])),
        )
        for demand in found
    }
    recipes = closest_bills(list(keys.values()))
    return [
        demand
        for demand in found
        if (bill := recipes.get(keys[demand.pk])) is not None and bill.kind != BillKind.PHANTOM
    ]
