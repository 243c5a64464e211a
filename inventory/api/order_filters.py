"""Filters that the lists of all orders have."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django_filters import BooleanFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.choices import Availability
from inventory.models import DocumentStatus
from sites.api.filters import MasterFilter


class OrderFilter(FilterSet):
    """`item` finds orders with a line of it; dates include both ends."""

    number = KeyFilter("number")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    item = KeyFilter(method="with_item")
    item_id = IdFilter(method="with_item_id")
    is_blocked = BooleanFilter("blocked_at", "isnull", exclude=True)
    ordered_from = DateFilter("ordered_on", "gte")
    ordered_to = DateFilter("ordered_on", "lte")

    line_model: Any = None

    def with_item(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Exists(self._lines().filter(item__sku__iexact=value)))

    def with_item_id(self, rows: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return rows.filter(Exists(self._lines().filter(item_id=int(value))))

    def _lines(self) -> QuerySet[Any]:
        return self.line_model._default_manager.filter(order=OuterRef("pk"))


class PartnerFilter(MasterFilter):
    """Customers or suppliers."""

    code = KeyFilter("code")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    party = KeyFilter("party__code")
    party_id = IdFilter()


class PostedFilter(FilterSet):
    """Shipments or receipts of orders."""

    number = KeyFilter("number")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    order = KeyFilter("order__number")
    order_id = IdFilter()
    is_reversed = BooleanFilter("reversed_at", "isnull", exclude=True)


class StatusFilter(FilterSet):
    """Filters on what the workers made of a document's demand."""

    availability = WordsFilter(choices=Availability.values, method="with_availability")
    is_late = BooleanFilter(method="with_lateness")

    document_kind = ""

    def with_availability(self, rows: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return rows.filter(pk__in=self._statuses().filter(availability__in=value).values("document_id"))

    def with_lateness(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        late = self._statuses().filter(late_days__gt=0).values("document_id")
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)

    def _statuses(self) -> QuerySet[DocumentStatus]:
        return DocumentStatus.objects.filter(document_kind=self.document_kind)
