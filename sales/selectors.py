"""Reading sales, each within a reader's access."""

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value

from inventory.selectors.amounts import net_amount, ordered_value
from sales.choices import SalesOrderState
from sales.models import Customer, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from sites.access import Access

# Whom a company deals with by selling: its customers, and those that it is a customer of.
PARTNERS = """
SELECT party_id FROM sales_customer WHERE company_id = ANY(%(companies)s::bigint[])
UNION SELECT company_id FROM sales_customer WHERE party_id = ANY(%(companies)s::bigint[])
"""


def customers(access: Access) -> QuerySet[Customer]:
    """Customers of his companies, and of those for whom he works at a site."""
    if access.is_superuser:
        return Customer.objects.all()
    sellers = sorted({*access.company_ids, *access.member_sites.values()})
    return Customer.objects.filter(company__in=sellers)


def sales_orders(access: Access) -> QuerySet[SalesOrder]:
    """Orders that his companies sell or buy, and those that leave from a site where he works or that they operate.

    Who runs the site for another sees what is to be packed there, so no quotes.
    """
    seen = access.documents(parties=["company", "customer__party"])
    if access.site_ids and not access.is_superuser:
        leaving = SalesOrderLine.objects.filter(order=OuterRef("pk"), site__in=sorted(access.site_ids))
        seen |= ~Q(state=SalesOrderState.QUOTE) & Q(Exists(leaving))
    return SalesOrder.objects.filter(seen)


def shipments(access: Access) -> QuerySet[Shipment]:
    """Shipments of the orders of his companies and sites, and those that left from his sites."""
    seen = access.documents(parties=["company", "order__customer__party"], site="order__site", company="order__company")
    return Shipment.objects.filter(seen if access.is_superuser else seen | access.q(sites=["site"]))


def lines() -> QuerySet[SalesOrderLine]:
    """Order lines with item, unit and site, and `net_amount` in the order's currency."""
    value = ordered_value() * (Value(1) - F("discount"))
    rows = SalesOrderLine.objects.select_related("item__unit", "unit", "site")
    return rows.annotate(net_amount=net_amount(value, "order__currency"))


def with_net_amount(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Orders with `net_amount`: the sum of their lines', each rounded; a subquery a row that is shown."""
    sums = lines().select_related(None).filter(order=OuterRef("pk")).order_by().values("order")
    return orders.annotate(net_amount=Subquery(sums.annotate(total=Sum("net_amount")).values("total")))


def with_lines(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Orders with their lines in order; one query for all."""
    return orders.prefetch_related(Prefetch("lines", lines().order_by("line_no")))


def with_shipped_lines(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Shipments with what they shipped; one query for all."""
    parts = ShipmentLine.objects.select_related("order_line__item__unit").order_by("pk")
    return rows.prefetch_related(Prefetch("lines", parts))


def matching(orders: QuerySet[SalesOrder], text: str) -> QuerySet[SalesOrder]:
    """Orders with every word in number, customer or his reference, whatever the case."""
    for word in text.split():
        orders = orders.filter(
            Q(number__icontains=word)
            | Q(external_reference__icontains=word)
            | Q(customer__name__icontains=word)
            | Q(customer__code__icontains=word)
        )
    return orders
