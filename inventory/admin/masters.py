"""Masters of inventory in the admin; each write is a service call."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.adminbase import ServiceAdmin, ServiceInline, now
from core.adminparts import PartEdits
from inventory.choices import LotState
from inventory.models import (
    ConsignmentAgreement,
    Item,
    ItemCategory,
    ItemCode,
    ItemCompany,
    ItemSite,
    ItemUnit,
    Location,
    Lot,
    UnitOfMeasure,
)
from inventory.selectors import items as item_selectors
from inventory.selectors import masters
from inventory.services import agreements, item_sites, items, locations, lots
from sites.access import access_of
from sites.models import Company


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


class ItemUnitInline(ServiceInline):
    model = ItemUnit
    fields = ("unit", "factor")
    autocomplete_fields = ("unit",)
    key = frozenset({"unit"})

    def write(self, request: HttpRequest, row: Item, edits: PartEdits, expected: int | None) -> Item:
        given = items.PartEdits(
            units={values["unit"]: values["factor"] for values in edits.put},
            removed_unit_ids=[values["id"] for values in edits.taken],
        )
        return items.edit_parts(row, given, expected=expected, actor=request.user)


def _own(user: Any) -> QuerySet[Company]:
    """Companies for which a user may say something of an item."""
    return Company.objects.filter(pk__in=sorted(access_of(user).company_ids))


class ItemCompanyInline(ServiceInline):
    model = ItemCompany
    selector = staticmethod(lambda user: item_selectors.terms(access_of(user)))
    own = staticmethod(_own)
    fields = ("company", "is_keeper", "standard_cost", "list_price", "is_made", "is_bought", "is_sold", "planner")
    autocomplete_fields = ("company", "planner")
    key = frozenset({"company"})

    def write(self, request: HttpRequest, row: Item, edits: PartEdits, expected: int | None) -> Item:
        given = items.PartEdits(
            terms={values.pop("company"): cast(items.Sight, values) for values in edits.put},
            removed_company_ids=[values["company"] for values in edits.taken],
        )
        return items.edit_parts(row, given, expected=expected, actor=request.user)


class ItemCodeInline(ServiceInline):
    model = ItemCode
    selector = staticmethod(lambda user: item_selectors.codes(access_of(user)))
    own = staticmethod(_own)
    fields = ("company", "code")
    autocomplete_fields = ("company",)
    key = frozenset({"company", "code"})

    def write(self, request: HttpRequest, row: Item, edits: PartEdits, expected: int | None) -> Item:
        given = items.PartEdits(
            codes=[(values["company"], values["code"]) for values in edits.put],
            removed_code_ids=[values["id"] for values in edits.taken],
        )
        return items.edit_parts(row, given, expected=expected, actor=request.user)


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
            until, at = changes["valid_until_on"], {"expected": expected, "now": now(), "actor": request.user}
            is_later = until is None or (row.valid_until_on is not None and until > row.valid_until_on)
            row = agreements.prolong(row, until=until, **at) if is_later else agreements.end(row, on=until, **at)
        return row
