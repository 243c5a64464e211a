"""Closing purchase orders short, and canceling them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import SupplyKind
from inventory.services.orders.closing import close_lines, to_close
from inventory.services.registers import close_supplies
from purchasing import events, rules
from purchasing.locks import lock_order
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from purchasing.rules import Step
from purchasing.services.access import require_planner


@service
def close(
    order_id: int, *, reason: str = "", line_ids: Sequence[int] | None = None, now: datetime, actor: Any
) -> PurchaseOrder:
    """Release what is still open, of the whole order or of these lines: it will not come.

    Closing the order leads to CLOSED; closing lines leaves the state to the lines. A reason is needed where
    something is released. Emits `purchase_order.closed` or `purchase_order.lines_closed`.

    :raises WrongState: when the order is a draft, closed or canceled.
    :raises InvalidInput: without a reason, or for a line that is not the order's.
    :raises NothingOpen: when nothing is open on a line named.
    """
    order = lock_order(order_id)
    require_planner(actor, order)
    step = Step.CLOSE if line_ids is None else Step.CLOSE_LINES
    rules.check(order.state, step, number=order.number)
    lines = list(PurchaseOrderLine.objects.filter(order=order).order_by("line_no"))
    released = to_close(order.number, lines, line_ids)
    if released and not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the rest does not come."})

    _release(order, lines, released, step, reason.strip())
    keys = close_supplies(SupplyKind.PURCHASE_LINE, [line.pk for line in released])
    events.record_order("closed" if line_ids is None else "lines_closed", order, keys=keys, actor=actor)
    return order


@service
def cancel(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> PurchaseOrder:
    """Cancel an order that received nothing: its supply ends. Emits `purchase_order.canceled`.

    :raises WrongState: when something was received (then it is closed), or it is closed or canceled.
    """
    order = lock_order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.CANCEL, number=order.number)
    lines = list(PurchaseOrderLine.objects.filter(order=order).order_by("line_no"))
    released = to_close(order.number, lines, None)

    _release(order, lines, released, Step.CANCEL, reason.strip())
    keys = close_supplies(SupplyKind.PURCHASE_LINE, [line.pk for line in released])
    events.record_order("canceled", order, keys=keys, actor=actor)
    return order


def _release(
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    released: Sequence[PurchaseOrderLine],
    step: Step,
    reason: str,
) -> None:
    """Count what is open as closed; the caller holds the order's lock."""
    close_lines(PurchaseOrderLine, released, reason=reason)
    order.state = rules.state_after(order.state, step, lines)
    order.version += 1
    if step != Step.CLOSE_LINES:
        order.close_reason = reason
    order.save(update_fields=["state", "version", "close_reason"])
