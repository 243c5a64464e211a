"""The one home of sales' locks. An order's lock guards its lines, shipments and demand rows."""

from collections.abc import Iterable

from core.errors import NotFound
from core.prepared import Statement
from sales.models import Customer, SalesOrder
from sites.models import Site

# Shipping is a hot path: through a queryset, compiling this costs several times what it does.
_ORDER_FIELDS = [field.attname for field in SalesOrder._meta.concrete_fields]
_COLUMNS = ", ".join(f'o."{field.column}"' for field in SalesOrder._meta.concrete_fields)

_LOCK = Statement(
    "sales_order_lock",
    f"""
SELECT {_COLUMNS}, c.party_id, c.name, s.code, s.time_zone
FROM sales_salesorder o
JOIN sales_customer c ON c.id = o.customer_id
JOIN sites_site s ON s.id = o.site_id
WHERE o.id = ANY(%(orders)s::bigint[])
ORDER BY o.id
FOR NO KEY UPDATE OF o
""",
)


def lock_orders(order_ids: Iterable[int]) -> dict[int, SalesOrder]:
    """Lock orders by id; those that are missing are left out.

    Of customer and site they carry what demand and events need; the rest is read when it is asked for.
    """
    orders = [_order(row) for row in _LOCK.all({"orders": sorted(set(order_ids))})]
    return {order.pk: order for order in orders}


def lock_order(order_id: int) -> SalesOrder:
    """Lock one order, as `lock_orders`.

    :raises NotFound: when there is none.
    """
    order = lock_orders([order_id]).get(order_id)
    if order is None:
        raise NotFound(f"There is no sales order {order_id}.")
    return order


def _order(row: tuple) -> SalesOrder:
    width = len(_ORDER_FIELDS)
    party_id, name, site_code, time_zone = row[width:]
    order = SalesOrder.from_db("default", _ORDER_FIELDS, row[:width])
    order.customer = Customer.from_db("default", ["id", "party_id", "name"], [order.customer_id, party_id, name])
    order.site = Site.from_db("default", ["id", "code", "time_zone"], [order.site_id, site_code, time_zone])
    return order
