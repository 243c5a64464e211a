"""Forms of bills of materials: a new one, and changing one with its lines."""

from collections.abc import Sequence
from datetime import date
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

from core.errors import DomainError, InvalidInput, StaleVersion
from core.quantities import to_decimal
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.models import Item
from inventory.selectors.typed import items_by_sku
from inventory.web.steps import tell
from production.choices import OUTPUT_KINDS, BillKind, BillLineKind
from production.drafts import (
    BillDraft,
    BillLineChange,
    BillLineDraft,
    BillLineEdit,
    BillLineRemoval,
    SubstituteDraft,
)
from production.models import BillOfMaterialsLine, BillOfMaterialsSubstitute
from production.services import bills
from production.web import whose
from production.web.bills import BillMixin
from production.web.order_list import may_plan
from sites.web import reader
from sites.web.mixins import SitePageMixin

FIELDS = ["component", "quantity_per"]
DATES = ("valid_from_on", "valid_until_on")
HUNDRED = Decimal(100)


class BillForm(forms.Form):
    """The head of a bill; the yield is typed in percent."""

    item = fields.text(gettext_lazy("Item"), required=True, most=64, **fields.SUGGEST_ITEMS)
    whose = forms.ChoiceField(label=gettext_lazy("For"), help_text=gettext_lazy("The closest is followed."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=BillKind.choices,
        required=False,
        help_text=gettext_lazy("A phantom is never stocked; a disassembly takes its item apart."),
    )
    code = fields.text(gettext_lazy("Code"), most=64)
    revision = fields.text(gettext_lazy("Revision"), most=32)
    quantity = fields.number(gettext_lazy("Makes"), required=True, help_text=gettext_lazy("What the lines are for."))
    yield_factor = fields.number(gettext_lazy("Yield, %"), required=True)
    lead_time_days = forms.IntegerField(label=gettext_lazy("Lead time, days"), required=False, min_value=0)
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
        if "kind" in said:
            said["kind"] = said["kind"] or BillKind.MAKE
        return {
            **said,
            "quantity": typed(said["quantity"]),
            "yield_factor": _share(said["yield_factor"], "yield_factor"),
        }


class BillFormPage(SitePageMixin, View):
    """What both forms do with their lines."""

    def show(self, form: BillForm, rows: FormRows, status: int = 200) -> HttpResponse:
        known = items_by_sku((row.text("component") for row in rows.rows), self.access)
        for row in rows.rows:
            row.about = known.get(row.text("component").lower())
        context = {
            "form": form,
            "rows": rows,
            "line_kinds": [("", _("component")), *((one.value, one.label) for one in OUTPUT_KINDS)],
            "supply_sites": reader.of(self.request).sites,
            "base": f"/s/{self.site_code}/",
            **self.around(),
        }
        return render(self.request, "production/bill_form.html", context, status=status)

    def around(self) -> dict[str, Any]:
        return {}

    def items(self, rows: FormRows) -> list[Item]:
        """The component of each line.

        :raises InvalidInput: naming each line whose item is not there.
        """
        known = items_by_sku((row.text("component") for row in rows.rows), self.access)
        errors = {
            f"lines.{place}.component": _("There is no item “%(sku)s”.") % {"sku": row.text("component")}
            for place, row in enumerate(rows.rows)
            if row.text("component").lower() not in known
        }
        if errors:
            raise InvalidInput(errors=errors)
        return [known[row.text("component").lower()] for row in rows.rows]

    def line_values(self, row: FormRow, place: int) -> dict[str, Any]:
        """What a line says, as the service takes it.

        :raises InvalidInput: for a date, a number, a site or a substitute that is none.
        """
        field = f"lines.{place}"
        number = row.text("operation_number")
        if number and not number.isdecimal():
            raise InvalidInput(errors={f"{field}.operation_number": _("“%(text)s” is no number.") % {"text": number}})
        values: dict[str, Any] = {
            "kind": row.text("kind") or BillLineKind.COMPONENT,
            "operation_number": int(number) if number else None,
            "supply_site_id": self.supply_site(row.text("supply_site"), f"{field}.supply_site"),
            "cost_share": _share(row.text("cost_share") or "0", f"{field}.cost_share"),
            "substitutes": self.substitutes(row.text("substitutes"), f"{field}.substitutes"),
            "quantity_per": typed(row.text("quantity_per")) or 0,
            "fixed_quantity": typed(row.text("fixed_quantity")) or 0,
            "scrap_factor": _share(row.text("scrap_factor") or "0", f"{field}.scrap_factor"),
            "note": row.text("note")[:200],
        }
        for name in DATES:
            values[name] = _date(row.text(name), f"{field}.{name}")
        return values

    def supply_site(self, code: str, field: str) -> int | None:
        known = {site.code.lower(): site.pk for site in reader.of(self.request).sites}
        if code and code.lower() not in known:
            raise InvalidInput(errors={field: _("There is no site “%(code)s”.") % {"code": code}})
        return known.get(code.lower())

    def substitutes(self, text: str, field: str) -> list[SubstituteDraft]:
        """What may stand for a component, the first choice first: `PINE × 1.2, ASH`."""
        named = [one.strip() for one in text.split(",") if one.strip()]
        parts = [[part.strip() for part in one.replace("*", "×").split("×", 1)] for one in named]
        known = items_by_sku((part[0] for part in parts), self.access)
        for sku in (part[0] for part in parts):
            if sku.lower() not in known:
                raise InvalidInput(errors={field: _("There is no item “%(sku)s”.") % {"sku": sku}})
        return [
            SubstituteDraft(
                item_id=known[part[0].lower()].pk,
                factor=to_decimal(typed(part[1]), field=field) if len(part) > 1 else Decimal(1),
                preference=place,
            )
            for place, part in enumerate(parts, start=1)
        ]


class BillNewPage(BillFormPage):
    """`/s/<site>/bills-of-materials/new/?item=`."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_plan(reader.of(request).access):
            raise Http404("You plan for nobody.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        start = {"item": request.GET.get("item", ""), "quantity": "1", "yield_factor": "100"}
        return self.show(BillForm(whose=self.whose, initial=start), FormRows([], FIELDS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = BillForm(request.POST, whose=self.whose), FormRows.read(request.POST, FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            bill = bills.create(self.draft(form, rows), now=self.now, actor=request.user)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("The bill of materials of %(item)s is there.") % {"item": bill.item.sku})
        return redirect(f"/s/{self.site_code}/bills-of-materials/{bill.pk}/")

    def draft(self, form: BillForm, rows: FormRows) -> BillDraft:
        sku = form.cleaned_data["item"]
        item = items_by_sku([sku], self.access).get(sku.lower())
        if item is None:
            raise InvalidInput(errors={"item": _("There is no item “%(sku)s”.") % {"sku": sku}})
        site_id, company_id = whose.ids(form.cleaned_data["whose"])
        lines = [
            BillLineDraft(component_id=component.pk, **self.line_values(row, place))
            for place, (component, row) in enumerate(zip(self.items(rows), rows.rows, strict=True))
        ]
        return BillDraft(
            item_id=item.pk,
            lines=lines,
            site_id=site_id,
            company_id=company_id,
            **form.head(),
        )

    @cached_property
    def whose(self) -> list[tuple[str, str]]:
        return whose.choices(self.request)


class BillEditPage(BillMixin, BillFormPage):
    """`…/<id>/edit/`: a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.may_change:
            return redirect(self.url)
        return self.show(BillForm(initial=self.current()), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = BillForm(request.POST), FormRows.read(request.POST, [*FIELDS, "id"])
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        placed = FormRows([], rows.fields)
        try:
            edits, placed.rows = self.edits(rows)
            bills.change(
                self.bill.pk,
                changes=self.changed(form),
                line_edits=edits,
                expected=form.cleaned_data["version"],
                now=self.now,
                actor=request.user,
            )
        except StaleVersion as error:
            return self.show(self.stale(error), rows, 412)
        except DomainError as error:
            refuse(form, error, placed if placed.rows else rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("The bill of materials %(bill)s is changed.") % {"bill": self.bill})
        return redirect(self.url)

    def around(self) -> dict[str, Any]:
        return {"bill": self.bill, "url": self.url}

    def current(self) -> dict[str, Any]:
        bill = self.bill
        names = ("code", "revision", "lead_time_days", "valid_from_on", "valid_until_on", "version")
        return {
            **{name: getattr(bill, name) for name in names},
            "quantity": _plain(bill.quantity),
            "yield_factor": _plain(bill.yield_factor * HUNDRED),
        }

    def changed(self, form: BillForm) -> dict[str, Any]:
        """Only what differs: a form that was left open must not write back the rest."""
        current = self.current()
        return {name: value for name, value in form.head().items() if form.cleaned_data[name] != current[name]}

    def first_rows(self) -> FormRows:
        return FormRows.of([line_said(line) for line in self.bill.lines.all()], [*FIELDS, "id"])

    def edits(self, rows: FormRows) -> tuple[list[BillLineEdit], list[FormRow]]:
        """What changes, and the line of the form behind each change in its order."""
        known = {str(line.pk): line for line in self.bill.lines.all()}
        edits: list[BillLineEdit] = []
        placed: list[FormRow] = []
        for place, (component, row) in enumerate(zip(self.items(rows), rows.rows, strict=True)):
            line = known.pop(row.text("id"), None)
            if line is not None and {name: row.text(name) for name in line_said(line)} == line_said(line):
                continue
            values = self.line_values(row, place)
            if line is None:
                edits.append(BillLineDraft(component_id=component.pk, **values))
            else:
                edits.append(BillLineChange(line_id=line.pk, values=values))
            placed.append(row)
        return [*edits, *(BillLineRemoval(line.pk) for line in known.values())], placed

    def stale(self, error: StaleVersion) -> BillForm:
        current = self.current()
        again = BillForm({**self.request.POST.dict(), "version": current["version"]})
        again.is_valid()
        again.add_error(None, error.message)
        for name in again.fields:
            if name != "version" and again.cleaned_data.get(name) != current[name]:
                again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
        return again


def line_said(line: BillOfMaterialsLine) -> dict[str, str]:
    """A line as it is typed."""
    return {
        "id": str(line.pk),
        "component": line.component.sku,
        "kind": "" if line.kind == BillLineKind.COMPONENT else line.kind,
        "operation_number": str(line.operation_number or ""),
        "supply_site": line.supply_site.code if line.supply_site else "",
        "cost_share": _plain(line.cost_share * HUNDRED) if line.cost_share else "",
        "substitutes": ", ".join(substitute_said(one) for one in line.substitutes.all()),
        "quantity_per": _plain(line.quantity_per),
        "fixed_quantity": _plain(line.fixed_quantity) if line.fixed_quantity else "",
        "scrap_factor": _plain(line.scrap_factor * HUNDRED) if line.scrap_factor else "",
        "valid_from_on": line.valid_from_on.isoformat() if line.valid_from_on else "",
        "valid_until_on": line.valid_until_on.isoformat() if line.valid_until_on else "",
        "note": line.note,
    }


def substitute_said(row: BillOfMaterialsSubstitute) -> str:
    """A substitute as it is typed: `PINE × 1.2`, and `PINE` alone where one stands for one."""
    return row.item.sku if row.factor == 1 else f"{row.item.sku} × {_plain(row.factor)}"


def _date(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(errors={field: _("“%(text)s” is not a date.") % {"text": text}}) from None


def _share(text: str, field: str) -> Decimal:
    """A share typed in percent."""
    return to_decimal(typed(text), field=field) / HUNDRED


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
