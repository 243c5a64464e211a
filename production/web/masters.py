"""Pages of work centers, operators, teams, skills, tools and reasons: alike lists, forms and archiving."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path as route
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, StaleVersion
from core.models import Master
from core.web import lists
from core.web.keyset import paginate
from core.web.refusals import refuse
from core.web.tables import csv_response
from inventory.web.steps import Step, Steps, tell
from production.services import masters
from production.web.master_forms import MasterForm
from production.web.master_kinds import KINDS, Column, Kind
from sites.models import Site
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
STREAMED = 500


class MasterMixin(SitePageMixin):
    """Pages of one kind; at a site, of the rows of that site and of all sites."""

    kind: Kind = KINDS[0]

    def scope(self) -> QuerySet[Any]:
        rows = self.kind.rows(self.access)
        if self.kind.is_of_site:
            rows = rows.select_related("site__company")
            if self.site:
                rows = rows.filter(Q(site=self.site) | Q(site=None) if self.kind.is_for_all else Q(site=self.site))
        return rows

    @property
    def list_url(self) -> str:
        return f"/s/{self.site_code}/{self.kind.path}/"

    def may_change(self, site: Site | None) -> bool:
        return masters.may_change(self.access, self.kind.model, site)

    @cached_property
    def open_sites(self) -> list[Site]:
        """Where he may enter one."""
        return [site for site in self.sites if self.may_change(site)] if self.kind.is_of_site else []

    @property
    def may_create(self) -> bool:
        return bool(self.open_sites) or (self.kind.is_for_all and self.may_change(None))


class MasterListMixin(MasterMixin):
    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def tab(self) -> str:
        return "archived" if self.asked("tab") == "archived" else "current"

    @cached_property
    def rows(self) -> QuerySet[Any]:
        rows = self.scope().filter(archived_at__isnull=self.tab == "current")
        for word in self.asked("search").split():
            rows = rows.filter(Q(code__icontains=word) | Q(name__icontains=word))
        return rows.annotate(code_key=Lower("code"))

    def told(self, column: Column, row: Any) -> Any:
        """A value of a row; a rate only to whom it may be told."""
        value = column.value(row)
        if column.kind == "rate" and not self.access.sees_prices(row.site.company_id):
            return None
        if column.kind == "flag":
            return bool(value)
        return value() if column.kind == "word" else value


class MasterListPage(MasterListMixin, TemplateView):
    """`/s/<site>/work-centers/` and its like."""

    template_name = "production/master_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.rows, by="code_key", size=PAGE_SIZE)
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            kind=self.kind,
            kinds=KINDS,
            rows=[{"row": row, "cells": self.cells(row)} for row in page.rows],
            tabs=lists.tabs({"current": _("In use"), "archived": _("Archived")}, {}, self.tab),
            filters=[lists.text_filter("search", _("Search"), self.asked("search"))],
            page=page.shown(),
            is_plain=not self.asked("search") and self.tab == "current",
            may_create=self.may_create,
            width=len(self.kind.columns) + 3,
            **kwargs,
        )

    def cells(self, row: Any) -> list[dict[str, Any]]:
        return [
            {
                "kind": column.kind,
                "value": self.told(column, row),
                "currency": row.site.company.currency if column.kind == "rate" else "",
            }
            for column in self.kind.columns
        ]


class MasterExport(MasterListMixin, View):
    """The list as CSV, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        columns = self.kind.columns
        head = ["code", "name", *(["site"] if self.kind.is_of_site else []), *(one.path for one in columns)]
        return csv_response(self.kind.path, head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        for row in self.rows.order_by("code_key", "id").iterator(chunk_size=STREAMED):
            where = [row.site.code if row.site else ""] if self.kind.is_of_site else []
            yield [row.code, row.name, *where, *(self.told(column, row) for column in self.kind.columns)]


class MasterFormPage(MasterMixin, View):
    """A form, empty or with what there is; who may not change it reads it."""

    def show(self, form: MasterForm, row: Master | None = None, status: int = 200) -> HttpResponse:
        context = {
            "kind": self.kind,
            "form": form,
            "row": row,
            "base": f"/s/{self.site_code}/",
            "list_url": self.list_url,
            "may_change": row is None or self.may_change_row(row),
            "steps": self.steps(row) if row else Steps(()),
        }
        return render(self.request, "production/master_form.html", context, status=status)

    def may_change_row(self, row: Any) -> bool:
        return row.archived_at is None and self.may_change(getattr(row, "site", None))

    def steps(self, row: Any) -> Steps:
        return (
            Steps(tuple(archiving(self.kind, row, self.list_url)), has_main=False) if self.may_step(row) else Steps(())
        )

    def may_step(self, row: Any) -> bool:
        return self.may_change(getattr(row, "site", None))


class MasterNewPage(MasterFormPage):
    """`…/new/`."""

    def form(self, *data: Any) -> MasterForm:
        if not self.may_create:
            raise Http404("You plan nowhere here.")
        initial = {"site": self.site or (self.open_sites[0] if self.open_sites else None)}
        return self.kind.form(
            *data, access=self.access, sites=self.open_sites, initial=initial,
            is_for_all=self.kind.is_for_all and self.may_change(None),
        )  # fmt: skip

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            row: Any = self.kind.create(actor=request.user, **form.values())
        except DomainError as error:
            refuse(form, error)
            return self.show(form, status=error.status if error.status < 500 else 503)
        tell(request, _("%(code)s is there.") % {"code": row.code})
        return redirect(self.list_url)


class MasterPage(MasterFormPage):
    """`…/<id>/`: a form that was left open too long shows both values."""

    @cached_property
    def row(self) -> Any:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    def form(self, *data: Any) -> MasterForm:
        form = self.kind.form(*data, access=self.access, row=self.row)
        if not self.may_change_row(self.row):
            for field in form.fields.values():
                field.disabled = True
        return form

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form(), self.row)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not self.may_change_row(self.row):
            form.add_error(None, _("You may see this, but not change it."))
            return self.show(form, self.row, 403)
        if not form.is_valid():
            return self.show(form, self.row, 422)
        try:
            expected = form.cleaned_data["version"]
            self.kind.edit(self.row, expected=expected, actor=request.user, **form.values())
        except StaleVersion as error:
            return self.show(self.stale(error), self.row, 412)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, self.row, error.status if error.status < 500 else 503)
        tell(request, _("%(code)s is changed.") % {"code": form.cleaned_data["code"]})
        return redirect(self.list_url)

    def stale(self, error: StaleVersion) -> MasterForm:
        again = self.form({**self.request.POST.dict(), "version": self.row.version})
        again.add_error(None, error.message)
        for name in again.changed_data:
            if name != "version":
                again.add_error(name, _("Now: %(value)s") % {"value": again.initial.get(name) or "–"})
        return again


class MasterStepPage(MasterPage):
    """`…/<id>/archive/` and `…/<id>/restore/`: asked on GET, done on POST; undo is the other one."""

    def step(self) -> Step:
        found = [one for one in archiving(self.kind, self.row, self.list_url) if one.name == self.kwargs["step"]]
        if not found or not self.may_step(self.row):
            raise Http404("There is no such step now.")
        return found[0]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.ask(self.step())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step, row = self.step(), self.row
        if step.name == "archive":
            masters.archive(row, now=self.now, actor=request.user)
            undo = f"{self.list_url}{row.pk}/restore/"
            tell(request, _("%(code)s is archived.") % {"code": row.code}, undo=undo)
        else:
            masters.restore(row, actor=request.user)
            tell(request, _("%(code)s is in use again.") % {"code": row.code})
        return redirect(self.list_url)

    def ask(self, step: Step) -> HttpResponse:
        context = {
            "step": step,
            "number": self.row.code,
            "back_url": f"{self.list_url}{self.row.pk}/",
            "list_url": self.list_url,
            "list_label": self.kind.label,
        }
        return render(self.request, "inventory/step.html", context)


def archiving(kind: Kind, row: Any, list_url: str) -> Iterator[Step]:
    """The step that puts a row away, or the one that takes it back."""
    url = f"{list_url}{row.pk}/"
    if row.archived_at is None:
        yield Step(
            name="archive", label=_("Archive"), url=f"{url}archive/", title=_("Archive %(code)s?") % {"code": row.code},
            text=_("Nothing new names it; what names it already stays."), is_danger=True,
        )  # fmt: skip
    else:
        yield Step(name="restore", label=_("Take back"), url=f"{url}restore/", is_at_once=True)


def routes() -> list[URLPattern]:
    """The addresses of all kinds."""
    return [
        found
        for kind in KINDS
        for found in (
            route(f"{kind.path}/", MasterListPage.as_view(kind=kind), name=kind.path),
            route(f"{kind.path}/export/", MasterExport.as_view(kind=kind)),
            route(f"{kind.path}/new/", MasterNewPage.as_view(kind=kind)),
            route(f"{kind.path}/<int:pk>/", MasterPage.as_view(kind=kind)),
            route(f"{kind.path}/<int:pk>/<slug:step>/", MasterStepPage.as_view(kind=kind)),
        )
    ]
