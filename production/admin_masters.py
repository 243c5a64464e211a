"""Work centers, operators and what belongs to them in the admin; each write is a service call."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.adminbase import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, now
from production.models import Operation, Operator, Reason, Routing, Skill, Team, Tool, WorkCenter
from production.selectors import masters as selectors
from production.selectors.routings import visible_routings
from production.services import masters, operators
from production.services.masters import RATES
from sites.access import access_of

_ARCHIVED = ("archived_at", admin.EmptyFieldListFilter)


class _MasterAdmin(ServiceAdmin):
    ordering = ("code", "pk")
    search_fields = ("code", "name")
    list_filter: Any = (_ARCHIVED,)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Any:
        return masters.create(self.model, actor=request.user, **values)

    def change(self, request: HttpRequest, row: Any, changes: dict[str, Any], expected: int | None) -> Any:
        return masters.edit(row, expected=expected, actor=request.user, **changes)

    def archive(self, request: HttpRequest, row: Any) -> None:
        masters.archive(row, now=now(), actor=request.user)


@admin.register(WorkCenter)
class WorkCenterAdmin(_MasterAdmin):
    """Only of companies whose values the reader sees: the form shows rates."""

    selector = staticmethod(lambda user: WorkCenter.objects.filter(access_of(user).valued("site__company")))
    list_display = ("code", "name", "site", "parallel_machines", "archived_at")
    list_select_related = ("site",)
    list_filter = ("site", _ARCHIVED)
    autocomplete_fields = ("site", "calendar")
    edited = ("site", "code", "name", "parallel_machines", *RATES, "efficiency_factor", "calendar", "note")
    fixed = ("site",)


@admin.register(Skill)
class SkillAdmin(_MasterAdmin):
    selector = staticmethod(lambda user: selectors.skills(access_of(user)))
    list_display = ("code", "name", "archived_at")
    edited = ("code", "name")


@admin.register(Tool)
class ToolAdmin(_MasterAdmin):
    selector = staticmethod(lambda user: selectors.tools(access_of(user)))
    list_display = ("code", "name", "site", "archived_at")
    list_select_related = ("site",)
    autocomplete_fields = ("site",)
    edited = ("site", "code", "name")
    fixed = ("site",)


@admin.register(Reason)
class ReasonAdmin(_MasterAdmin):
    selector = staticmethod(lambda user: selectors.reasons(access_of(user)))
    list_display = ("code", "kind", "name", "site", "archived_at")
    list_select_related = ("site",)
    list_filter = ("kind", _ARCHIVED)
    autocomplete_fields = ("site",)
    edited = ("site", "kind", "code", "name")
    fixed = ("site",)


@admin.register(Team)
class TeamAdmin(_MasterAdmin):
    selector = staticmethod(lambda user: selectors.teams(access_of(user)))
    list_display = ("code", "name", "site", "archived_at")
    list_select_related = ("site",)
    list_filter = ("site", _ARCHIVED)
    autocomplete_fields = ("site",)
    edited = ("site", "code", "name")
    fixed = ("site",)


@admin.register(Operator)
class OperatorAdmin(_MasterAdmin):
    """PIN, badge and skills are given by the API: none of them is shown or typed here."""

    selector = staticmethod(lambda user: selectors.operators(access_of(user)))
    list_display = ("code", "name", "site", "team", "work_center", "is_supervisor", "archived_at")
    list_select_related = ("site", "team", "work_center")
    list_filter = ("site", _ARCHIVED)
    autocomplete_fields = ("site", "team", "work_center")
    edited = ("site", "code", "name", "team", "work_center", "is_supervisor")
    fixed = ("site",)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Operator:
        return operators.create(actor=request.user, **values)

    def change(self, request: HttpRequest, row: Operator, changes: dict[str, Any], expected: int | None) -> Operator:
        return operators.edit(row, expected=expected, actor=request.user, **changes)


class OperationInline(ReadOnlyInline):
    model = Operation
    fields = ("number", "name", "work_center", "setup_time_minutes", "run_time_minutes_per_unit", "yield_factor")
    ordering = ("number",)


@admin.register(Routing)
class RoutingAdmin(ReadOnlyAdmin):
    """To read: routings are written with their operations by the API."""

    selector = staticmethod(lambda user: visible_routings(access_of(user)))
    list_display = ("id", "item", "code", "revision", "company", "site", "valid_from_on", "archived_at")
    list_display_links = ("id",)
    list_select_related = ("item", "company", "site")
    search_fields = ("item__sku", "code")
    inlines = (OperationInline,)
