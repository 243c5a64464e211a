"""`suppliers`, `supplier-items`, `purchase-orders`, `receipts`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from core.api.views import CreateMixin, DestroyMixin, EditMixin, ScopedViewSet, document_action
from inventory.api.line_places import Found, Named, chosen_lines, find
from inventory.api.order_fields import (
    CloseSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
    common_flag,
    line_edit,
    line_values,
    own_company,
)
from purchasing import selectors
from purchasing.api import serializers
from purchasing.api.filters import PurchaseOrderFilter, ReceiptFilter, SupplierFilter, SupplierItemFilter
from purchasing.drafts import (
    LineDraft,
    OrderDraft,
    Received,
    ReceiveDraft,
    ReceiveLine,
)
from purchasing.models import PurchaseOrder, Receipt, Supplier, SupplierItem
from purchasing.services import purchase_orders, supplier_items, suppliers
from purchasing.services.supplier_items import PriceDraft
from sites.access import Access, access_of


class SupplierViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """Whom your companies buy from, and on which terms."""

    serializer_class = serializers.SupplierSerializer
    write_serializer_class = serializers.SupplierWriteSerializer
    change_serializer_class = serializers.SupplierChangeSerializer
    filterset_class = SupplierFilter
    ordering_fields = ("code", "name")

    def scope(self) -> QuerySet[Supplier]:
        return selectors.suppliers(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Supplier:
        company = own_company(values.pop("company", None), self.actor)
        return suppliers.create(company=company, **values, actor=self.actor)

    def perform_update(self, row: Supplier, values: dict[str, Any], expected: int) -> Supplier:
        return suppliers.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, supplier: Supplier, values: dict[str, Any]) -> None:
        """Put it away; orders of it stay."""
        suppliers.archive(supplier, now=self.now, actor=self.actor)


class SupplierItemViewSet(CreateMixin, EditMixin, DestroyMixin, ScopedViewSet):
    """What suppliers sell, with price breaks. A PATCH writes the breaks it names and leaves the others."""

    serializer_class = serializers.SupplierItemSerializer
    write_serializer_class = serializers.SupplierItemWriteSerializer
    change_serializer_class = serializers.SupplierItemChangeSerializer
    filterset_class = SupplierItemFilter
    ordering_fields = {"item": "item__sku", "supplier": "supplier__code", "preference": "preference", "id": "id"}

    def scope(self) -> QuerySet[SupplierItem]:
        return selectors.supplier_items(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> SupplierItem:
        values.pop("company", None)
        return supplier_items.create(**_with_prices(values), actor=self.actor)

    def perform_update(self, row: SupplierItem, values: dict[str, Any], expected: int) -> SupplierItem:
        return supplier_items.edit(row, expected=expected, actor=self.actor, **_with_prices(values))

    def perform_destroy(self, row: SupplierItem, expected: int | None) -> None:
        supplier_items.remove(row, expected=expected, actor=self.actor)


class PurchaseOrderViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """What your companies order from suppliers."""

    serializer_class = serializers.PurchaseOrderSerializer
    write_serializer_class = serializers.PurchaseOrderWriteSerializer
    change_serializer_class = serializers.PurchaseOrderEditSerializer
    filterset_class = PurchaseOrderFilter
    ordering_fields = {
        "number": "number",
        "expected_on": "expected_on",
        "ordered_on": "ordered_on",
        "supplier": "supplier__name",
        "created_at": "created_at",
        "id": "id",
    }

    def scope(self) -> QuerySet[PurchaseOrder]:
        orders = selectors.purchase_orders(access_of(self.actor)).select_related("supplier")
        if self.wants("net_amount"):
            orders = selectors.with_net_amount(orders)
        return selectors.with_lines(orders) if self.wants("lines") else orders

    def perform_create(self, values: dict[str, Any]) -> PurchaseOrder:
        is_ordered = values.pop("is_ordered", False)
        return purchase_orders.create(_order_draft(values), is_ordered=is_ordered, now=self.now, actor=self.actor)

    def perform_bulk_create(self, rows: list[dict[str, Any]]) -> list[Any]:
        is_ordered = common_flag(rows, "is_ordered")
        drafts = [_order_draft(values) for values in rows]
        return list(purchase_orders.create_many(drafts, is_ordered=is_ordered, now=self.now, actor=self.actor))

    def perform_update(self, row: PurchaseOrder, values: dict[str, Any], expected: int) -> PurchaseOrder:
        edits = [line_edit(line, LineDraft) for line in values.pop("lines", [])]
        return purchase_orders.edit(
            row.pk, changes=values, lines=edits, expected=expected, now=self.now, actor=self.actor
        )

    @document_action()
    def order(self, order: PurchaseOrder, values: dict[str, Any]) -> None:
        """Order a draft: levels and allocation count on it."""
        purchase_orders.order(order.pk, now=self.now, actor=self.actor)

    @document_action(serializer=serializers.PurchaseOrderReceiveSerializer)
    def receive(self, order: PurchaseOrder, values: dict[str, Any]) -> Response:
        """Receive all that is open, or what is named; answers with the order, the receipt and warnings."""
        draft = _receive_draft(order, values, access_of(self.actor))
        return self._answer_with(purchase_orders.receive(order.pk, draft, now=self.now, actor=self.actor))

    @document_action(serializer=OptionalReasonSerializer)
    def reverse(self, order: PurchaseOrder, values: dict[str, Any]) -> Response:
        """Take the latest receipt back."""
        return self._answer_with(purchase_orders.reverse(order.pk, **values, now=self.now, actor=self.actor))

    @document_action(serializer=CloseSerializer)
    def close(self, order: PurchaseOrder, values: dict[str, Any]) -> None:
        """Release what is open, of the order or of the lines named."""
        purchase_orders.close(
            order.pk, reason=values["reason"], line_ids=values.get("lines"), now=self.now, actor=self.actor
        )

    @document_action(serializer=OptionalReasonSerializer)
    def cancel(self, order: PurchaseOrder, values: dict[str, Any]) -> None:
        """Cancel it, where nothing was received."""
        purchase_orders.cancel(order.pk, **values, now=self.now, actor=self.actor)

    @document_action(serializer=ReasonSerializer)
    def block(self, order: PurchaseOrder, values: dict[str, Any]) -> None:
        """Keep it from being ordered and received, with the reason."""
        purchase_orders.block(order.pk, **values, now=self.now, actor=self.actor)

    @document_action()
    def unblock(self, order: PurchaseOrder, values: dict[str, Any]) -> None:
        """Let it go on."""
        purchase_orders.unblock(order.pk, now=self.now, actor=self.actor)

    def _answer_with(self, received: Received) -> Response:
        receipt = {"id": received.receipt.pk, "number": received.receipt.number}
        return self.answer(self.read_again(received.order), receipt=receipt, warnings=list(received.warnings))


class ReceiptViewSet(ScopedViewSet):
    """What came in. A receipt is made by `purchase-orders/{id}/receive/` and taken back by `…/reverse/` there."""

    serializer_class = serializers.ReceiptSerializer
    filterset_class = ReceiptFilter
    ordering_fields = {"number": "number", "received_at": "received_at", "id": "id"}

    def scope(self) -> QuerySet[Receipt]:
        return selectors.with_received_lines(selectors.receipts(access_of(self.actor)))


def _with_prices(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "prices": [PriceDraft(**price) for price in values.pop("prices", [])]}


def _order_draft(values: dict[str, Any]) -> OrderDraft:
    lines = [LineDraft(**line_values(line)) for line in values.pop("lines")]
    return OrderDraft(lines=lines, **line_values(values))


def _receive_draft(order: PurchaseOrder, values: dict[str, Any], access: Access) -> ReceiveDraft:
    rows = values.pop("lines", None)
    lines = None if rows is None else _receive_lines(order, rows, access)
    return ReceiveDraft(lines=lines, **line_values(values))


def _receive_lines(order: PurchaseOrder, rows: list[dict[str, Any]], access: Access) -> list[ReceiveLine]:
    lines = chosen_lines(order.lines.all(), rows)
    named = [
        # The number of a lot is the supplier's, and one that is new is made.
        Named(f"lines.{place}", line.item_id, line.site_id, _id_of(row.get("lot")), row.get("location"))
        for place, (line, row) in enumerate(zip(lines, rows, strict=True))
    ]
    found = find(named, access)
    return [_receive_line(line.pk, row, where) for line, row, where in zip(lines, rows, found, strict=True)]


def _receive_line(line_id: int, row: dict[str, Any], where: Found) -> ReceiveLine:
    lot = row.get("lot")
    return ReceiveLine(
        line_id=line_id,
        quantity=row.get("quantity"),
        rejected_quantity=row.get("rejected_quantity", 0),
        lot_id=_id_of(lot),
        lot_number=lot if isinstance(lot, str) else "",
        began_on=row.get("began_on"),
        expires_on=row.get("expires_on"),
        location_id=where.location_id,
    )


def _id_of(lot: int | str | None) -> int | None:
    return lot if isinstance(lot, int) else None
