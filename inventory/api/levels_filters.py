"""Filters of levels, registers and allocations."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter, NumberFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.choices import Availability, DemandKind, DocumentKind, Firmness, SupplyKind
from inventory.models import Allocation, Demand, StockLevel, Supply
from inventory.selectors import items as item_selectors
from inventory.selectors import registers
from sites.access import access_of

# What names keys and nothing else: only then can a level that is missing be answered with zeros.
KEY_FILTERS = frozenset({"item", "item_id", "site", "site_id", "company", "company_id", "used_by", "used_by_id"})


class KeyFilterSet(FilterSet):
    """Item, site and the company that may use it (`company` and `used_by` are the same)."""

    item = KeyFilter("item__sku")
    item_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    company = KeyFilter("used_by__code")
    company_id = IdFilter("used_by_id")
    used_by = KeyFilter("used_by__code")
    used_by_id = IdFilter()
    search = CharFilter(method="search_for")

    def search_for(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        access = access_of(self.request.user)
        return rows.filter(item__in=item_selectors.matching(item_selectors.items(access), value, access))


class LevelFilter(KeyFilterSet):
    on_hand_from = NumberFilter("on_hand", "gte")
    on_hand_to = NumberFilter("on_hand", "lte")
    available_from = NumberFilter("available", "gte")
    available_to = NumberFilter("available", "lte")
    missing_from = NumberFilter("missing", "gte")
    missing_to = NumberFilter("missing", "lte")
    excess_from = NumberFilter("excess", "gte")
    is_missing = BooleanFilter(method="missing_any")
    stock_out_to = DateFilter("stock_out_on", "lte")
    order_by_to = DateFilter("order_by_on", "lte")

    class Meta:
        model = StockLevel
        fields = ()

    def missing_any(self, rows: QuerySet[StockLevel], name: str, value: bool) -> QuerySet[StockLevel]:
        return rows.filter(missing__gt=0) if value else rows.filter(missing=0)


class RegisterFilter(KeyFilterSet):
    document_kind = WordsFilter(choices=DocumentKind.values)
    document_id = IdFilter()
    document_number = CharFilter(lookup_expr="iexact")
    line_id = IdFilter()
    firmness = WordsFilter(choices=Firmness.values)
    due_from = DateFilter("due_on", "gte")
    due_to = DateFilter("due_on", "lte")
    is_open = BooleanFilter("closed_at", "isnull")
    is_counted = BooleanFilter(method="counted")

    def counted(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return registers.counted(rows) if value else rows.exclude(pk__in=registers.counted(rows).values("pk"))


class DemandFilter(RegisterFilter):
    kind = WordsFilter(choices=DemandKind.values)

    class Meta:
        model = Demand
        fields = ("tier", "priority_id")


class SupplyFilter(RegisterFilter):
    kind = WordsFilter(choices=SupplyKind.values)
    origin = KeyFilter("origin__code")
    origin_id = IdFilter()
    pegged_demand_id = IdFilter()
    is_in_transit = BooleanFilter(method="in_transit")

    class Meta:
        model = Supply
        fields = ()

    def in_transit(self, rows: QuerySet[Supply], name: str, value: bool) -> QuerySet[Supply]:
        moving = Q(in_transit_quantity__gt=0)
        return rows.filter(moving if value else ~moving)


class AllocationFilter(KeyFilterSet):
    demand_id = IdFilter("id")
    document_kind = WordsFilter(choices=DocumentKind.values)
    document_id = IdFilter()
    document_number = CharFilter(lookup_expr="iexact")
    kind = WordsFilter(choices=DemandKind.values)
    due_from = DateFilter("due_on", "gte")
    due_to = DateFilter("due_on", "lte")
    availability = WordsFilter(method="available", choices=Availability.values)
    is_late = BooleanFilter(method="late")

    class Meta:
        model = Demand
        fields = ()

    def available(self, rows: QuerySet[Demand], name: str, value: list[str]) -> QuerySet[Demand]:
        return rows.filter(pk__in=Allocation.objects.filter(availability__in=value).values("demand_id"))

    def late(self, rows: QuerySet[Demand], name: str, value: bool) -> QuerySet[Demand]:
        late = Q(pk__in=Allocation.objects.filter(late_days__gt=0).values("demand_id"))
        return rows.filter(late if value else ~late)
