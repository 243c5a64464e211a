"""Changing manufacturing orders: dates, notes, size, place in the ranks, block."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import versions
from core.clock import local_date
from core.dates import check_dates
from core.errors import InvalidInput, WrongState
from core.quantities import check_quantity
from core.transactions import service
from inventory.services import ranks
from inventory.services.orders import blocking
from inventory.services.orders.editing import refuse_unknown
from production import events, locks, rules
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step
from production.services import components, registers
from production.services.access import require_planner, require_reporter
from production.services.manufacturing_orders.creating import follow, follow_steps, set_due, set_starts
from production.services.manufacturing_orders.releasing import replace

_PLAIN = ("note", "external_reference", "lot_number", "promised_on", "expected_on")
_DUE = ("due_at", "due_on")
_CHANGEABLE = {*_PLAIN, *_DUE, "quantity"}
_WRITTEN = (*_PLAIN, *_DUE, "quantity", "start_quantity", "start_on", "yield_factor", "routing")


@service
def edit(
    order_id: int, changes: Mapping[str, Any], *, expected: int | None = None, now: datetime, actor: Any
) -> ManufacturingOrder:
    """Change an open order; what is not named stays. `quantity` only while it is planned.

    Locks the order. Emits `manufacturing_order.changed`.

    :raises StaleVersion: when the order's version is no longer the one `expected`.
    :raises WrongState: when its state does not allow the change.
    """
    refuse_unknown(changes, allowed=_CHANGEABLE)
    check_dates(changes)
    order = locks.order(order_id)
    require_planner(actor, order)
    versions.check(order, expected)
    rules.check(order.state, Step.EDIT, number=order.number)

    for name in _PLAIN:
        if name in changes:
            setattr(order, name, changes[name])
    _change_due(order, changes)
    parts, keys = _resize(order, changes, now=now)
    order.version += 1
    order.save(update_fields=[*_WRITTEN, "version"])

    events.record_order("changed", order, keys=registers.put([(order, parts)]) | keys, actor=actor)
    return order


@service
def rank(
    order_id: int, *, before: int | None = None, after: int | None = None, now: datetime, actor: Any
) -> ranks.Moved:
    """Put an order made to stock directly before or after another priority of its company's ranks.

    Locks the order, then the sequence. The rank's own service emits `priority.moved`.

    :raises WrongState: when it is made for a demand, whose order has the rank.
    """
    order = locks.order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.RANK, number=order.number)
    if order.source_id is not None or order.priority_id is None:
        raise WrongState(f"{order.number} is made for a demand and has its rank; move the order that asks for it.")
    return ranks.move(order.priority_id, before=before, after=after, now=now, actor=actor)


@service
def block(order_id: int, *, reason: str, now: datetime, actor: Any) -> ManufacturingOrder:
    """Stop an open order: it is neither released nor completed until it is unblocked. Emits
    `manufacturing_order.blocked`.

    :raises InvalidInput: without a reason.
    """
    return _set_block(order_id, blocked_at=now, reason=blocking.checked_reason(reason), verb="blocked", actor=actor)


@service
def unblock(order_id: int, *, now: datetime, actor: Any) -> ManufacturingOrder:
    """Let a blocked order go on. Emits `manufacturing_order.unblocked`."""
    return _set_block(order_id, blocked_at=None, reason="", verb="unblocked", actor=actor)


def _set_block(order_id: int, *, blocked_at: datetime | None, reason: str, verb: str, actor: Any) -> ManufacturingOrder:
    order = locks.order(order_id)
    require_reporter(actor, order)
    rules.check(order.state, Step.BLOCK, number=order.number)
    blocking.write(order, blocked_at=blocked_at, reason=reason)
    events.record_order(verb, order, actor=actor)
    return order


def _change_due(order: ManufacturingOrder, changes: Mapping[str, Any]) -> None:
    due_at, due_on = changes.get("due_at"), changes.get("due_on")
    if due_at is not None and due_on is not None:
        raise InvalidInput(errors={"due_on": "Give a date or a moment, not both."})
    if due_at is None and due_on is None:
        return
    set_due(order, due_at=due_at, due_on=due_on)
    set_starts([order])


def _resize(
    order: ManufacturingOrder, changes: Mapping[str, Any], *, now: datetime
) -> tuple[list[ManufacturingOrderComponent], frozenset]:
    """Write the components anew for another quantity; for another date alone, when they are needed."""
    parts = list(order.components.select_related("item__unit").order_by("line_no", "pk"))
    if "quantity" in changes:
        rules.check(order.state, Step.RESIZE, number=order.number)
        unit = order.item.unit
        order.quantity = check_quantity(changes["quantity"], decimals=unit.decimals, unit=unit.code)
        if order.bill is not None:
            follow(order, order.bill)
        on = components.recipe_date(order, local_date(now, order.site.time_zone))
        (new,) = components.build([order], {0: on}, follow_steps([order], now=now))
        for component in new:
            component.task = None  # there are tasks from the release on
        return new, replace([order.pk], {order.pk: parts}, new)
    if any(name in changes for name in _DUE):
        for component in parts:
            component.need_by_on = registers.needed_on(order)
        order.components.update(need_by_on=registers.needed_on(order))
    return parts, frozenset()
