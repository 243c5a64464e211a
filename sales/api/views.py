"""`customers`, `sales-orders`, `shipments`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from core.errors import InvalidInput
from inventory.api.line_places import Named, chosen_lines, find
from inventory.api.order_fields import (
    CloseSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
    common_flag,
    line_edit,
    line_values,
    own_company,
)
from inventory.choices import DocumentKind
from inventory.selectors import ranks as rank_selectors
from inventory.selectors.statuses import fresh_statuses, statuses
from sales import selectors
from sales.api import serializers
from sales.api.filters import CustomerFilter, SalesOrderFilter, ShipmentFilter
from sales.drafts import LineDraft, OrderDraft, ShipDraft, ShipLine, Shipped
from sales.models import Customer, SalesOrder, Shipment
from sales.services import customers, sales_orders
from sites.access import Access, access_of


class CustomerViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """Whom your companies sell to, and on which terms."""

    serializer_class = serializers.CustomerSerializer
    write_serializer_class = serializers.CustomerWriteSerializer
    change_serializer_class = serializers.CustomerChangeSerializer
    filterset_class = CustomerFilter
    ordering_fields = ("code", "name")

    def scope(self) -> QuerySet[Customer]:
        return selectors.customers(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Customer:
        company = own_company(values.pop("company", None), self.actor)
        return customers.create(company=company, **values, actor=self.actor)

    def perform_update(self, row: Customer, values: dict[str, Any], expected: int) -> Customer:
        return customers.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, customer: Customer, values: dict[str, Any]) -> None:
        """Put it away; orders of it stay."""
        customers.archive(customer, now=self.now, actor=self.actor)


class SalesOrderViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """What customers ordered. `?fresh=true` works availability out from what is committed now."""

    serializer_class = serializers.SalesOrderSerializer
    write_serializer_class = serializers.SalesOrderWriteSerializer
    change_serializer_class = serializers.SalesOrderEditSerializer
    filterset_class = SalesOrderFilter
    supports_fresh = True
    ordering_fields = {
        "number": "number",
        "rank": "priority__rank",
        "need_by_on": "need_by_on",
        "ordered_on": "ordered_on",
        "customer": "customer__name",
        "created_at": "created_at",
        "id": "id",
    }

    def scope(self) -> QuerySet[SalesOrder]:
        orders = selectors.sales_orders(access_of(self.actor)).select_related("priority", "customer")
        if self.wants("net_amount"):
            orders = selectors.with_net_amount(orders)
        return selectors.with_lines(orders) if self.wants("lines") else orders

    def perform_create(self, values: dict[str, Any]) -> SalesOrder:
        is_open = values.pop("is_open", False)
        return sales_orders.create(_order_draft(values), is_open=is_open, now=self.now, actor=self.actor)

    def perform_bulk_create(self, rows: list[dict[str, Any]]) -> list[Any]:
        is_open = common_flag(rows, "is_open")
        drafts = [_order_draft(values) for values in rows]
        return list(sales_orders.create_many(drafts, is_open=is_open, now=self.now, actor=self.actor))

    def perform_update(self, row: SalesOrder, values: dict[str, Any], expected: int) -> SalesOrder:
        edits = [line_edit(line, LineDraft) for line in values.pop("lines", [])]
        return sales_orders.edit(row.pk, changes=values, lines=edits, expected=expected, now=self.now, actor=self.actor)

    @document_action()
    def open(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Open a quote: it takes its place at the end of the ranks and asks for stock."""
        sales_orders.open(order.pk, now=self.now, actor=self.actor)

    @document_action(serializer=serializers.SalesOrderRankSerializer)
    def rank(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Put it directly before or after another order."""
        sales_orders.rank(
            order.pk,
            before=_order_id(order, values.get("before"), "before"),
            after=_order_id(order, values.get("after"), "after"),
            now=self.now,
            actor=self.actor,
        )

    @document_action(serializer=serializers.SalesOrderShipSerializer)
    def ship(self, order: SalesOrder, values: dict[str, Any]) -> Response:
        """Ship all that is open, or what is named; answers with the order, the shipment and warnings."""
        draft = _ship_draft(order, values, access_of(self.actor))
        return self._answer_with(sales_orders.ship(order.pk, draft, now=self.now, actor=self.actor))

    @document_action(serializer=OptionalReasonSerializer)
    def reverse(self, order: SalesOrder, values: dict[str, Any]) -> Response:
        """Take the latest shipment back."""
        return self._answer_with(sales_orders.reverse(order.pk, **values, now=self.now, actor=self.actor))

    @document_action(serializer=CloseSerializer)
    def close(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Release what is open, of the order or of the lines named."""
        sales_orders.close(
            order.pk, reason=values["reason"], line_ids=values.get("lines"), now=self.now, actor=self.actor
        )

    @document_action(serializer=OptionalReasonSerializer)
    def cancel(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Cancel it, where nothing was shipped."""
        sales_orders.cancel(order.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=ReasonSerializer)
    def block(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Keep it from being shipped, with the reason."""
        sales_orders.block(order.pk, **values, now=self.now, actor=self.actor)

    @document_action()
    def unblock(self, order: SalesOrder, values: dict[str, Any]) -> None:
        """Let it go on."""
        sales_orders.unblock(order.pk, now=self.now, actor=self.actor)

    def figures(self, orders: list[SalesOrder]) -> dict[str, Any]:
        """How the orders of a page stand and where they rank: three queries for all."""
        ids = [order.pk for order in orders]
        kind = DocumentKind.SALES_ORDER
        return {
            "statuses": fresh_statuses(kind, ids, now=self.now) if self.is_fresh else statuses(kind, ids),
            "positions": rank_selectors.positions(order.priority_id for order in orders),
        }

    def _answer_with(self, shipped: Shipped) -> Response:
        shipment = {"id": shipped.shipment.pk, "number": shipped.shipment.number}
        return self.answer(self.read_again(shipped.order), shipment=shipment, warnings=list(shipped.warnings))


class ShipmentViewSet(ScopedViewSet):
    """What left. A shipment is made by `sales-orders/{id}/ship/` and taken back by `…/reverse/` there."""

    serializer_class = serializers.ShipmentSerializer
    filterset_class = ShipmentFilter
    ordering_fields = {"number": "number", "shipped_at": "shipped_at", "id": "id"}

    def scope(self) -> QuerySet[Shipment]:
        return selectors.with_shipped_lines(selectors.shipments(access_of(self.actor)))


def _order_draft(values: dict[str, Any]) -> OrderDraft:
    lines = [LineDraft(**line_values(line)) for line in values.pop("lines")]
    return OrderDraft(lines=lines, **line_values(values))


def _order_id(order: SalesOrder, key: int | str | None, field: str) -> int | None:
    """The id of another order of the same company, by its id or number."""
    if key is None or isinstance(key, int):
        return key
    found = SalesOrder.objects.filter(company_id=order.company_id, number__iexact=key).values_list("pk", flat=True)
    if not found:
        raise InvalidInput(errors={field: f"There is no sales order “{key}” in this ranking."})
    return found[0]


def _ship_draft(order: SalesOrder, values: dict[str, Any], access: Access) -> ShipDraft:
    rows = values.pop("lines", None)
    lines = None if rows is None else _ship_lines(order, rows, access)
    return ShipDraft(lines=lines, **line_values(values))


def _ship_lines(order: SalesOrder, rows: list[dict[str, Any]], access: Access) -> list[ShipLine]:
    lines = chosen_lines(order.lines.all(), rows)
    named = [
        Named(f"lines.{place}", line.item_id, line.site_id, row.get("lot"), row.get("location"))
        for place, (line, row) in enumerate(zip(lines, rows, strict=True))
    ]
    return [
        ShipLine(line_id=line.pk, quantity=row.get("quantity"), lot_id=where.lot_id, location_id=where.location_id)
        for line, row, where in zip(lines, rows, find(named, access), strict=True)
    ]
