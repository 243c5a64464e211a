"""Sales in the admin: customers written by services, orders and shipments to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, now
from sales import selectors
from sales.models import Customer, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from sales.services import customers
from sites.access import access_of


@admin.register(Customer)
class CustomerAdmin(ServiceAdmin):
    """Without a party a company of his own is made."""

    selector = staticmethod(lambda user: selectors.customers(access_of(user)))
    list_display = ("code", "name", "company", "party", "currency", "payment_terms_days", "archived_at")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
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
        "email",
        "street",
        "postal_code",
        "city",
        "country",
    )
    fixed = ("company", "party")
    optional = ("party",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Customer:
        return customers.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Customer, changes: dict[str, Any], expected: int | None) -> Customer:
        return customers.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Customer) -> None:
        customers.archive(row, now=now(), actor=request.user)


class SalesOrderLineInline(ReadOnlyInline):
    model = SalesOrderLine
    fields = ("line_no", "item", "site", "quantity", "posted_quantity", "closed_quantity", "unit_price", "need_by_on")
    ordering = ("line_no",)


@admin.register(SalesOrder)
class SalesOrderAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.sales_orders(access_of(user)))
    list_display = ("number", "company", "customer", "site", "state", "ordered_on", "need_by_on", "currency")
    list_display_links = ("number",)
    list_filter = ("state", "site")
    list_select_related = ("company", "customer", "site")
    search_fields = ("=number",)
    inlines = (SalesOrderLineInline,)


class ShipmentLineInline(ReadOnlyInline):
    model = ShipmentLine
    fields = ("order_line", "quantity")


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: selectors.shipments(access_of(user)))
    list_display = ("number", "order", "company", "site", "shipped_at", "carrier", "tracking_number", "reversed_at")
    list_display_links = ("number",)
    list_filter = ("site",)
    list_select_related = ("order", "company", "site")
    search_fields = ("=number", "=order__number")
    inlines = (ShipmentLineInline,)
