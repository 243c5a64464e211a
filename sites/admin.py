"""Companies, sites and what belongs to them in the admin; each write is a service call."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.adminbase import ServiceAdmin, ServiceInline, now
from core.adminparts import PartEdits
from sites import selectors
from sites.access import access_of
from sites.models import Calendar, CalendarException, CalendarShift, Company, ExchangeRate, Lane, Membership, Site
from sites.services import calendars, companies, exchange_rates, lanes, memberships
from sites.services import sites as site_services


@admin.register(Company)
class CompanyAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.companies(access_of(user)))
    list_display = ("code", "name", "currency", "country", "is_own", "closed_through_on", "archived_at")
    list_filter = (
        "is_own",
        "is_supplier",
        "is_customer",
        "is_contract_manufacturer",
        "is_logistics_provider",
        ("archived_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("code", "name")
    ordering = ("code", "pk")
    edited = (
        "code",
        "name",
        "currency",
        "country",
        "is_own",
        "is_supplier",
        "is_customer",
        "is_contract_manufacturer",
        "is_logistics_provider",
        "closed_through_on",
    )

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Company:
        return companies.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Company, changes: dict[str, Any], expected: int | None) -> Company:
        return companies.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Company) -> None:
        companies.archive(row, now=now(), actor=request.user)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.exchange_rates(access_of(user)))
    list_display = ("company", "from_currency", "to_currency", "valid_from_on", "rate")
    list_filter = ("from_currency", "to_currency")
    list_select_related = ("company",)
    search_fields = ("company__code", "from_currency", "to_currency")
    autocomplete_fields = ("company",)
    edited = ("company", "from_currency", "to_currency", "valid_from_on", "rate")
    fixed = ("company", "from_currency", "to_currency", "valid_from_on")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> ExchangeRate:
        return exchange_rates.put(**values, actor=request.user)

    def change(
        self, request: HttpRequest, row: ExchangeRate, changes: dict[str, Any], expected: int | None
    ) -> ExchangeRate:
        key = {name: getattr(row, name) for name in self.fixed}
        return exchange_rates.put(**key, rate=changes["rate"], actor=request.user)


class ShiftInline(ServiceInline):
    model = CalendarShift
    fields = ("weekday", "starts_at", "ends_at")
    ordering = ("weekday", "starts_at")

    def write(self, request: HttpRequest, row: Calendar, edits: PartEdits, expected: int | None) -> Calendar:
        shifts = [calendars.Shift(**values) for values in edits.kept]
        return calendars.edit(row, shifts=shifts, expected=expected, now=now(), actor=request.user)


class ExceptionInline(ServiceInline):
    model = CalendarException
    fields = ("on_date", "is_working", "starts_at", "ends_at", "reason")
    ordering = ("on_date",)
    key = frozenset({"on_date"})

    def write(self, request: HttpRequest, row: Calendar, edits: PartEdits, expected: int | None) -> Calendar:
        days = [calendars.ExceptionDay(**values) for values in edits.put]
        removed = [values["on_date"] for values in edits.taken]
        return calendars.edit(
            row, exceptions=days, removed_dates=removed, expected=expected, now=now(), actor=request.user
        )


@admin.register(Calendar)
class CalendarAdmin(ServiceAdmin):
    """A new one works Monday to Friday; its shifts and exceptions are edited once it is there."""

    selector = staticmethod(lambda user: selectors.calendars(access_of(user)))
    list_display = ("code", "name", "company", "archived_at")
    list_select_related = ("company",)
    search_fields = ("code", "name")
    ordering = ("code", "pk")
    autocomplete_fields = ("company",)
    edited = ("code", "name", "company")
    fixed = ("company",)
    inlines = (ShiftInline, ExceptionInline)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Calendar:
        return calendars.create(**values, now=now(), actor=request.user)

    def change(self, request: HttpRequest, row: Calendar, changes: dict[str, Any], expected: int | None) -> Calendar:
        return calendars.edit(row, expected=expected, now=now(), actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Calendar) -> None:
        calendars.archive(row, now=now(), actor=request.user)


@admin.register(Site)
class SiteAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.sites(access_of(user)))
    list_display = ("code", "name", "kind", "company", "default_owner", "city", "time_zone", "archived_at")
    list_filter = ("kind", "is_selling", "is_making", "is_buying", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("company", "default_owner")
    search_fields = ("code", "name", "city")
    ordering = ("code", "pk")
    autocomplete_fields = ("company", "default_owner", "calendar")
    edited = (
        "code",
        "name",
        "company",
        "default_owner",
        "kind",
        "street",
        "postal_code",
        "city",
        "country",
        "latitude",
        "longitude",
        "time_zone",
        "cut_off_at",
        "receiving_ends_at",
        "calendar",
        "is_selling",
        "is_making",
        "is_buying",
    )
    fixed = ("company",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Site:
        return site_services.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Site, changes: dict[str, Any], expected: int | None) -> Site:
        return site_services.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Site) -> None:
        site_services.archive(row, now=now(), actor=request.user)


@admin.register(Lane)
class LaneAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.lanes(access_of(user)))
    list_display = ("origin", "destination", "company", "transit_days", "departure_weekdays", "archived_at")
    list_select_related = ("origin", "destination", "company")
    search_fields = ("origin__code", "destination__code", "company__code")
    autocomplete_fields = ("company", "origin", "destination")
    edited = (
        "company",
        "origin",
        "destination",
        "transit_days",
        "departure_weekdays",
        "cost_per_kg",
        "cost_per_unit",
        "cost_per_shipment",
        "capacity_kg",
    )
    fixed = ("company", "origin", "destination")

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Lane:
        return lanes.create(**values, actor=request.user)

    def change(self, request: HttpRequest, row: Lane, changes: dict[str, Any], expected: int | None) -> Lane:
        return lanes.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Lane) -> None:
        lanes.archive(row, now=now(), actor=request.user)


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    selector = staticmethod(lambda user: selectors.memberships(access_of(user), user))
    list_display = ("user", "company", "site", "role")
    list_filter = ("role",)
    list_select_related = ("user", "company", "site")
    search_fields = ("user__username", "company__code", "site__code")
    autocomplete_fields = ("user", "company", "site")
    edited = ("user", "company", "site", "role")
    fixed = ("user", "company", "site")
    has_archive = False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Membership:
        return memberships.grant(**values, actor=request.user)

    def change(
        self, request: HttpRequest, row: Membership, changes: dict[str, Any], expected: int | None
    ) -> Membership:
        return memberships.grant(
            user=row.user, company=row.company, site=row.site, role=changes["role"], actor=request.user
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        memberships.revoke(obj, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("company", "site", "user").order_by("pk"):
            memberships.revoke(membership, actor=request.user)
