"""What imports of purchase orders and of their history ask of the orders that are there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from integrations.imports import resolving
from integrations.imports.nouns.orders import Group
from inventory.models import Item
from purchasing.models import PurchaseOrder, PurchaseOrderLine


def known_orders(company_id: int, references: Iterable[str]) -> dict[str, PurchaseOrder]:
    """The company's orders by the reference they were imported under, in small letters."""
    queryset = PurchaseOrder.objects.filter(company=company_id).exclude(external_reference="")
    return resolving.by_key(queryset, "external_reference", references)


def quantities(order_ids: Iterable[int]) -> Mapping[int, Mapping[int, Decimal]]:
    """Ordered quantities by order and item."""
    totals: defaultdict[int, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    lines = PurchaseOrderLine.objects.filter(order__in=list(order_ids))
    for order_id, item_id, quantity in lines.values_list("order", "item", "ordered_quantity"):
        totals[order_id][item_id] += quantity
    return totals


def sums(group: Group, items: Mapping[str, Item], name: str) -> dict[int, Decimal]:
    """The quantities that a file's order asks for, by item."""
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in group.rows:
        totals[items[row["item"].lower()].pk] += row[name]
    return dict(totals)
