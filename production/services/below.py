"""What stands below a manufacturing order in the order of locks: its legs and the orders of its services."""

from inventory.locks import documents
from inventory.services.transfers import legs
from production.models import Task
from purchasing.locks import lock_orders
from purchasing.models import PurchaseOrderLine


def lock(order_id: int) -> None:
    """Lock an order's open legs, then the orders of its services, by id; whoever locks the order too does it after."""
    for transfer_id in legs.of_order(order_id):
        documents.transfer(transfer_id)
    lines = Task.objects.filter(order=order_id).exclude(purchase_line=None).values_list("purchase_line_id", flat=True)
    lock_orders(PurchaseOrderLine.objects.filter(pk__in=list(lines)).values_list("order_id", flat=True))


def service_lines(order_id: int) -> list[int]:
    """The purchase lines of an order's services."""
    lines = Task.objects.filter(order=order_id).exclude(purchase_line=None)
    return list(lines.order_by("pk").values_list("purchase_line_id", flat=True))
