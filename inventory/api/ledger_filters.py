"""Filters of the ledger's lists."""

from django.db.models import Q, QuerySet
from django_filters import DateFilter, NumberFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.choices import PHYSICAL_KINDS, PostingKind
from inventory.models import Posting, StockBalance, StockMove
from inventory.selectors.figures import FIGURES, of_figures


class PostingFilter(FilterSet):
    site = KeyFilter("site__code")
    site_id = IdFilter()
    company = KeyFilter("company__code")
    company_id = IdFilter()
    kind = WordsFilter(choices=PostingKind.values)
    source_id = IdFilter()
    effective_from = DateFilter("effective_on", "gte")
    effective_to = DateFilter("effective_on", "lte")

    class Meta:
        model = Posting
        fields = ("number", "source_kind", "source_number")


class MoveFilter(FilterSet):
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    site = KeyFilter(method="at_site")
    site_id = IdFilter(method="at_site_id")
    posting_id = IdFilter()
    line_id = IdFilter()
    effective_from = DateFilter("effective_on", "gte")
    effective_to = DateFilter("effective_on", "lte")

    class Meta:
        model = StockMove
        fields = ()

    def at_site(self, rows: QuerySet[StockMove], name: str, value: str) -> QuerySet[StockMove]:
        return rows.filter(Q(from_site__code__iexact=value) | Q(to_site__code__iexact=value))

    def at_site_id(self, rows: QuerySet[StockMove], name: str, value: int) -> QuerySet[StockMove]:
        return rows.filter(Q(from_site=int(value)) | Q(to_site=int(value)))


class BalanceFilter(FilterSet):
    item = KeyFilter("item__sku")
    item_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    location = KeyFilter("location__code")
    location_id = IdFilter()
    owner = KeyFilter("owner__code")
    owner_id = IdFilter()
    used_by = KeyFilter("used_by__code")
    used_by_id = IdFilter()
    lot = KeyFilter("lot__number")
    lot_id = IdFilter()
    location_kind = WordsFilter("location__kind", choices=[kind.value for kind in PHYSICAL_KINDS])
    minimum = NumberFilter("quantity", "gte")
    figure = WordsFilter(method="of_figures", choices=FIGURES)

    class Meta:
        model = StockBalance
        fields = ()

    def of_figures(self, rows: QuerySet[StockBalance], name: str, value: list[str]) -> QuerySet[StockBalance]:
        return of_figures(rows, value)
