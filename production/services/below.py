"""What stands below a manufacturing order in the order of locks: legs, feeders and the orders of its services."""

from datetime import datetime
from typing import Any

from inventory.drafts import LevelKey
from inventory.locks import documents
from inventory.services.transfers import feeding, legs
from production.models import Task
from purchasing.locks import lock_orders
from purchasing.models import PurchaseOrderLine
from purchasing.services import services


def lock(order_id: int) -> None:
    """Lock an order's legs and feeders, then the orders of its services, by id; whoever locks the order too does it
    after.
    """
    ways = {*legs.of_order(order_id), *legs.ended_of_order(order_id), *feeding.of_order(order_id)}
    for transfer_id in sorted(ways):
        documents.transfer(transfer_id)
    lines = Task.objects.filter(order=order_id).exclude(purchase_line=None).values_list("purchase_line_id", flat=True)
    lock_orders(PurchaseOrderLine.objects.filter(pk__in=list(lines)).values_list("order_id", flat=True))


def end(order_id: int, *, reason: str, now: datetime, actor: Any) -> frozenset[LevelKey]:
    """Nothing of it goes on; the order has ended and the caller holds the locks. Returns the level keys to recompute.

    :raises GoodsOnTheWay: for work in progress between two sites.
    """
    legs.end(legs.of_order(order_id), reason=reason, now=now, actor=actor)
    services.end(service_lines(order_id), reason=reason, actor=actor)
    return feeding.end(order_id, reason=reason, actor=actor)


def resume(order_id: int, *, actor: Any) -> frozenset[LevelKey]:
    """All of it goes on; the order was closed and is open again, and the caller holds the locks."""
    begun = Task.objects.filter(order=order_id, good_quantity__gt=0).values_list("number", flat=True)
    legs.resume(legs.ended_of_order(order_id), offered={str(number) for number in begun}, actor=actor)
    services.resume(service_lines(order_id), actor=actor)
    return feeding.resume(order_id, actor=actor)


def service_lines(order_id: int) -> list[int]:
    """The purchase lines of an order's services."""
    lines = Task.objects.filter(order=order_id).exclude(purchase_line=None)
    return list(lines.order_by("pk").values_list("purchase_line_id", flat=True))
