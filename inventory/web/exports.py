"""The stock grid as CSV: a row for each item, site and using company, filtered as the page is."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from core.web.tables import csv_response
from inventory.models import StockLevel
from inventory.selectors import grid, levels
from inventory.web.stock import StockPage

STREAMED = 1000
FIGURES = (
    "on_hand", "committed", "expected", "available", "projected", "safety_stock", "missing", "excess", "in_transit",
    "blocked", "in_wip", "stock_out_on", "order_by_on",
)  # fmt: skip


class StockExport(StockPage):
    """`/s/<site>/stock/export/`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]
        head = ["item", "name", "unit", "site", "used_by", *FIGURES]
        return csv_response("stock", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        items = grid.stocked_items(self.access, self.site_ids, self.choice).order_by()
        rows: Any = levels.levels(self.access).filter(site__in=self.site_ids, item__in=items.values("pk"))
        joined = rows.select_related("item__unit", "site", "used_by").order_by("item__sku", "site__code", "pk")
        for row in joined.iterator(chunk_size=STREAMED):
            yield self.line(row)

    def line(self, row: StockLevel) -> list[Any]:
        figures = [getattr(row, name) for name in FIGURES]
        return [row.item.sku, row.item.name, row.item.unit.code, row.site.code, row.used_by.code, *figures]
