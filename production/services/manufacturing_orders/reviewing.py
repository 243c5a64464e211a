"""Orders whose recipe or routing has changed since they froze it: marked, and marked as looked at."""

from datetime import datetime
from typing import Any

from core.transactions import service
from production import events, locks
from production.models import ManufacturingOrder
from production.rules import STARTED_STATES
from production.services.access import require_planner


def mark_changed(*, bill_id: int | None = None, routing_id: int | None = None, reason: str, actor: Any) -> int:
    """Have the released orders that follow a bill or routing reviewed; returns how many there are.

    They keep what they froze. To be called in the transaction that changes it; locks the orders. Emits
    `manufacturing_order.review_needed`.
    """
    follow = {"bill_id": bill_id} if bill_id is not None else {"routing_id": routing_id}
    rows = ManufacturingOrder.objects.filter(**follow, state__in=STARTED_STATES)
    orders = locks.orders(rows.order_by("pk").values_list("pk", flat=True))
    _write(orders, reason[:200])
    if orders:
        events.record_orders("review_needed", orders, actor=actor)
    return len(orders)


@service
def reviewed(order_id: int, *, now: datetime, actor: Any) -> ManufacturingOrder:
    """Say that an order was looked at after its recipe had changed. Emits `manufacturing_order.reviewed`."""
    order = locks.order(order_id)
    require_planner(actor, order)
    if order.review_reason:
        _write([order], "")
        events.record_orders("reviewed", [order], actor=actor)
    return order


def _write(orders: list[ManufacturingOrder], reason: str) -> None:
    for order in orders:
        order.review_reason = reason
        order.version += 1
    ManufacturingOrder.objects.bulk_update(orders, ["review_reason", "version"])
