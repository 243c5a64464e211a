"""Purchase orders: everything that can be done to one."""

from purchasing.services.purchase_orders.closing import cancel, close
from purchasing.services.purchase_orders.creating import create, create_many
from purchasing.services.purchase_orders.editing import block, edit, unblock
from purchasing.services.purchase_orders.ordering import order, order_many
from purchasing.services.purchase_orders.receiving import receive, reverse, reverse_receipt

__all__ = [
    "block",
    "cancel",
    "close",
    "create",
    "create_many",
    "edit",
    "order",
    "order_many",
    "receive",
    "reverse",
    "reverse_receipt",
    "unblock",
]
