"""`stock-counts`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from core.api.views import CreateMixin, ScopedViewSet, document_action
from inventory.api import stock_count_serializers as serializers
from inventory.api.line_places import Named, find
from inventory.api.order_fields import OptionalReasonSerializer
from inventory.api.transfer_filters import StockCountFilter
from inventory.models import StockCount
from inventory.selectors import stock_counts as selectors
from inventory.services import stock_counts
from inventory.services.stock_counts import CountDraft, Counted, CountPosted
from sites.access import Access, access_of


class StockCountViewSet(CreateMixin, ScopedViewSet):
    """What is really there: begun, entered, posted."""

    serializer_class = serializers.StockCountSerializer
    write_serializer_class = serializers.StockCountWriteSerializer
    filterset_class = StockCountFilter
    ordering_fields = {"number": "number", "created_at": "created_at", "id": "id"}

    def scope(self) -> QuerySet[StockCount]:
        rows = selectors.visible_counts(access_of(self.actor))
        return selectors.with_lines(rows) if self.wants("lines") else rows

    def perform_create(self, values: dict[str, Any]) -> StockCount:
        draft = CountDraft(
            site_id=values["site"].pk,
            owner_id=values["owner"].pk if values.get("owner") else None,
            location_ids=[location.pk for location in values.get("locations", [])],
            item_ids=[item.pk for item in values.get("items", [])],
            note=values.get("note", ""),
        )
        return stock_counts.create(draft, now=self.now, actor=self.actor)

    @document_action(serializer=serializers.EnterSerializer)
    def enter(self, count: StockCount, values: dict[str, Any]) -> None:
        """Write down what was found in these places."""
        counted = _counted(count, values["lines"], access_of(self.actor))
        stock_counts.enter(count.pk, counted, now=self.now, actor=self.actor)

    # `post` is the name of what answers a POST.
    @document_action(serializer=serializers.PostCountSerializer, url_path="post")
    def post_differences(self, count: StockCount, values: dict[str, Any]) -> Response:
        """Write the differences of what was counted."""
        effective_at = values.get("effective_at")
        done = stock_counts.post_differences(count.pk, effective_at=effective_at, now=self.now, actor=self.actor)
        return self._answer_with(done)

    @document_action(serializer=OptionalReasonSerializer)
    def reverse(self, count: StockCount, values: dict[str, Any]) -> Response:
        """Take its posting back; it is open again."""
        return self._answer_with(stock_counts.reverse(count.pk, **values, now=self.now, actor=self.actor))

    @document_action(serializer=OptionalReasonSerializer)
    def cancel(self, count: StockCount, values: dict[str, Any]) -> None:
        """Give it up."""
        stock_counts.cancel(count.pk, **values, now=self.now, actor=self.actor)

    def _answer_with(self, done: CountPosted) -> Response:
        posting = {"id": done.posted.posting_id, "number": done.posted.number} if done.posted else None
        warnings = list(done.posted.warnings) if done.posted else []
        return self.answer(self.read_again(done.count), posting=posting, warnings=warnings)


def _counted(count: StockCount, rows: list[dict[str, Any]], access: Access) -> list[Counted]:
    named = [
        Named(f"lines.{place}", row["item"].pk, count.site_id, row.get("lot"), row["location"])
        for place, row in enumerate(rows)
    ]
    return [
        Counted(
            item_id=row["item"].pk, location_id=where.location_id or 0, lot_id=where.lot_id, quantity=row["quantity"]
        )
        for row, where in zip(rows, find(named, access), strict=True)
    ]
