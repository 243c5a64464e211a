"""Reading purchasing, each within a reader's access."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from inventory.selectors.amounts import net_amount, ordered_value
from purchasing.choices import PurchaseOrderState
from purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierItem,
    SupplierPrice,
)
from sites.access import Access

# Whom a company deals with by buying: its suppliers, and those that it is a supplier of.
PARTNERS = """
SELECT party_id FROM purchasing_supplier WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT company_id FROM purchasing_supplier WHERE party_id = ANY(%(companies)s::bigint[])
"""


def states(ids: Collection[int]) -> dict[int, str]:
    """The states of orders, for pages that only name them; the caller has seen to who may."""
    return dict(PurchaseOrder.objects.filter(pk__in=ids).values_list("pk", "state"))


def suppliers(access: Access) -> QuerySet[Supplier]:
    """Suppliers of his companies, and of those for whom he works at a site."""
    if access.is_superuser:
        return Supplier.objects.all()
    return Supplier.objects.filter(company__in=_buyers(access))


def supplier_items(access: Access) -> QuerySet[SupplierItem]:
    """What the suppliers of his companies sell, with price breaks; one query more."""
    prices = Prefetch("prices", SupplierPrice.objects.order_by("minimum_quantity", "valid_from_on", "pk"))
    rows = (
        SupplierItem.objects.all() if access.is_superuser else SupplierItem.objects.filter(company__in=_buyers(access))
    )
    return rows.prefetch_related(prices)


def purchase_orders(access: Access) -> QuerySet[PurchaseOrder]:
    """Orders that his companies buy or deliver, and those that come to a site where he works or that they operate.

    The supplier, and who runs the site for another, see no drafts.
    """
    seen = access.documents(parties=["company"])
    if not access.is_superuser:
        others = Q(supplier__party__in=sorted(access.company_ids))
        if access.site_ids:
            coming = PurchaseOrderLine.objects.filter(order=OuterRef("pk"), site__in=sorted(access.site_ids))
            others |= Q(Exists(coming))
        seen |= ~Q(state=PurchaseOrderState.DRAFT) & others
    return PurchaseOrder.objects.filter(seen)


def receipts(access: Access) -> QuerySet[Receipt]:
    """Receipts of the orders of his companies and sites, and those that came to his sites."""
    seen = access.documents(parties=["company", "order__supplier__party"], site="order__site", company="order__company")
    return Receipt.objects.filter(seen if access.is_superuser else seen | access.q(sites=["site"]))


def lines() -> QuerySet[PurchaseOrderLine]:
    """Order lines with item, unit and site, and `net_amount` in the order's currency."""
    rows = PurchaseOrderLine.objects.select_related("item__unit", "unit", "site")
    return rows.annotate(net_amount=net_amount(ordered_value(), "order__currency"))


def with_net_amount(orders: QuerySet[PurchaseOrder]) -> QuerySet[PurchaseOrder]:
    """Orders with `net_amount`: the sum of their lines', each rounded; a subquery a row that is shown."""
    sums = lines().select_related(None).filter(order=OuterRef("pk")).order_by().values("order")
    return orders.annotate(net_amount=Subquery(sums.annotate(total=Sum("net_amount")).values("total")))


def with_lines(orders: QuerySet[PurchaseOrder]) -> QuerySet[PurchaseOrder]:
    """Orders with their lines in order; one query for all."""
    return orders.prefetch_related(Prefetch("lines", lines().order_by("line_no")))


def with_received_lines(rows: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """Receipts with what they brought; one query for all."""
    parts = ReceiptLine.objects.select_related("order_line__item__unit").order_by("pk")
    return rows.prefetch_related(Prefetch("lines", parts))


def matching(orders: QuerySet[PurchaseOrder], text: str) -> QuerySet[PurchaseOrder]:
    """Orders with every word in number, supplier or his reference, whatever the case."""
    for word in text.split():
        orders = orders.filter(
            Q(number__icontains=word)
            | Q(external_reference__icontains=word)
            | Q(supplier__name__icontains=word)
            | Q(supplier__code__icontains=word)
        )
    return orders


def sold_by(supplier_ids: Collection[int], item_ids: Collection[int]) -> dict[tuple[int, int], SupplierItem]:
    """What these suppliers sell of these items, with their price breaks, by supplier and item; two queries."""
    prices = Prefetch("prices", SupplierPrice.objects.order_by("pk"))
    rows = SupplierItem.objects.filter(supplier_id__in=supplier_ids, item_id__in=item_ids).prefetch_related(prices)
    return {(row.supplier_id, row.item_id): row for row in rows}


def first_source(item_id: int, company_id: int) -> Supplier | None:
    """Whom a company buys an item from first: the best preference, a preferred supplier before others, the oldest."""
    rows = SupplierItem.objects.filter(item=item_id, company=company_id, supplier__archived_at=None)
    found = rows.select_related("supplier").order_by("preference", "-supplier__is_preferred", "pk").first()
    return found.supplier if found else None


def _buyers(access: Access) -> list[int]:
    return sorted({*access.company_ids, *access.member_sites.values()})
