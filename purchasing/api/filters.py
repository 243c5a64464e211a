"""Filters of the lists of purchasing."""

from django.db.models import QuerySet
from django_filters import CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.api.order_filters import OrderFilter, PartnerFilter, PostedFilter
from purchasing import selectors
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, Supplier, SupplierItem


class SupplierFilter(PartnerFilter):
    """`search` finds a part of code or name."""

    class Meta:
        model = Supplier
        fields = ("country", "currency", "is_preferred")


class SupplierItemFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()
    supplier = KeyFilter("supplier__code")
    supplier_id = IdFilter()
    item = KeyFilter("item__sku")
    item_id = IdFilter()

    class Meta:
        model = SupplierItem
        fields = ("supplier_sku",)


class PurchaseOrderFilter(OrderFilter):
    """`search` finds words in number, supplier and his reference."""

    state = WordsFilter(choices=PurchaseOrderState.values)
    supplier = KeyFilter("supplier__code")
    supplier_id = IdFilter()
    expected_from = DateFilter("expected_on", "gte")
    expected_to = DateFilter("expected_on", "lte")
    search = CharFilter(method="search_for")

    line_model = PurchaseOrderLine

    class Meta:
        model = PurchaseOrder
        fields = ("external_reference", "is_historical")

    def search_for(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return selectors.matching(rows, value)


class ReceiptFilter(PostedFilter):
    supplier = KeyFilter("order__supplier__code")
    supplier_id = IdFilter("order__supplier_id")

    class Meta:
        model = Receipt
        fields = ("is_historical",)
