"""Releasing manufacturing orders: their recipes are frozen, their needs firm."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import inserts
from core.transactions import service
from inventory.services.orders.blocking import refuse_blocked
from production import events, locks
from production.choices import ManufacturingOrderState as State
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step, check
from production.services import components, registers, subject
from production.services.access import require_planner
from production.services.manufacturing_orders.creating import follow_bills, follow_steps
from production.services.steps import releasing as tasks

_WRITTEN = ("state", "released_at", "bill", "routing", "yield_factor", "start_quantity", "start_on", "version")


def release(order_id: int, *, now: datetime, actor: Any) -> ManufacturingOrder:
    """Freeze the recipe of today (or of the start, if that is later) into components and tasks; all becomes FIRM.

    Between steps at different sites it makes a leg, for a step at another company's site the order of a service, and
    a transfer of what the recipe brings from another site.
    Locks the order. Emits `manufacturing_order.released`.

    :raises WrongState: unless it is planned and not blocked.
    :raises InvalidInput: when a step is done by somebody who is no supplier of the company.
    """
    return release_many([order_id], now=now, actor=actor)[0]


@service
def release_many(order_ids: Sequence[int], *, now: datetime, actor: Any) -> list[ManufacturingOrder]:
    """Release many orders, all or none, in a number of statements that does not depend on how many."""
    orders = locks.orders(order_ids)
    for order in orders:
        require_planner(actor, order)
        check(order.state, Step.RELEASE, number=order.number)
        refuse_blocked(order)
        subject.refuse_unless_held(order)

    _follow_again(orders, now=now)
    steps = follow_steps(orders, now=now)
    tasks.price(orders, steps, now=now)
    tasks.write_tasks(steps)
    parts = _freeze(orders, steps, now=now)
    for order in orders:
        order.state = State.RELEASED
        order.released_at = now
        order.version += 1
    inserts.update(orders, _WRITTEN)

    tasks.write_ways(orders, steps, now=now, actor=actor)
    keys = registers.put(zip(orders, parts[0], strict=True)) | parts[1]
    keys |= tasks.feed(orders, parts[0], now=now, actor=actor)
    events.record_orders("released", orders, keys=keys, actor=actor)
    return orders


def _follow_again(orders: Sequence[ManufacturingOrder], *, now: datetime) -> None:
    """A bill that was put away since the order was planned gives way to the closest one now."""
    named = {
        place: order.bill_id if order.bill is not None and order.bill.archived_at is None else None
        for place, order in enumerate(orders)
    }
    follow_bills(orders, named, [""] * len(orders), now=now)


def _freeze(
    orders: Sequence[ManufacturingOrder], steps: tasks.Steps, *, now: datetime
) -> tuple[list[list[ManufacturingOrderComponent]], frozenset]:
    """Write the components anew where the recipe says something else than when the order was planned.

    Each is linked to its task and keeps what it costs today.
    """
    old: dict[int, list[ManufacturingOrderComponent]] = {order.pk: [] for order in orders}
    rows = ManufacturingOrderComponent.objects.filter(order_id__in=list(old)).order_by("order_id", "line_no", "pk")
    for component in rows:
        old[component.order_id].append(component)
    dates = {
        place: components.recipe_date(order, components.today_at(order, now)) for place, order in enumerate(orders)
    }
    new = components.build(orders, dates, steps)

    kept = [_kept(old[order.pk], fresh) for order, fresh in zip(orders, new, strict=True)]
    tasks.plan_material([component for parts in kept for component in parts])
    inserts.update(
        [component for parts in kept for component in parts if component.pk is not None], ["task", "planned_unit_cost"]
    )
    changed = [order.pk for order, parts in zip(orders, kept, strict=True) if parts is not old[order.pk]]
    return kept, replace(changed, old, [component for parts in kept for component in parts if component.pk is None])


def _kept(
    old: list[ManufacturingOrderComponent], fresh: list[ManufacturingOrderComponent]
) -> list[ManufacturingOrderComponent]:
    """The old components where they say the same as the fresh ones, then at their tasks."""
    if not components.same(old, fresh):
        return fresh
    for component, again in zip(old, fresh, strict=True):
        component.task, component.supply_site_id = again.task, again.supply_site_id
    return old


def replace(
    order_ids: Sequence[int],
    old: dict[int, list[ManufacturingOrderComponent]],
    new: Sequence[ManufacturingOrderComponent],
) -> frozenset:
    """Put new components in the place of the old ones of these orders; returns the level keys of the latter."""
    gone = [component.pk for order_id in order_ids for component in old[order_id]]
    if not gone and not new:
        return frozenset()
    keys = registers.close_components(gone)
    ManufacturingOrderComponent.objects.filter(pk__in=gone).delete()
    ManufacturingOrderComponent.objects.bulk_create(new)
    return keys
