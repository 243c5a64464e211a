"""What changes manufacturing orders as wholes; `manufacturing-orders` has these actions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ScopedViewSet, document_action
from core.errors import Forbidden, InvalidInput, NotFound
from inventory.choices import DemandKind
from inventory.models import Demand, Item
from production.api import whole_order_serializers as bodies
from production.api.order_serializers import OrderSerializer
from production.models import ManufacturingOrder
from production.selectors import order_flow
from production.selectors.variances import variances
from production.services import manufacturing_orders
from production.services.manufacturing_orders.chains import ToMake
from sales.selectors import sales_orders
from sites.access import access_of
from sites.models import Site


class WholeOrderActions(ScopedViewSet):
    """Made to order, split, merged, closed with a back-order."""

    @extend_schema(request=bodies.MakeToOrderSerializer, responses=OrderSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="make-to-order", url_name="make-to-order")
    def make_to_order(self, request: Request) -> Response:
        """Make what lines of a sales order ask for; what orders made for them bring already isn't made again."""
        values = self.body(bodies.MakeToOrderSerializer)
        made = manufacturing_orders.make_for(
            self._demands(values), is_first_level_alone=values["levels"] == "first", now=self.now, actor=self.actor
        )
        return self._answer_with_orders(made)

    @extend_schema(request=bodies.MakeToOrderSerializer, responses=bodies.ToMakeSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="make-to-order/preview", url_name="make-to-order-preview")
    def preview_to_order(self, request: Request) -> Response:
        """What `make-to-order` would make; nothing is written."""
        values = self.body(bodies.MakeToOrderSerializer)
        rows = manufacturing_orders.preview_for(
            self._demands(values), is_first_level_alone=values["levels"] == "first", now=self.now, actor=self.actor
        )
        return Response(bodies.ToMakeSerializer(_named(rows), many=True).data)

    @extend_schema(request=bodies.LinesMadeForSerializer, responses=OrderSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="make-to-order/undo", url_name="make-to-order-undo")
    def undo_to_order(self, request: Request) -> Response:
        """Cancel what is made for these lines, as far as it is still planned; answers with what was canceled."""
        demand_ids = self._demands(self.body(bodies.LinesMadeForSerializer))
        canceled = manufacturing_orders.unmake_for(demand_ids, now=self.now, actor=self.actor)
        return self._answer_with_orders(canceled)

    @document_action(serializer=bodies.SplitSerializer)
    def split(self, order: ManufacturingOrder, values: dict[str, Any]) -> Response:
        """Take so many out of it into new orders; answers with all of them, itself first."""
        new = manufacturing_orders.split(order.pk, **values, now=self.now, actor=self.actor)
        return self._answer_with_orders([order, *new])

    @document_action(serializer=bodies.MergeSerializer)
    def merge(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Take other planned orders of the same into this one; they are canceled."""
        ids = set(values["orders"])
        if self.scope().filter(pk__in=ids).count() < len(ids):
            raise NotFound("One of these orders is not there.")
        manufacturing_orders.merge([order.pk, *sorted(ids - {order.pk})], now=self.now, actor=self.actor)

    @document_action(serializer=bodies.BackOrderSerializer)
    def back_order(self, order: ManufacturingOrder, values: dict[str, Any]) -> Response:
        """Close it short and plan a new order for the rest; answers with both, the new one last."""
        new = manufacturing_orders.close_with_back_order(order.pk, **values, now=self.now, actor=self.actor)
        return self._answer_with_orders([order, new])

    @extend_schema(responses=bodies.OrderCostSerializer)
    @action(detail=True, methods=["get"])
    def cost(self, request: Request, pk: str | None = None) -> Response:
        """What it costs by plan and really, by kind, and why that differs; for people of its company."""
        order = self.get_object()
        steps = order_flow.visible_steps(order, access_of(self.actor))
        cost = order_flow.cost(order, steps, access_of(self.actor))
        if cost is None:
            raise Forbidden("What it costs is its company's own.")
        found = {"kinds": cost.kinds, "currency": cost.currency, "planned": cost.planned, "actual": cost.actual}
        found["variances"] = variances(order, steps, cost)
        return Response(bodies.OrderCostSerializer(found).data)

    def _demands(self, values: dict[str, Any]) -> list[int]:
        """The open demands of the lines named, of an order that he sees."""
        key = values["sales_order"]
        wanted = {"pk": key} if isinstance(key, int) else {"number__iexact": key}
        found = list(sales_orders(access_of(self.actor)).filter(**wanted).values_list("pk", flat=True)[:2])
        if len(found) != 1:
            text = "There is no such sales order." if not found else "Several have this number; give the id."
            raise InvalidInput(errors={"sales_order": text})
        rows = Demand.objects.filter(
            kind=DemandKind.SALES_LINE, document_kind="sales_order", document_id=found[0], part=0, closed_at=None
        )
        by_line = dict(rows.values_list("line_id", "pk"))
        lines = values.get("lines")
        if lines is None:
            lines = sorted(by_line)
        if missing := [line_id for line_id in lines if line_id not in by_line]:
            raise InvalidInput(errors={"lines": f"Nothing is open on line {missing[0]} of this order."})
        return [by_line[line_id] for line_id in lines]

    def _answer_with_orders(self, orders: list[ManufacturingOrder]) -> Response:
        rows = {row.pk: row for row in self.get_queryset().filter(pk__in=[order.pk for order in orders])}
        shown = [rows[order.pk] for order in orders if order.pk in rows]
        return Response(self.get_serializer(shown, many=True).data)


def _named(rows: list[ToMake]) -> list[dict[str, Any]]:
    skus = dict(Item.objects.filter(pk__in={row.item_id for row in rows}).values_list("pk", "sku"))
    codes = dict(Site.objects.filter(pk__in={row.site_id for row in rows}).values_list("pk", "code"))
    return [{**vars(row), "item": skus[row.item_id], "site": codes[row.site_id]} for row in rows]
