"""`manufacturing-orders`."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import CreateMixin, EditMixin, document_action
from core.errors import InvalidInput, NotFound
from inventory.api.line_places import Named, find
from inventory.api.order_fields import OptionalReasonSerializer, ReasonSerializer, common_flag, line_values
from inventory.choices import DocumentKind
from inventory.rules.order_steps import open_quantity
from inventory.selectors import ranks as rank_selectors
from inventory.selectors.statuses import fresh_statuses, statuses
from production.api import order_serializers as serializers
from production.api.filters import OrderFilter
from production.api.uses import component_uses, given_outputs
from production.api.whole_order_views import WholeOrderActions
from production.drafts import Completed, CompletionDraft, OrderDraft
from production.models import ManufacturingOrder
from production.selectors import orders as selectors
from production.services import manufacturing_orders
from sales.models import SalesOrder
from sites.access import Access, access_of


class OrderViewSet(CreateMixin, EditMixin, WholeOrderActions):
    """What is made. `?fresh=true` works availability out from what is committed now."""

    serializer_class = serializers.OrderSerializer
    write_serializer_class = serializers.OrderWriteSerializer
    change_serializer_class = serializers.OrderEditSerializer
    filterset_class = OrderFilter
    supports_fresh = True
    ordering_fields = {
        "number": "number",
        "rank": "priority__rank",
        "start_on": "start_on",
        "due_at": "due_at",
        "due_on": "due_on",
        "item": "item__sku",
        "created_at": "created_at",
        "id": "id",
    }

    def scope(self) -> QuerySet[ManufacturingOrder]:
        rows = selectors.visible_orders(access_of(self.actor))
        return selectors.with_parts(rows) if self.wants("components", "completions") else rows

    def get_queryset(self) -> QuerySet[ManufacturingOrder]:
        return super().get_queryset().select_related("item__unit", "priority")

    def perform_create(self, values: dict[str, Any]) -> ManufacturingOrder:
        is_released = values.pop("is_released", False)
        order = manufacturing_orders.create(_order_draft(values, access_of(self.actor)), now=self.now, actor=self.actor)
        if is_released:
            order = manufacturing_orders.release(order.pk, now=self.now, actor=self.actor)
        return order

    def perform_bulk_create(self, rows: list[dict[str, Any]]) -> list[Any]:
        is_released = common_flag(rows, "is_released")
        orders = manufacturing_orders.create_many(
            [_order_draft(values, access_of(self.actor), f"{place}.") for place, values in enumerate(rows)],
            now=self.now,
            actor=self.actor,
        )
        if is_released:
            manufacturing_orders.release_many([order.pk for order in orders], now=self.now, actor=self.actor)
        return list(orders)

    def perform_update(self, row: ManufacturingOrder, values: dict[str, Any], expected: int) -> ManufacturingOrder:
        return manufacturing_orders.edit(row.pk, values, expected=expected, now=self.now, actor=self.actor)

    @document_action()
    def release(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Freeze its recipe and let it begin."""
        manufacturing_orders.release(order.pk, now=self.now, actor=self.actor)

    @extend_schema(request=serializers.ReleaseManySerializer, responses=serializers.OrderSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="release", url_name="release-many")
    def release_many(self, request: Request) -> Response:
        """Release many, all or none."""
        ids = self.body(serializers.ReleaseManySerializer)["orders"]
        if self.scope().filter(pk__in=ids).count() < len(set(ids)):
            raise NotFound("One of these orders is not there.")
        manufacturing_orders.release_many(ids, now=self.now, actor=self.actor)
        rows = list(self.get_queryset().filter(pk__in=ids).order_by("pk"))
        return Response(self.get_serializer(rows, many=True).data)

    @document_action(serializer=serializers.CompleteSerializer)
    def complete(self, order: ManufacturingOrder, values: dict[str, Any]) -> Response:
        """Report good and scrapped ones; answers with the order, the report and warnings."""
        draft = _completion_draft(order, values, access_of(self.actor))
        return self._answer_with(manufacturing_orders.complete(order.pk, draft, now=self.now, actor=self.actor))

    @document_action(serializer=OptionalReasonSerializer)
    def reverse(self, order: ManufacturingOrder, values: dict[str, Any]) -> Response:
        """Take the latest report back."""
        return self._answer_with(manufacturing_orders.reverse(order.pk, **values, now=self.now, actor=self.actor))

    @document_action(serializer=serializers.RankSerializer)
    def rank(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Put it directly before or after another order of the company's ranking."""
        manufacturing_orders.rank(
            order.pk,
            before=_priority_id(order, values.get("before"), "before"),
            after=_priority_id(order, values.get("after"), "after"),
            now=self.now,
            actor=self.actor,
        )

    @document_action(serializer=OptionalReasonSerializer)
    def close(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """End it as it is; a reason is needed where something is open."""
        manufacturing_orders.close(order.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=OptionalReasonSerializer)
    def cancel(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Cancel it, where nothing was reported."""
        manufacturing_orders.cancel(order.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=ReasonSerializer)
    def block(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Keep it from being released and completed, with the reason."""
        manufacturing_orders.block(order.pk, **values, now=self.now, actor=self.actor)

    @document_action()
    def reviewed(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Say that it was looked at after its recipe or routing had changed."""
        manufacturing_orders.reviewed(order.pk, now=self.now, actor=self.actor)

    @document_action()
    def unblock(self, order: ManufacturingOrder, values: dict[str, Any]) -> None:
        """Let it go on."""
        manufacturing_orders.unblock(order.pk, now=self.now, actor=self.actor)

    def figures(self, orders: list[ManufacturingOrder]) -> dict[str, Any]:
        """How the orders of a page stand, where they rank, what is in them: four queries for all."""
        ids = [order.pk for order in orders]
        kind = DocumentKind.MANUFACTURING_ORDER
        return {
            "statuses": fresh_statuses(kind, ids, now=self.now) if self.is_fresh else statuses(kind, ids),
            "positions": rank_selectors.positions(order.priority_id for order in orders),
            "costs": selectors.open_costs(ids, access_of(self.actor)),
        }

    def _answer_with(self, done: Completed) -> Response:
        report = serializers.CompletionSerializer(done.completion).data if done.completion else None
        return self.answer(self.read_again(done.order), completion=report, warnings=list(done.posted.warnings))


def _order_draft(values: dict[str, Any], access: Access, prefix: str = "") -> OrderDraft:
    """:raises InvalidInput: naming `source_lot` where he knows no such lot."""
    named = values.pop("source_lot", None)
    draft = OrderDraft(**line_values(values))
    if named is None:
        return draft
    try:
        (place,) = find([Named("source", draft.item_id, draft.site_id, named)], access)
    except InvalidInput as error:
        raise InvalidInput(errors={f"{prefix}source_lot": text for text in error.errors.values()}) from None
    return replace(draft, source_lot_id=place.lot_id)


def _completion_draft(order: ManufacturingOrder, values: dict[str, Any], access: Access) -> CompletionDraft:
    rows = values.get("components")
    place = find([Named("", order.item_id, order.site_id, None, values.get("location"))], access)[0]
    quantity = values.get("quantity")
    if quantity is None:
        quantity = open_quantity(order) if not values.get("scrapped_quantity") else 0
    return CompletionDraft(
        quantity=quantity,
        scrapped_quantity=values.get("scrapped_quantity", 0),
        components=None if rows is None else component_uses(rows, order.site_id, access),
        outputs=given_outputs(values.get("outputs")),
        lot_number=values.get("lot", ""),
        serial_numbers=values.get("serial_numbers", ()),
        expires_on=values.get("expires_on"),
        location_id=place.location_id,
        effective_at=values.get("effective_at"),
    )


def _priority_id(order: ManufacturingOrder, key: int | str | None, field: str) -> int | None:
    """The place of another order of the company: a manufacturing order by id or number, a sales order by number."""
    if key is None:
        return None
    wanted = {"pk": key} if isinstance(key, int) else {"number__iexact": key}
    for model in (ManufacturingOrder, SalesOrder):
        found = model._default_manager.filter(company_id=order.company_id, **wanted).values_list(
            "priority_id", flat=True
        )
        if found and found[0] is not None:
            return found[0]
        if isinstance(key, int):
            break
    raise InvalidInput(errors={field: f"There is no order “{key}” in this ranking."})
