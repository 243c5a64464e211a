"""For what a manufacturing order is made."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import Model, OuterRef, QuerySet, Subquery

from inventory.choices import DemandKind, DocumentKind
from inventory.models import Demand
from inventory.selectors.transfers import visible_transfers
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import OPEN_STATES
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


def without_demand(documents: Mapping[str, Collection[int]]) -> list[int]:
    """The open orders made for lines of these documents (ids by kind) on which nothing is open; two queries a kind."""
    found: set[int] = set()
    for kind, document_ids in documents.items():
        rows = Demand.objects.filter(document_kind=kind, document_id__in=list(document_ids), part=0)
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for demand_kind, line_id in rows.exclude(closed_at=None).values_list("kind", "line_id"):
            lines[demand_kind].append(line_id)
        for demand_kind, line_ids in lines.items():
            found.update(made_for(demand_kind, line_ids))
    return sorted(found)


def beyond_demand(documents: Mapping[str, Collection[int]]) -> list[int]:
    """The open orders that make more than the lines of these documents (ids by kind) still ask for; a query a kind."""
    found: set[int] = set()
    for kind, document_ids in documents.items():
        rows = Demand.objects.filter(document_kind=kind, document_id__in=list(document_ids), part=0, closed_at=None)
        asks = rows.filter(kind=OuterRef("source_kind"), line_id=OuterRef("source_id"))
        orders = ManufacturingOrder.objects.filter(source_id__isnull=False, state__in=OPEN_STATES)
        lines = list(rows.values_list("line_id", flat=True))
        beyond = orders.filter(source_id__in=lines, open_quantity__gt=Subquery(asks.values("open_quantity")[:1]))
        found.update(beyond.values_list("pk", flat=True))
    return sorted(found)


def made_for(kind: str, line_ids: Collection[int]) -> list[int]:
    """The open orders made for the demand of these lines."""
    rows = ManufacturingOrder.objects.filter(source_kind=kind, source_id__in=list(line_ids), state__in=OPEN_STATES)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def made_for_components_of(order_id: int) -> list[int]:
    """The open orders made for an order's components, and for theirs, down to the last; a query a level."""
    below: list[int] = []
    parents = [order_id]
    while parents:
        rows = ManufacturingOrderComponent.objects.filter(order__in=parents).values_list("pk", flat=True)
        parents = [pk for pk in made_for(DemandKind.MO_COMPONENT, list(rows)) if pk not in below]
        below += parents
    return below


def _is_seen(demand: Demand, access: Access) -> bool:
    visible = _VISIBLE.get(demand.document_kind)
    return visible is not None and visible(access).filter(pk=demand.document_id).exists()
