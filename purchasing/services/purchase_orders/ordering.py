"""Sending drafts to the supplier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import inserts
from core.clock import local_date
from core.errors import NotFound
from core.transactions import service
from inventory.services.orders.blocking import refuse_blocked
from purchasing import events, rules
from purchasing.locks import lock_orders
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from purchasing.rules import Step
from purchasing.services import supplies
from purchasing.services.access import require_planner


@service
def order(order_id: int, *, now: datetime, actor: Any) -> PurchaseOrder:
    """Order a draft: its supply becomes FIRM, so levels and allocation count on it. Locks the order.

    Emits `purchase_order.ordered`.

    :raises WrongState, DocumentBlocked: unless it is a draft that is not blocked.
    """
    return order_many([order_id], now=now, actor=actor)[0]


@service
def order_many(order_ids: Sequence[int], *, now: datetime, actor: Any) -> list[PurchaseOrder]:
    """Order drafts, all or none, in a number of statements that does not depend on how many.

    :raises WrongState, DocumentBlocked: unless all are drafts that are not blocked.
    """
    locked = lock_orders(order_ids)
    if missing := [order_id for order_id in order_ids if order_id not in locked]:
        raise NotFound(f"There is no purchase order {missing[0]}.")
    orders = [locked[order_id] for order_id in dict.fromkeys(order_ids)]
    for draft in orders:
        require_planner(actor, draft)
        rules.check(draft.state, Step.ORDER, number=draft.number)
        refuse_blocked(draft)
        draft.version += 1

    lines = list(PurchaseOrderLine.objects.filter(order__in=orders).order_by("order_id", "line_no"))
    order_locked(orders, lines, now=now, actor=actor)
    return orders


def order_locked(orders: list[PurchaseOrder], lines: list[PurchaseOrderLine], *, now: datetime, actor: Any) -> None:
    """Order these drafts, whose locks the caller holds (or which he has just made)."""
    by_id = {draft.pk: draft for draft in orders}
    for draft in orders:
        draft.state = rules.state_after(draft.state, Step.ORDER, ())
        draft.ordered_on = draft.ordered_on or local_date(now, draft.site.time_zone)
    inserts.update(orders, ["state", "ordered_on", "version"])

    keys = supplies.put([(by_id[line.order_id], line) for line in lines], now=now)
    events.record_orders("ordered", orders, keys=keys, actor=actor)
