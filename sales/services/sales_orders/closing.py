"""Closing sales orders short, and canceling them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DemandKind
from inventory.services import ranks
from inventory.services.orders.closing import close_lines, to_close
from inventory.services.registers import close_demands
from sales import events, rules
from sales.locks import lock_order
from sales.models import SalesOrder, SalesOrderLine
from sales.rules import Step
from sales.services.access import require_planner


@service
def close(
    order_id: int, *, reason: str = "", line_ids: Sequence[int] | None = None, now: datetime, actor: Any
) -> SalesOrder:
    """Release what is still open, of the whole order or of these lines: it will not be shipped.

    Closing the order leads to CLOSED; closing lines leaves the state to the lines. A reason is needed where
    something is released. Emits `sales_order.closed` or `sales_order.lines_closed`.

    :raises WrongState: when the order is a quote, closed or canceled.
    :raises InvalidInput: without a reason, or for a line that is not the order's.
    :raises NothingOpen: when nothing is open on a line named.
    """
    order = lock_order(order_id)
    require_planner(actor, order)
    step = Step.CLOSE if line_ids is None else Step.CLOSE_LINES
    rules.check(order.state, step, number=order.number)
    lines = list(SalesOrderLine.objects.filter(order=order).order_by("line_no"))
    released = to_close(order.number, lines, line_ids)
    if released and not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the rest is not shipped."})

    _release(order, lines, released, step, reason.strip())
    keys = close_demands(DemandKind.SALES_LINE, [line.pk for line in released])
    events.record_order("closed" if line_ids is None else "lines_closed", order, keys=keys, actor=actor)
    return order


@service
def cancel(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> SalesOrder:
    """Cancel an order that shipped nothing: its demand ends. Emits `sales_order.canceled`.

    :raises WrongState: when something was shipped (then it is closed), or it is closed or canceled.
    """
    order = lock_order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.CANCEL, number=order.number)
    lines = list(SalesOrderLine.objects.filter(order=order).order_by("line_no"))
    released = to_close(order.number, lines, None)

    _release(order, lines, released, Step.CANCEL, reason.strip())
    keys = close_demands(DemandKind.SALES_LINE, [line.pk for line in released])
    events.record_order("canceled", order, keys=keys, actor=actor)
    return order


def _release(
    order: SalesOrder, lines: Sequence[SalesOrderLine], released: Sequence[SalesOrderLine], step: Step, reason: str
) -> None:
    """Count what is open as closed; the caller holds the order's lock."""
    close_lines(SalesOrderLine, released, reason=reason)
    order.state = rules.state_after(order.state, step, lines)
    order.version += 1
    if step != Step.CLOSE_LINES:
        order.close_reason = reason
    order.save(update_fields=["state", "version", "close_reason"])
    ranks.follow(order.priority_id, is_open=order.state in rules.OPEN_STATES)
