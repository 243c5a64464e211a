"""Filters of the lists of sales."""

from django.db.models import Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.api.order_filters import OrderFilter, StatusFilter
from inventory.choices import DocumentKind
from sales import selectors
from sales.choices import SalesOrderState
from sales.models import Customer, SalesOrder, SalesOrderLine, Shipment


class CustomerFilter(FilterSet):
    """`search` finds a part of code, name or city."""

    code = KeyFilter("code")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    party = KeyFilter("party__code")
    party_id = IdFilter()
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)
    search = CharFilter(method="search_for")

    class Meta:
        model = Customer
        fields = ("country", "currency")

    def search_for(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return rows.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(city__icontains=value))


class SalesOrderFilter(OrderFilter, StatusFilter):
    """`search` finds words in number, customer and his reference."""

    state = WordsFilter(choices=SalesOrderState.values)
    customer = KeyFilter("customer__code")
    customer_id = IdFilter()
    need_by_from = DateFilter("need_by_on", "gte")
    need_by_to = DateFilter("need_by_on", "lte")
    search = CharFilter(method="search_for")

    line_model = SalesOrderLine
    document_kind = DocumentKind.SALES_ORDER

    class Meta:
        model = SalesOrder
        fields = ("external_reference",)

    def search_for(self, rows: QuerySet[SalesOrder], name: str, value: str) -> QuerySet[SalesOrder]:
        return selectors.matching(rows, value)


class ShipmentFilter(FilterSet):
    number = KeyFilter("number")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    order = KeyFilter("order__number")
    order_id = IdFilter()
    customer = KeyFilter("order__customer__code")
    customer_id = IdFilter("order__customer_id")
    is_reversed = BooleanFilter("reversed_at", "isnull", exclude=True)

    class Meta:
        model = Shipment
        fields = ()
