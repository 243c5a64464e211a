"""The one home of sales' locks. An order's lock guards its lines, shipments and demand rows."""

from collections.abc import Iterable

from core.errors import NotFound
from sales.models import SalesOrder


def lock_orders(order_ids: Iterable[int]) -> dict[int, SalesOrder]:
    """Lock orders by id, with customer, site and company read along; those that are missing are left out."""
    orders = (
        SalesOrder.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "site", "company")
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
    return {order.pk: order for order in orders}


def lock_order(order_id: int) -> SalesOrder:
    """Lock one order.

    :raises NotFound: when there is none.
    """
    order = lock_orders([order_id]).get(order_id)
    if order is None:
        raise NotFound(f"There is no sales order {order_id}.")
    return order
