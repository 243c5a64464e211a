"""Filters of the lists of masters."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.choices import LocationKind, LotKind, LotState, Tracking
from inventory.models import ConsignmentAgreement, Item, ItemCategory, ItemSite, Location, Lot, UnitOfMeasure
from inventory.selectors import items as item_selectors
from sites.access import access_of
from sites.api.filters import MasterFilter


class UnitFilter(FilterSet):
    code = KeyFilter("code")
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)

    class Meta:
        model = UnitOfMeasure
        fields = ()


class CategoryFilter(FilterSet):
    name = KeyFilter("name")
    parent = KeyFilter("parent__name")
    parent_id = IdFilter()
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)

    class Meta:
        model = ItemCategory
        fields = ()


class ItemFilter(FilterSet):
    """`search` finds every word in SKU, name or a code of your companies; `code` one of those codes as a whole."""

    sku = KeyFilter("sku")
    name = CharFilter(lookup_expr="icontains")
    search = CharFilter(method="search_for")
    code = CharFilter(method="coded")
    category = KeyFilter("category__name")
    category_id = IdFilter()
    unit = KeyFilter("unit__code")
    unit_id = IdFilter()
    variant_of = KeyFilter("variant_of__sku")
    variant_of_id = IdFilter()
    tracking = WordsFilter(choices=Tracking.values)
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)

    class Meta:
        model = Item
        fields = ()

    def search_for(self, rows: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return item_selectors.matching(rows, value, self._access)

    def coded(self, rows: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return rows.filter(pk__in=item_selectors.codes(self._access).filter(code__iexact=value).values("item_id"))

    @property
    def _access(self) -> Any:
        return access_of(self.request.user)


class ItemSiteFilter(FilterSet):
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    company = KeyFilter("company__code")
    company_id = IdFilter()

    class Meta:
        model = ItemSite
        fields = ()


class LocationFilter(MasterFilter):
    site = KeyFilter("site__code")
    site_id = IdFilter()
    code = KeyFilter("code")
    kind = WordsFilter(choices=LocationKind.values)
    parent = KeyFilter("parent__code")
    parent_id = IdFilter()

    class Meta:
        model = Location
        fields = ("is_default_receipt",)


class LotFilter(FilterSet):
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    number = KeyFilter("number")
    issuer = KeyFilter("issuer__code")
    issuer_id = IdFilter()
    kind = WordsFilter(choices=LotKind.values)
    state = WordsFilter(choices=LotState.values)
    expires_before = DateFilter("expires_on", "lt")

    class Meta:
        model = Lot
        fields = ()


class AgreementFilter(FilterSet):
    owner = KeyFilter("owner__code")
    owner_id = IdFilter()
    used_by = KeyFilter("used_by__code")
    used_by_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    in_force_on = DateFilter(method="on_day")

    class Meta:
        model = ConsignmentAgreement
        fields = ()

    def on_day(self, rows: QuerySet[ConsignmentAgreement], name: str, value: Any) -> QuerySet[ConsignmentAgreement]:
        return rows.filter(Q(valid_until_on=None) | Q(valid_until_on__gt=value), valid_from_on__lte=value)
