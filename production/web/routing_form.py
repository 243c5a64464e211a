"""Forms of routings: a new one, and changing one with its operations."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError, InvalidInput, StaleVersion, plain
from core.quantities import to_decimal
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.selectors.typed import items_by_sku
from inventory.web.steps import tell
from production.choices import OrderKind
from production.models import Operation, WorkCenter
from production.routing_drafts import OperationChange, OperationDraft, OperationEdit, OperationRemoval, RoutingDraft
from production.selectors import masters
from production.services import routings
from production.web import whose
from production.web.order_list import may_plan
from production.web.routings import RoutingMixin
from sites.access import Access
from sites.web import reader
from sites.web.mixins import SitePageMixin

PREFIX = "operations"
FIELDS = ["name", "work_center"]
TIMES = ("setup_time_minutes", "run_time_minutes_per_unit", "queue_time_minutes", "overlap_quantity")
HUNDRED = Decimal(100)


class RoutingForm(forms.Form):
    """The head of a routing."""

    item = fields.text(gettext_lazy("Item"), required=True, most=64, **fields.SUGGEST_ITEMS)
    whose = forms.ChoiceField(label=gettext_lazy("For"), help_text=gettext_lazy("The closest is followed."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=OrderKind.choices,
        required=False,
        help_text=gettext_lazy("The orders that follow it."),
    )
    code = fields.text(gettext_lazy("Code"), most=64)
    revision = fields.text(gettext_lazy("Revision"), most=32)
    valid_from_on = fields.date(gettext_lazy("Valid from"))
    valid_until_on = fields.date(gettext_lazy("Valid before"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, whose: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not whose:  # what it is of, and for whom, is settled
            del self.fields["item"], self.fields["whose"], self.fields["kind"]
        else:
            self.fields["whose"].choices = list(whose)  # type: ignore[attr-defined]

    def head(self) -> dict[str, Any]:
        """The head's fields as the service takes them."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"item", "whose", "version"}}
        return said | {"kind": said["kind"] or OrderKind.MAKE} if "kind" in said else said


class WorkCenters:
    """The work centers that a reader may name, as they are typed: `TLL/SAW`, or `SAW` where only one is called so."""

    def __init__(self, access: Access) -> None:
        rows = masters.work_centers(access).filter(archived_at=None).select_related("site")
        self.rows: list[WorkCenter] = list(rows.order_by("site__code", "code"))

    def find(self, text: str, field: str) -> WorkCenter:
        """:raises InvalidInput: when none or several are called so."""
        site, sign, code = text.strip().lower().rpartition("/")
        found = [row for row in self.rows if row.code.lower() == code and (not sign or row.site.code.lower() == site)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise InvalidInput(errors={field: _("There is no work center “%(text)s”.") % {"text": text}})
        named = ", ".join(said_center(row) for row in found)
        raise InvalidInput(errors={field: _("Which one: %(named)s?") % {"named": named}})


class RoutingFormPage(SitePageMixin, View):
    """What both forms do with their operations."""

    @cached_property
    def centers(self) -> WorkCenters:
        return WorkCenters(self.access)

    def show(self, form: RoutingForm, rows: FormRows, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "rows": rows,
            "centers": [{"value": said_center(row), "name": row.name} for row in self.centers.rows],
            "base": f"/s/{self.site_code}/",
            **self.around(),
        }
        return render(self.request, "production/routing_form.html", context, status=status)

    def around(self) -> dict[str, Any]:
        return {"sees_prices": True}

    def values(self, row: FormRow, place: int) -> dict[str, Any]:
        """What a line says, as the service takes it.

        :raises InvalidInput: naming the line's field.
        """
        field = f"{PREFIX}.{place}"
        number = row.text("number")
        if number and not number.isdecimal():
            raise InvalidInput(errors={f"{field}.number": _("“%(text)s” is no number.") % {"text": number}})
        said: dict[str, Any] = {name: typed(row.text(name)) or 0 for name in TIMES}
        good = typed(row.text("yield_factor")) or "100"
        said |= {
            "name": row.text("name")[:200],
            "work_center_id": self.centers.find(row.text("work_center"), f"{field}.work_center").pk,
            "yield_factor": to_decimal(good, field=f"{field}.yield_factor") / HUNDRED,
        }
        if number:
            said["number"] = int(number)
        if "service_unit_price" in row.said:
            said["service_unit_price"] = typed(row.text("service_unit_price")) or None
        return said


class RoutingNewPage(RoutingFormPage):
    """`/s/<site>/routings/new/?item=`."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_plan(reader.of(request).access):
            raise Http404("You plan for nobody.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        start = {"item": request.GET.get("item", "")}
        return self.show(RoutingForm(whose=self.whose, initial=start), FormRows([], FIELDS, PREFIX))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = RoutingForm(request.POST, whose=self.whose)
        rows = FormRows.read(request.POST, FIELDS, prefix=PREFIX)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            routing = routings.create(self.draft(form, rows), now=self.now, actor=request.user)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("The routing of %(item)s is there.") % {"item": routing.item.sku})
        return redirect(f"/s/{self.site_code}/routings/{routing.pk}/")

    @cached_property
    def whose(self) -> list[tuple[str, str]]:
        return whose.choices(self.request)

    def draft(self, form: RoutingForm, rows: FormRows) -> RoutingDraft:
        sku = form.cleaned_data["item"]
        item = items_by_sku([sku], self.access).get(sku.lower())
        if item is None:
            raise InvalidInput(errors={"item": _("There is no item “%(sku)s”.") % {"sku": sku}})
        site_id, company_id = whose.ids(form.cleaned_data["whose"])
        operations = [OperationDraft(**self.values(row, place)) for place, row in enumerate(rows.rows)]
        return RoutingDraft(
            item_id=item.pk, operations=operations, site_id=site_id, company_id=company_id, **form.head()
        )


class RoutingEditPage(RoutingMixin, RoutingFormPage):
    """`…/<id>/edit/`: a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.may_change:
            return redirect(self.url)
        rows = FormRows.of(
            [said(one, self.sees_prices) for one in self.routing.operations.all()], FIELDS, prefix=PREFIX
        )
        return self.show(RoutingForm(initial=self.current()), rows)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = RoutingForm(request.POST), FormRows.read(request.POST, [*FIELDS, "id"], prefix=PREFIX)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        placed = FormRows([], rows.fields, PREFIX)
        try:
            edits, placed.rows = self.edits(rows)
            routings.change(
                self.routing.pk,
                changes=self.changed(form),
                operation_edits=edits,
                expected=form.cleaned_data["version"],
                now=self.now,
                actor=request.user,
            )
        except StaleVersion as error:
            return self.show(self.stale(error), rows, 412)
        except DomainError as error:
            refuse(form, error, placed if placed.rows else rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("The routing of %(item)s is changed.") % {"item": self.routing.item.sku})
        return redirect(self.url)

    def around(self) -> dict[str, Any]:
        return {"routing": self.routing, "url": self.url, "sees_prices": self.sees_prices}

    def current(self) -> dict[str, Any]:
        return {
            name: getattr(self.routing, name)
            for name in ("code", "revision", "valid_from_on", "valid_until_on", "version")
        }

    def changed(self, form: RoutingForm) -> dict[str, Any]:
        """Only what differs: a form that was left open must not write back the rest."""
        current = self.current()
        return {name: value for name, value in form.head().items() if value != current[name]}

    def edits(self, rows: FormRows) -> tuple[list[OperationEdit], list[FormRow]]:
        """What changes, and the line of the form behind each change in its order."""
        known = {str(one.pk): one for one in self.routing.operations.all()}
        edits: list[OperationEdit] = []
        placed: list[FormRow] = []
        for place, row in enumerate(rows.rows):
            one = known.pop(row.text("id"), None)
            if not self.sees_prices:
                row.said.pop("service_unit_price", None)
            before = said(one, self.sees_prices) if one is not None else {}
            if before and {name: row.text(name) for name in before} == before:
                continue
            values = self.values(row, place)
            edits.append(OperationDraft(**values) if one is None else OperationChange(line_id=one.pk, values=values))
            placed.append(row)
        return [*edits, *(OperationRemoval(one.pk) for one in known.values())], placed

    def stale(self, error: StaleVersion) -> RoutingForm:
        current = self.current()
        again = RoutingForm({**self.request.POST.dict(), "version": current["version"]})
        again.is_valid()
        again.add_error(None, error.message)
        for name in again.fields:
            if name != "version" and again.cleaned_data.get(name) != current[name]:
                again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
        return again


def said_center(row: WorkCenter) -> str:
    """A work center as it is typed."""
    return f"{row.site.code}/{row.code}"


def said(one: Operation, sees_prices: bool) -> dict[str, str]:
    """An operation as it is typed."""
    shown = {
        "id": str(one.pk),
        "number": str(one.number),
        "name": one.name,
        "work_center": said_center(one.work_center),
        **{name: str(plain(getattr(one, name))) if getattr(one, name) else "" for name in TIMES},
        "yield_factor": str(plain(one.yield_factor * HUNDRED)) if one.yield_factor != 1 else "",
    }
    if sees_prices:
        price = one.service_unit_price
        shown["service_unit_price"] = "" if price is None else str(plain(price))
    return shown
