"""Reading manufacturing orders, each within a reader's access."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from inventory.choices import PoolKind
from inventory.models import CostPool
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent
from sites.access import Access


@dataclass(frozen=True, slots=True)
class Cost:
    """What is issued to an order and not yet in what it made, in the currency of its company."""

    value: Decimal
    currency: str


def visible_orders(access: Access) -> QuerySet[ManufacturingOrder]:
    """Orders of his companies, and those at his sites."""
    return ManufacturingOrder.objects.filter(access.q(companies=["company"], sites=["site"]))


def with_parts(orders: QuerySet[ManufacturingOrder]) -> QuerySet[ManufacturingOrder]:
    """The same with components and reports in order, in two more queries."""
    related = ("item__unit", "unit", "site")
    components = ManufacturingOrderComponent.objects.select_related(*related).order_by("line_no", "pk")
    return orders.prefetch_related(
        Prefetch("components", queryset=components),
        Prefetch("completions", queryset=Completion.objects.order_by("pk")),
    )


def visible_completions(access: Access) -> QuerySet[Completion]:
    """Reports on the orders that he sees."""
    return Completion.objects.filter(order__in=visible_orders(access))


def states(ids: Collection[int]) -> dict[int, str]:
    """The states of orders, for pages that only name them; the caller has seen to who may."""
    return dict(ManufacturingOrder.objects.filter(pk__in=ids).values_list("pk", "state"))


def open_costs(order_ids: Collection[int], access: Access) -> dict[int, Cost]:
    """The cost in the pools of orders of the reader's own companies; one query."""
    if not order_ids:
        return {}
    pools = CostPool.objects.filter(access.valued("owner"), kind=PoolKind.MO, source_id__in=list(order_ids))
    return {
        order_id: Cost(value, currency)
        for order_id, value, currency in pools.values_list("source_id", "value", "currency")
        if order_id is not None
    }


def matching(orders: QuerySet[ManufacturingOrder], text: str) -> QuerySet[ManufacturingOrder]:
    """Orders with every word in number, item or reference, whatever the case."""
    for word in text.split():
        orders = orders.filter(
            Q(number__icontains=word)
            | Q(item__sku__icontains=word)
            | Q(item__name__icontains=word)
            | Q(external_reference__icontains=word)
        )
    return orders
