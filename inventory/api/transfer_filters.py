"""Filters of the lists of transfers and stock counts."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from inventory.api.order_filters import StatusFilter
from inventory.choices import CountState, DocumentKind, TransferState
from inventory.models import StockCount, StockCountLine, Transfer, TransferLine
from inventory.selectors import transfers as selectors


class TransferFilter(StatusFilter):
    """`site` finds transfers with either end there, `item` those with a line of it; dates include both ends."""

    number = KeyFilter("number")
    company = KeyFilter("company__code")
    company_id = IdFilter()
    owner = KeyFilter("owner__code")
    owner_id = IdFilter()
    origin = KeyFilter("origin__code")
    origin_id = IdFilter()
    destination = KeyFilter("destination__code")
    destination_id = IdFilter()
    site = KeyFilter(method="at_site")
    site_id = IdFilter(method="at_site_id")
    item = KeyFilter(method="with_item")
    item_id = IdFilter(method="with_item_id")
    state = WordsFilter(choices=TransferState.values)
    is_blocked = BooleanFilter("blocked_at", "isnull", exclude=True)
    is_in_transit = BooleanFilter(method="with_goods_on_the_way", label="Whether goods of it are on their way.")
    ship_by_from = DateFilter("ship_by_on", "gte")
    ship_by_to = DateFilter("ship_by_on", "lte")
    expected_from = DateFilter("expected_on", "gte")
    expected_to = DateFilter("expected_on", "lte")
    source_kind = CharFilter()
    source_id = IdFilter()
    search = CharFilter(method="search_for")

    document_kind = DocumentKind.TRANSFER

    class Meta:
        model = Transfer
        fields = ("external_reference",)

    def at_site(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        return rows.filter(Q(origin__code__iexact=value) | Q(destination__code__iexact=value))

    def at_site_id(self, rows: QuerySet[Transfer], name: str, value: int) -> QuerySet[Transfer]:
        return rows.filter(Q(origin=int(value)) | Q(destination=int(value)))

    def with_item(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        return rows.filter(Exists(_lines().filter(item__sku__iexact=value)))

    def with_item_id(self, rows: QuerySet[Transfer], name: str, value: int) -> QuerySet[Transfer]:
        return rows.filter(Exists(_lines().filter(item_id=int(value))))

    def with_goods_on_the_way(self, rows: QuerySet[Transfer], name: str, value: bool) -> QuerySet[Transfer]:
        on_the_way = Exists(_lines().filter(posted_quantity__gt=F("received_quantity") + F("lost_quantity")))
        return rows.filter(on_the_way if value else ~on_the_way)

    def search_for(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        return selectors.matching(rows, value)


class StockCountFilter(FilterSet):
    """`item` finds counts with a line of it."""

    number = KeyFilter("number")
    owner = KeyFilter("owner__code")
    owner_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    item = KeyFilter(method="with_item")
    item_id = IdFilter(method="with_item_id")
    state = WordsFilter(choices=CountState.values)

    class Meta:
        model = StockCount
        fields = ("external_reference",)

    def with_item(self, rows: QuerySet[StockCount], name: str, value: str) -> QuerySet[StockCount]:
        lines = StockCountLine.objects.filter(count=OuterRef("pk"), item__sku__iexact=value)
        return rows.filter(Exists(lines))

    def with_item_id(self, rows: QuerySet[StockCount], name: str, value: int) -> QuerySet[StockCount]:
        return rows.filter(Exists(StockCountLine.objects.filter(count=OuterRef("pk"), item_id=int(value))))


def _lines() -> QuerySet[TransferLine]:
    return TransferLine.objects.filter(transfer=OuterRef("pk"))
