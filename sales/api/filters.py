"""Filters of the lists of sales."""

from django.db.models import QuerySet
from django_filters import CharFilter, DateFilter

from core.api.filters import IdFilter, KeyFilter, WordsFilter
from inventory.api.order_filters import OrderFilter, PartnerFilter, PostedFilter, StatusFilter
from inventory.choices import DocumentKind
from sales import selectors
from sales.choices import SalesOrderState
from sales.models import Customer, SalesOrder, SalesOrderLine, Shipment


class CustomerFilter(PartnerFilter):
    """`search` finds a part of code, name or city."""

    searched = ("code", "name", "city")

    class Meta:
        model = Customer
        fields = ("country", "currency")


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


class ShipmentFilter(PostedFilter):
    customer = KeyFilter("order__customer__code")
    customer_id = IdFilter("order__customer_id")

    class Meta:
        model = Shipment
        fields = ()
