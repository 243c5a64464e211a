"""Sales orders: everything that can be done to one."""

from sales.services.sales_orders.closing import cancel, close
from sales.services.sales_orders.creating import create, create_many
from sales.services.sales_orders.editing import block, edit, unblock
from sales.services.sales_orders.opening import open, open_many, rank
from sales.services.sales_orders.shipping import reverse, reverse_shipment, ship

__all__ = [
    "block",
    "cancel",
    "close",
    "create",
    "create_many",
    "edit",
    "open",
    "open_many",
    "rank",
    "reverse",
    "reverse_shipment",
    "ship",
    "unblock",
]
