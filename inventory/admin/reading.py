"""The ledger and all that follows from it in the admin: only to read."""

from django.contrib import admin

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline
from inventory.models import (
    Allocation,
    AllocationPin,
    CostPool,
    Demand,
    DocumentStatus,
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
    ValueEntry,
)
from inventory.selectors import allocations, ledger, levels, ranks, registers, statuses, stock_counts, transfers
from sites.access import access_of


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
    selector = staticmethod(lambda user: ledger.entries(access_of(user)))
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
    selector = staticmethod(lambda user: levels.levels(access_of(user)))
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
    selector = staticmethod(lambda user: allocations.visible_allocations(access_of(user)))
    list_display = ("demand_id", "item", "site", "used_by", "quantity", "served_quantity", "availability")
    list_display_links = ("demand_id",)
    list_filter = ("availability", "site")
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=item__sku",)


@admin.register(DocumentStatus)
class DocumentStatusAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: statuses.visible_statuses(access_of(user)))
    list_display = ("document_kind", "document_id", "company", "availability", "complete_on", "late_days")
    list_display_links = ("document_kind",)
    list_filter = ("document_kind", "availability")
    list_select_related = ("company",)


@admin.register(TransferFlow)
class TransferFlowAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: transfers.visible_flows(access_of(user)))
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
    selector = staticmethod(lambda user: registers.demands(access_of(user)))
    list_display = REGISTER
    list_display_links = ("document_number",)
    list_filter = ("kind", "firmness", "site", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=document_number", "=item__sku")


@admin.register(Supply)
class SupplyAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: registers.supplies(access_of(user)))
    list_display = REGISTER
    list_display_links = ("document_number",)
    list_filter = ("kind", "firmness", "site", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("item", "site", "used_by")
    search_fields = ("=document_number", "=item__sku")


@admin.register(Priority)
class PriorityAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: ranks.visible_priorities(access_of(user)))
    list_display = ("rank", "company", "created_at")
    list_display_links = ("rank",)
    list_select_related = ("company",)


@admin.register(AllocationPin)
class AllocationPinAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: allocations.visible_pins(access_of(user)))
    list_display = ("id", "demand", "supply", "quantity", "kind")
    list_display_links = ("id",)
    list_select_related = ("demand", "supply")


class TransferLineInline(ReadOnlyInline):
    model = TransferLine
    fields = ("line_no", "item", "quantity", "posted_quantity", "received_quantity", "lost_quantity")
    ordering = ("line_no",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    selector = staticmethod(lambda user: transfers.visible_transfers(access_of(user)))
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
    selector = staticmethod(lambda user: stock_counts.visible_counts(access_of(user)))
    list_display = ("number", "company", "site", "state", "created_at")
    list_display_links = ("number",)
    list_filter = ("state",)
    list_select_related = ("company", "site")
    search_fields = ("=number",)
    inlines = (StockCountLineInline,)
