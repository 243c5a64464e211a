"""Inventory in the admin: masters written by services, the ledger and all that follows from it only to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline, ScopedInline, ServiceAdmin, now
from inventory.choices import LotState
from inventory.models import (
    Allocation,
    AllocationPin,
    ConsignmentAgreement,
    CostPool,
    Demand,
    DocumentStatus,
    Item,
    ItemCategory,
    ItemCode,
    ItemCompany,
    ItemSite,
    ItemUnit,
    Location,
    Lot,
    Posting,
    Priority,
    StockBalance,
    StockCount,
    StockCountLine,
    StockLevel,
    StockMove,
    Supply,
    Transfer,
    TransferFlow,
    TransferLine,
    UnitOfMeasure,
    ValueEntry,
)
from inventory.selectors import items as item_selectors
from inventory.selectors import ledger, masters
from inventory.services import agreements, item_sites, items, locations, lots
from sites.access import access_of


@admin.register(UnitOfMeasure)
class UnitAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: UnitOfMeasure.objects.all())
    list_display = ("code", "name", "decimals")
    search_fields = ("code", "name")
    ordering = ("code", "pk")
    edited = ("code", "name", "decimals")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> UnitOfMeasure:
        return items.create_unit(**values, actor=request.user)

    def change(
        self, request: HttpRequest, row: UnitOfMeasure, changes: dict[str, Any], expected: int | None
    ) -> UnitOfMeasure:
        return items.edit_unit(row, expected=expected, actor=request.user, **changes)


@admin.register(ItemCategory)
class ItemCategoryAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: ItemCategory.objects.all())
    list_display = ("name", "parent")
    list_select_related = ("parent",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    autocomplete_fields = ("parent",)
    edited = ("name", "parent")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ItemCategory:
        return items.create_category(**values, actor=request.user)

    def change(
        self, request: HttpRequest, row: ItemCategory, changes: dict[str, Any], expected: int | None
    ) -> ItemCategory:
        return items.edit_category(row, expected=expected, actor=request.user, **changes)


class ItemUnitInline(ScopedInline):
    model = ItemUnit
    fields = ("unit", "factor")
    autocomplete_fields = ("unit",)


class ItemCompanyInline(ScopedInline):
    model = ItemCompany
    fields = ("company", "standard_cost", "list_price", "is_made", "is_bought", "is_sold", "planner")
    autocomplete_fields = ("company", "planner")


class ItemCodeInline(ScopedInline):
    model = ItemCode
    fields = ("company", "code")
    autocomplete_fields = ("company",)


@admin.register(Item)
class ItemAdmin(ServiceAdmin):
    """A new item is seen by all until a company is entered beside it."""

    selector = staticmethod(lambda user: item_selectors.items(access_of(user)))
    list_display = ("sku", "name", "category", "unit", "tracking", "weight_kg", "archived_at")
    list_filter = ("tracking", "category", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("category", "unit")
    search_fields = ("sku", "name")
    ordering = ("sku", "pk")
    autocomplete_fields = ("category", "unit", "variant_of")
    edited = (
        "sku",
        "name",
        "description",
        "category",
        "unit",
        "tracking",
        "weight_kg",
        "variant_of",
        "options",
    )
    inlines = (ItemUnitInline, ItemCompanyInline, ItemCodeInline)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Item:
        return items.create(company=None, actor=request.user, **values)

    def change(self, request: HttpRequest, row: Item, changes: dict[str, Any], expected: int | None) -> Item:
        return items.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Item) -> None:
        items.archive(row, now=now(), actor=request.user)


@admin.register(ItemSite)
class ItemSiteAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: item_selectors.item_sites(access_of(user)))
    list_display = (
        "item",
        "site",
        "company",
        "safety_stock",
        "reorder_point",
        "order_minimum",
        "order_multiple",
        "source_lead_time_days",
    )
    list_filter = ("site",)
    list_select_related = ("item", "site", "company")
    search_fields = ("item__sku", "item__name", "site__code")
    autocomplete_fields = ("item", "site", "company", "default_location", "source_calendar")
    edited = (
        "item",
        "site",
        "company",
        "default_location",
        "safety_stock",
        "reorder_point",
        "order_minimum",
        "order_multiple",
        "source_lead_time_days",
        "source_calendar",
    )
    fixed = ("item", "site", "company")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ItemSite:
        return item_sites.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: ItemSite, changes: dict[str, Any], expected: int | None) -> ItemSite:
        return item_sites.edit(row, expected=expected, actor=request.user, **changes)


@admin.register(Location)
class LocationAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: masters.locations(access_of(user)))
    list_display = ("code", "site", "kind", "parent", "pick_order", "is_default_receipt", "archived_at")
    list_filter = ("kind", "site", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("site", "parent")
    search_fields = ("code", "name", "site__code")
    autocomplete_fields = ("site", "parent")
    edited = ("site", "code", "name", "kind", "parent", "pick_order", "is_default_receipt")
    fixed = ("site",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Location:
        return locations.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Location, changes: dict[str, Any], expected: int | None) -> Location:
        return locations.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Location) -> None:
        locations.archive(row, now=now(), actor=request.user)


@admin.register(Lot)
class LotAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: masters.lots(access_of(user)))
    list_display = ("number", "item", "issuer", "kind", "state", "began_on", "expires_on")
    list_filter = ("kind", "state")
    list_select_related = ("item", "issuer")
    search_fields = ("number", "item__sku")
    autocomplete_fields = ("item", "issuer")
    edited = ("item", "number", "issuer", "began_on", "expires_on")
    fixed = ("item", "number", "issuer")
    has_archive = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = super().get_fields(request, obj)
        return [*fields[:5], "state", "state_reason", *fields[5:]] if obj else fields

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Lot:
        return lots.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Lot, changes: dict[str, Any], expected: int | None) -> Lot:
        """A lot is held with a reason, or released; its dates are edited apart from that."""
        state = changes.pop("state", None)
        reason = changes.pop("state_reason", row.state_reason)
        if changes:
            row = lots.edit(row, expected=expected, actor=request.user, **changes)
            expected = row.version
        if (state or row.state) == LotState.HELD:
            return lots.hold(row, reason=reason, expected=expected, actor=request.user)
        return lots.release(row, reason=reason, expected=expected, actor=request.user) if state else row


@admin.register(ConsignmentAgreement)
class ConsignmentAgreementAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: masters.agreements(access_of(user)))
    list_display = ("owner", "used_by", "site", "item", "unit_price", "currency", "valid_from_on", "valid_until_on")
    list_select_related = ("owner", "used_by", "site", "item")
    search_fields = ("owner__code", "used_by__code", "site__code", "item__sku")
    autocomplete_fields = ("owner", "used_by", "site", "item")
    edited = ("owner", "used_by", "site", "item", "unit_price", "currency", "valid_from_on", "valid_until_on")
    fixed = ("owner", "used_by", "site", "item", "currency", "valid_from_on")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ConsignmentAgreement:
        names = ("valid_from_on", "valid_until_on", "unit_price", "currency")
        term = agreements.Term(**{name: values.pop(name) for name in names})
        return agreements.start(**values, term=term, now=now(), actor=request.user)

    def change(
        self, request: HttpRequest, row: ConsignmentAgreement, changes: dict[str, Any], expected: int | None
    ) -> ConsignmentAgreement:
        if "unit_price" in changes:
            price = changes["unit_price"]
            row = agreements.edit(row, unit_price=price, expected=expected, actor=request.user)
            expected = row.version
        if "valid_until_on" in changes:
            on = changes["valid_until_on"]
            row = agreements.end(row, on=on, expected=expected, now=now(), actor=request.user)
        return row


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: ledger.postings(access_of(user)))
    list_display = ("number", "kind", "company", "site", "source_number", "effective_on", "posted_at")
    list_display_links = ("number",)
    list_filter = ("kind",)
    list_select_related = ("company", "site")
    search_fields = ("=number", "=source_number")


@admin.register(StockMove)
class StockMoveAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: ledger.moves(access_of(user)))
    list_display = (
        "id",
        "item",
        "quantity",
        "from_site",
        "from_location",
        "from_owner",
        "to_site",
        "to_location",
        "to_owner",
        "effective_on",
    )
    list_display_links = ("id",)
    list_select_related = (
        "item",
        "from_site",
        "from_location",
        "from_owner",
        "to_site",
        "to_location",
        "to_owner",
    )
    search_fields = ("=item__sku",)


@admin.register(ValueEntry)
class ValueEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "company", "site", "pool_id", "quantity", "amount", "currency", "effective_on")
    list_display_links = ("id",)
    list_filter = ("kind",)
    list_select_related = ("company", "site")


@admin.register(StockBalance)
class StockBalanceAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: ledger.balances(access_of(user)))
    list_display = ("item", "site", "location", "lot", "owner", "used_by", "quantity", "reserved")
    list_display_links = ("item",)
    list_filter = ("site",)
    list_select_related = ("item", "site", "location", "lot", "owner", "used_by")
    search_fields = ("=item__sku", "=lot__number")


@admin.register(CostPool)
class CostPoolAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: ledger.pools(access_of(user)))
    list_display = ("kind", "item", "owner", "site", "source_id", "quantity", "value", "currency")
    list_display_links = ("kind",)
    list_filter = ("kind", "site")
    list_select_related = ("item", "owner", "site")
    search_fields = ("=item__sku",)


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyAdmin):
    list_display = (
        "item",
        "site",
        "used_by",
        "on_hand",
        "committed",
        "expected",
        "available",
        "missing",
        "in_transit",
        "stock_out_on",
        "order_by_on",
    )
    list_display_links = ("item",)
    list_filter = ("site",)
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=item__sku",)


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("demand_id", "item", "site", "used_by", "quantity", "served_quantity", "availability")
    list_display_links = ("demand_id",)
    list_filter = ("availability", "site")
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=item__sku",)


@admin.register(DocumentStatus)
class DocumentStatusAdmin(ReadOnlyAdmin):
    list_display = ("document_kind", "document_id", "company", "availability", "complete_on", "late_days")
    list_display_links = ("document_kind",)
    list_filter = ("document_kind", "availability")
    list_select_related = ("company",)


@admin.register(TransferFlow)
class TransferFlowAdmin(ReadOnlyAdmin):
    list_display = ("item", "company", "origin", "destination", "committed", "expected", "in_transit")
    list_display_links = ("item",)
    list_select_related = ("item", "company", "origin", "destination")
    search_fields = ("=item__sku",)


REGISTER = (
    "document_number",
    "kind",
    "item",
    "site",
    "used_by",
    "open_quantity",
    "due_on",
    "firmness",
    "closed_at",
)


@admin.register(Demand)
class DemandAdmin(ReadOnlyAdmin):
    list_display = REGISTER
    list_display_links = ("document_number",)
    list_filter = ("kind", "firmness", "site", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=document_number", "=item__sku")


@admin.register(Supply)
class SupplyAdmin(ReadOnlyAdmin):
    list_display = REGISTER
    list_display_links = ("document_number",)
    list_filter = ("kind", "firmness", "site", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=document_number", "=item__sku")


@admin.register(Priority)
class PriorityAdmin(ReadOnlyAdmin):
    list_display = ("rank", "company", "created_at")
    list_display_links = ("rank",)
    list_select_related = ("company",)


@admin.register(AllocationPin)
class AllocationPinAdmin(ReadOnlyAdmin):
    list_display = ("id", "demand", "supply", "quantity", "kind")
    list_display_links = ("id",)
    list_select_related = ("demand", "supply")


class TransferLineInline(ReadOnlyInline):
    model = TransferLine
    fields = ("line_no", "item", "quantity", "posted_quantity", "received_quantity", "lost_quantity")
    ordering = ("line_no",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("number", "company", "origin", "destination", "state", "ship_by_on", "expected_on")
    list_display_links = ("number",)
    list_filter = ("state",)
    list_select_related = ("company", "origin", "destination")
    search_fields = ("=number",)
    inlines = (TransferLineInline,)


class StockCountLineInline(ReadOnlyInline):
    model = StockCountLine
    fields = ("item", "location", "lot", "owner", "expected_quantity", "counted_quantity")


@admin.register(StockCount)
class StockCountAdmin(ReadOnlyAdmin):
    list_display = ("number", "company", "site", "state", "created_at")
    list_display_links = ("number",)
    list_filter = ("state",)
    list_select_related = ("company", "site")
    search_fields = ("=number",)
    inlines = (StockCountLineInline,)
