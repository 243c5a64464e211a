"""For what a manufacturing order is made."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, QuerySet

from inventory.choices import DocumentKind
from inventory.models import Demand
from inventory.selectors.transfers import visible_transfers
from production.models import ManufacturingOrder
from production.selectors.orders import visible_orders
from sales.selectors import sales_orders
from sites.access import Access

_VISIBLE: dict[str, Callable[[Access], QuerySet[Model]]] = {
    DocumentKind.SALES_ORDER: sales_orders,
    DocumentKind.TRANSFER: visible_transfers,
    DocumentKind.MANUFACTURING_ORDER: visible_orders,
}


@dataclass(frozen=True, slots=True)
class Source:
    """The demand that an order is made for; `demand` is None where its document is not the reader's to see."""

    demand: Demand | None


def source_of(order: ManufacturingOrder, access: Access) -> Source | None:
    """For what an order is made; None for stock. Two queries.

    Whoever runs the site makes it for another company, and need not know for which customer.
    """
    if order.source_id is None:
        return None
    demand = Demand.objects.filter(kind=order.source_kind, line_id=order.source_id, part=0).first()
    return Source(demand if demand and _is_seen(demand, access) else None)


def _is_seen(demand: Demand, access: Access) -> bool:
    visible = _VISIBLE.get(demand.document_kind)
    return visible is not None and visible(access).filter(pk=demand.document_id).exists()
