"""`stock-levels`, `demands`, `supplies`, `allocations`: what the workers derive, and what they derive it from."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parameters import whole
from core.api.views import ScopedViewSet, document_action
from inventory.api.levels_filters import KEY_FILTERS, AllocationFilter, DemandFilter, LevelFilter, SupplyFilter
from inventory.api.levels_serializers import (
    AllocationSerializer,
    DemandSerializer,
    LevelSerializer,
    PinSerializer,
    ProjectedDaySerializer,
    SupplySerializer,
    UnpinSerializer,
)
from inventory.drafts import LevelKey
from inventory.models import Demand, StockLevel, Supply
from inventory.selectors import allocations, levels, missing_levels, ranks, registers
from inventory.services import pins
from inventory.services.recompute import preview
from sites.access import access_of

MOST_TAKERS = 20
MOST_DAYS = 366


class StockLevelViewSet(ScopedViewSet):
    """The live figures of an item at a site for the company that may use it.

    With `?fresh=true` from what is committed now, keys included that no worker has seen yet. Where an item and a
    site are named, a level that is missing reads as zeros.
    """

    serializer_class = LevelSerializer
    filterset_class = LevelFilter
    supports_fresh = True
    ordering_fields = {
        "id": "id",
        "item": "item__sku",
        "site": "site__code",
        "on_hand": "on_hand",
        "available": "available",
        "projected": "projected",
        "missing": "missing",
        "excess": "excess",
        "stock_out_on": "stock_out_on",
        "order_by_on": "order_by_on",
    }

    def scope(self) -> QuerySet[StockLevel]:
        return levels.levels(access_of(self.actor))

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = list(super().paginate_queryset(queryset) or ())
        named = set(self.request.query_params) - {"fresh", "fields", "limit", "count", "ordering"}
        if named and named <= KEY_FILTERS:
            rows += missing_levels.missing_levels(
                self.request.query_params, rows, access=access_of(self.actor), is_fresh=self.is_fresh
            )
        return rows

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        rows = args[0] if args else None
        if self.is_fresh and isinstance(rows, list | StockLevel):
            self._refresh(rows if isinstance(rows, list) else [rows])
        return super().get_serializer(*args, **kwargs)

    def _refresh(self, rows: Sequence[StockLevel]) -> None:
        keys = {LevelKey(row.item_id, row.site_id, row.used_by_id): row for row in rows}
        for key, figures in preview(keys, now=self.now).levels.items():
            for name, value in asdict(figures).items():
                setattr(keys[key], name, value)

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description="How many days after today; 28.")],
        responses=ProjectedDaySerializer(many=True),
    )
    @action(detail=True, methods=["get"], url_path="projected-balance", filterset_class=None)
    def projected_balance(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The balance at the end of each day from what is committed now, with the documents that change it."""
        row = self.get_object()
        key = LevelKey(row.item_id, row.site_id, row.used_by_id)
        series = levels.projected_balance(key, days=_days(request), now=self.now)
        return Response({"results": ProjectedDaySerializer(series, many=True).data})


class _RegisterViewSet(ScopedViewSet):
    supports_fresh = True
    ordering_fields = {"id": "id", "due_at": "due_at", "due_on": "due_on", "open_quantity": "open_quantity"}


class DemandViewSet(_RegisterViewSet):
    """What is asked of stock, by whom, for when. Always as committed now."""

    serializer_class = DemandSerializer
    filterset_class = DemandFilter

    def scope(self) -> QuerySet[Demand]:
        return registers.demands(access_of(self.actor)).select_related("company", "used_by", "item", "site")

    def figures(self, rows: list[Demand]) -> dict[str, Any]:
        return {"ranks": ranks.positions(row.priority_id for row in rows)}

    @document_action(serializer=PinSerializer)
    def pin(self, demand: Demand, values: dict[str, Any]) -> None:
        """Serve so much of it from a supply, or from stock on hand, whatever its rank."""
        supply_id = values.get("supply_id")
        pins.pin(demand.pk, quantity=values["quantity"], supply_id=supply_id, now=self.now, actor=self.actor)

    @document_action(serializer=UnpinSerializer)
    def unpin(self, demand: Demand, values: dict[str, Any]) -> None:
        """Let the ranks decide again."""
        pins.unpin(demand.pk, supply_id=values.get("supply_id"), now=self.now, actor=self.actor)


class SupplyViewSet(_RegisterViewSet):
    """What will come, from where, when. Always as committed now."""

    serializer_class = SupplySerializer
    filterset_class = SupplyFilter

    def scope(self) -> QuerySet[Supply]:
        return registers.supplies(access_of(self.actor)).select_related("company", "used_by", "item", "site", "origin")


class AllocationViewSet(ScopedViewSet):
    """How each open demand is served, in the order they are served where an item is named; the id is the demand's.

    As the workers left it, or with `?fresh=true` from what is committed now.
    """

    serializer_class = AllocationSerializer
    filterset_class = AllocationFilter
    supports_fresh = True
    # A new color is a change of another row than the demand's, so a feed of demands would miss it.
    feed_column = ""
    ordering_fields = {"id": "id", "due_on": "due_on", "rank": "priority__rank"}

    @property
    def ordering(self) -> tuple[str, ...]:  # type: ignore[override]
        is_narrow = not {"item", "item_id"}.isdisjoint(self.request.query_params)
        return ("tier", "priority__rank", "due_at", "id") if is_narrow else ("-id",)

    def scope(self) -> QuerySet[Demand]:
        rows = registers.counted(registers.demands(access_of(self.actor)))
        return rows.select_related("item", "site", "used_by", "priority")

    def figures(self, rows: list[Demand]) -> dict[str, Any]:
        """Each row's line, who took before it, and the rank numbers of all named."""
        keys = {registers.key_of(row) for row in rows}
        by_key = allocations.served_in_order(keys, now=self.now, is_fresh=self.is_fresh)
        lines = {line.demand.pk: line for served in by_key.values() for line in served}
        shown = {row.pk: lines.get(row.pk) or allocations.unserved(row) for row in rows}
        takers = {
            row.pk: allocations.takers_before(by_key[registers.key_of(row)], shown[row.pk], most=MOST_TAKERS)
            for row in rows
        }
        named = [line.demand.priority_id for group in takers.values() for line in group]
        positions = ranks.positions([*named, *(row.priority_id for row in rows)])
        return {"lines": shown, "takers": takers, "ranks": positions}


def _days(request: Request) -> int:
    return whole(request, "days", default=28, least=0, most=MOST_DAYS)
