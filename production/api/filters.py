"""Filters of the lists of production."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.api.order_filters import StatusFilter
from inventory.choices import DocumentKind
from production.choices import ManufacturingOrderState
from production.models import (
    BillOfMaterials,
    BillOfMaterialsLine,
    ManufacturingOrder,
    ManufacturingOrderComponent,
)
from production.rules import OPEN_STATES
from production.selectors import orders as selectors


class BillFilter(FilterSet):
    """`component` finds bills with a line of it, `valid_on` those that hold on a date."""

    item = KeyFilter("item__sku")
    item_id = IdFilter()
    component = KeyFilter(method="with_component")
    component_id = IdFilter(method="with_component_id")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)
    valid_on = DateFilter(method="hold_on")
    search = CharFilter(method="search_for")

    class Meta:
        model = BillOfMaterials
        fields = ("code", "revision")

    def with_component(self, rows: QuerySet[BillOfMaterials], name: str, value: str) -> QuerySet[BillOfMaterials]:
        return rows.filter(Exists(_lines().filter(component__sku__iexact=value)))

    def with_component_id(self, rows: QuerySet[BillOfMaterials], name: str, value: int) -> QuerySet[BillOfMaterials]:
        return rows.filter(Exists(_lines().filter(component_id=int(value))))

    def hold_on(self, rows: QuerySet[BillOfMaterials], name: str, value: object) -> QuerySet[BillOfMaterials]:
        began = Q(valid_from_on=None) | Q(valid_from_on__lte=value)
        return rows.filter(began, Q(valid_until_on=None) | Q(valid_until_on__gt=value))

    def search_for(self, rows: QuerySet[BillOfMaterials], name: str, value: str) -> QuerySet[BillOfMaterials]:
        for word in value.split():
            rows = rows.filter(Q(code__icontains=word) | Q(item__sku__icontains=word) | Q(item__name__icontains=word))
        return rows


class OrderFilter(StatusFilter):
    """`item` is what is made, `component` finds orders that need it; dates include both ends."""

    number = KeyFilter("number")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    needs_review = BooleanFilter(method="to_review")
    component = KeyFilter(method="with_component")
    component_id = IdFilter(method="with_component_id")
    bill_id = IdFilter()
    state = WordsFilter(choices=ManufacturingOrderState.values)
    is_open = BooleanFilter(method="with_something_open")
    is_blocked = BooleanFilter("blocked_at", "isnull", exclude=True)
    start_from = DateFilter("start_on", "gte")
    start_to = DateFilter("start_on", "lte")
    due_from = DateFilter("due_on", "gte")
    due_to = DateFilter("due_on", "lte")
    search = CharFilter(method="search_for")

    document_kind = DocumentKind.MANUFACTURING_ORDER

    class Meta:
        model = ManufacturingOrder
        fields = ("external_reference", "lot_number")

    def to_review(self, rows: QuerySet[ManufacturingOrder], name: str, value: bool) -> QuerySet[ManufacturingOrder]:
        return rows.exclude(review_reason="") if value else rows.filter(review_reason="")

    def with_component(self, rows: QuerySet[ManufacturingOrder], name: str, value: str) -> QuerySet[ManufacturingOrder]:
        return rows.filter(Exists(_components().filter(item__sku__iexact=value)))

    def with_component_id(
        self, rows: QuerySet[ManufacturingOrder], name: str, value: int
    ) -> QuerySet[ManufacturingOrder]:
        return rows.filter(Exists(_components().filter(item_id=int(value))))

    def with_something_open(
        self, rows: QuerySet[ManufacturingOrder], name: str, value: bool
    ) -> QuerySet[ManufacturingOrder]:
        is_open = Q(state__in=OPEN_STATES)
        return rows.filter(is_open if value else ~is_open)

    def search_for(self, rows: QuerySet[ManufacturingOrder], name: str, value: str) -> QuerySet[ManufacturingOrder]:
        return selectors.matching(rows, value)


def _lines() -> QuerySet[BillOfMaterialsLine]:
    return BillOfMaterialsLine.objects.filter(bill=OuterRef("pk"))


def _components() -> QuerySet[ManufacturingOrderComponent]:
    return ManufacturingOrderComponent.objects.filter(order=OuterRef("pk"))
