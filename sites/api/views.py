"""`companies sites calendars lanes memberships exchange-rates`."""

from typing import Any

from django.db.models import QuerySet

from core.api.views import CreateMixin, DestroyMixin, EditMixin, ScopedViewSet, document_action
from sites import selectors
from sites.access import access_of
from sites.api import filters, serializers
from sites.models import Calendar, Company, ExchangeRate, Lane, Membership, Site
from sites.services import calendars, companies, exchange_rates, lanes, memberships
from sites.services import sites as site_services


class MasterViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """Master data: archived, never deleted."""


class CompanyViewSet(MasterViewSet):
    """Companies that you belong to, and those that you deal with."""

    serializer_class = serializers.CompanySerializer
    write_serializer_class = serializers.CompanyWriteSerializer
    filterset_class = filters.CompanyFilter
    ordering_fields = ("code", "name")

    def scope(self) -> QuerySet[Company]:
        return selectors.companies(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Company:
        return companies.create(**values, actor=self.actor)

    def perform_update(self, row: Company, values: dict[str, Any], expected: int) -> Company:
        return companies.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, company: Company, values: dict[str, Any]) -> None:
        """Put it away."""
        companies.archive(company, now=self.now, actor=self.actor)


class SiteViewSet(MasterViewSet):
    """Sites that your companies operate, and those where their goods are or go."""

    serializer_class = serializers.SiteSerializer
    write_serializer_class = serializers.SiteWriteSerializer
    change_serializer_class = serializers.SiteChangeSerializer
    filterset_class = filters.SiteFilter
    ordering_fields = ("code", "name")

    def scope(self) -> QuerySet[Site]:
        return selectors.sites(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Site:
        return site_services.create(**values, actor=self.actor)

    def perform_update(self, row: Site, values: dict[str, Any], expected: int) -> Site:
        return site_services.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, site: Site, values: dict[str, Any]) -> None:
        """Put it away, once it is empty."""
        site_services.archive(site, now=self.now, actor=self.actor)


class CalendarViewSet(MasterViewSet):
    """When places work: a week of shifts, and exceptions by date."""

    serializer_class = serializers.CalendarSerializer
    write_serializer_class = serializers.CalendarWriteSerializer
    change_serializer_class = serializers.CalendarChangeSerializer
    filterset_class = filters.CalendarFilter
    ordering_fields = ("code", "name")

    def scope(self) -> QuerySet[Calendar]:
        return selectors.calendars(access_of(self.actor)).prefetch_related("shifts", "exceptions")

    def perform_create(self, values: dict[str, Any]) -> Calendar:
        return calendars.create(**_days(values), now=self.now, actor=self.actor)

    def perform_update(self, row: Calendar, values: dict[str, Any], expected: int) -> Calendar:
        return calendars.edit(row, expected=expected, now=self.now, actor=self.actor, **_days(values))

    @document_action()
    def archive(self, calendar: Calendar, values: dict[str, Any]) -> None:
        """Put it away; those who use it keep it."""
        calendars.archive(calendar, now=self.now, actor=self.actor)


class LaneViewSet(MasterViewSet):
    """How your companies' goods get from site to site."""

    serializer_class = serializers.LaneSerializer
    write_serializer_class = serializers.LaneWriteSerializer
    change_serializer_class = serializers.LaneChangeSerializer
    filterset_class = filters.LaneFilter
    ordering_fields = {"origin": "origin__code", "destination": "destination__code", "transit_days": "transit_days"}

    def scope(self) -> QuerySet[Lane]:
        return selectors.lanes(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Lane:
        values.setdefault("company", values["origin"].default_owner)
        return lanes.create(**values, actor=self.actor)

    def perform_update(self, row: Lane, values: dict[str, Any], expected: int) -> Lane:
        return lanes.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, lane: Lane, values: dict[str, Any]) -> None:
        """Put it away; transfers on their way keep going."""
        lanes.archive(lane, now=self.now, actor=self.actor)


class MembershipViewSet(CreateMixin, DestroyMixin, ScopedViewSet):
    """Who works for the companies that you administer, and your own roles. The same again replaces the role."""

    serializer_class = serializers.MembershipSerializer
    write_serializer_class = serializers.MembershipWriteSerializer
    filterset_class = filters.MembershipFilter
    ordering_fields = {"user": "user__username"}

    def scope(self) -> QuerySet[Membership]:
        return selectors.memberships(access_of(self.actor), self.actor)

    def perform_create(self, values: dict[str, Any]) -> Membership:
        return memberships.grant(**values, actor=self.actor)

    def perform_destroy(self, row: Membership, expected: int | None) -> None:
        memberships.revoke(row, actor=self.actor)


class ExchangeRateViewSet(CreateMixin, ScopedViewSet):
    """Rates in your companies' books. The same day again replaces the rate."""

    serializer_class = serializers.ExchangeRateSerializer
    write_serializer_class = serializers.ExchangeRateWriteSerializer
    filterset_class = filters.ExchangeRateFilter
    ordering_fields = ("valid_from_on",)

    def scope(self) -> QuerySet[ExchangeRate]:
        return selectors.exchange_rates(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> ExchangeRate:
        return exchange_rates.put(**values, actor=self.actor)


def _days(values: dict[str, Any]) -> dict[str, Any]:
    if "shifts" in values:
        values["shifts"] = [calendars.Shift(**shift) for shift in values["shifts"]]
    if "exceptions" in values:
        values["exceptions"] = [calendars.ExceptionDay(**day) for day in values["exceptions"]]
    return values
