"""Purchasing in the admin: suppliers and what they sell written by services, orders and receipts to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, ServiceInline, now
from core.adminparts import PartEdits
from purchasing import selectors
from purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierItem,
    SupplierPrice,
)
from purchasing.services import supplier_items, suppliers
from sites.access import access_of


@admin.register(Supplier)
class SupplierAdmin(ServiceAdmin):
    """Without a party a company of his own is made."""

    selector = staticmethod(lambda user: selectors.suppliers(access_of(user)))
    list_display = ("code", "name", "company", "party", "currency", "lead_time_days", "is_preferred", "archived_at")
    list_filter = ("is_preferred", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("company", "party")
    search_fields = ("code", "name")
    ordering = ("code", "pk")
    autocomplete_fields = ("company", "party")
    edited = (
        "company",
        "code",
        "name",
        "party",
        "currency",
        "payment_terms_days",
        "lead_time_days",
        "rating",
        "is_preferred",
        "email",
        "country",
    )
    fixed = ("company", "party")
    optional = ("party",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Supplier:
        return suppliers.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Supplier, changes: dict[str, Any], expected: int | None) -> Supplier:
        return suppliers.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Supplier) -> None:
        suppliers.archive(row, now=now(), actor=request.user)


class SupplierPriceInline(ServiceInline):
    model = SupplierPrice
    fields = ("minimum_quantity", "unit_price", "currency", "valid_from_on", "valid_until_on")
    ordering = ("minimum_quantity", "valid_from_on")
    key = frozenset({"minimum_quantity", "valid_from_on"})

    def write(self, request: HttpRequest, row: SupplierItem, edits: PartEdits, expected: int | None) -> SupplierItem:
        prices = [supplier_items.PriceDraft(**values) for values in edits.put]
        removed = [values["id"] for values in edits.taken]
        return supplier_items.edit(row, prices=prices, removed_price_ids=removed, expected=expected, actor=request.user)


@admin.register(SupplierItem)
class SupplierItemAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.supplier_items(access_of(user)))
    list_display = ("item", "supplier", "company", "supplier_sku", "unit_label", "lead_time_days", "preference")
    list_select_related = ("item", "supplier", "company")
    search_fields = ("item__sku", "supplier__code", "supplier_sku")
    autocomplete_fields = ("supplier", "item")
    edited = (
        "supplier",
        "item",
        "supplier_sku",
        "unit_label",
        "unit_factor",
        "lead_time_days",
        "order_minimum",
        "order_multiple",
        "order_maximum",
        "preference",
    )
    fixed = ("supplier", "item")
    inlines = (SupplierPriceInline,)
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> SupplierItem:
        return supplier_items.create(**values, actor=request.user)

    def change(
        self, request: HttpRequest, row: SupplierItem, changes: dict[str, Any], expected: int | None
    ) -> SupplierItem:
        return supplier_items.edit(row, expected=expected, actor=request.user, **changes)


class PurchaseOrderLineInline(ReadOnlyInline):
    model = PurchaseOrderLine
    fields = ("line_no", "item", "site", "quantity", "posted_quantity", "closed_quantity", "unit_price", "expected_on")
    ordering = ("line_no",)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.purchase_orders(access_of(user)))
    list_display = ("number", "company", "supplier", "site", "state", "ordered_on", "expected_on", "currency")
    list_display_links = ("number",)
    list_filter = ("state", "site", "is_historical")
    list_select_related = ("company", "supplier", "site")
    search_fields = ("=number",)
    inlines = (PurchaseOrderLineInline,)


class ReceiptLineInline(ReadOnlyInline):
    model = ReceiptLine
    fields = ("order_line", "quantity", "rejected_quantity")


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.receipts(access_of(user)))
    list_display = ("number", "order", "company", "site", "received_at", "is_historical", "reversed_at")
    list_display_links = ("number",)
    list_filter = ("is_historical", "site")
    list_select_related = ("order", "company", "site")
    search_fields = ("=number", "=order__number")
    inlines = (ReceiptLineInline,)
