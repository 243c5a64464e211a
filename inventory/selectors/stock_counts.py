"""Reading stock counts."""

from django.db.models import Prefetch, QuerySet

from inventory.models import StockCount, StockCountLine
from sites.access import Access


def visible_counts(access: Access) -> QuerySet[StockCount]:
    """Counts of his companies' stock, and those at his sites."""
    return StockCount.objects.filter(access.q(companies=["company"], sites=["site"]))


def with_lines(counts: QuerySet[StockCount]) -> QuerySet[StockCount]:
    """The same with their lines as one walks, in one more query."""
    lines = StockCountLine.objects.select_related("item__unit", "location", "lot", "owner")
    ordered = lines.order_by("location__pick_order", "location__code", "item__sku", "pk")
    return counts.prefetch_related(Prefetch("lines", queryset=ordered))
