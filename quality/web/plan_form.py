"""The form of a new plan: when it calls for a check, of what, and what is looked at."""

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

from core.errors import DomainError, InvalidInput
from core.quantities import to_decimal
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.selectors.typed import items_by_sku
from inventory.web.steps import tell
from production.web import whose
from production.web.order_list import may_plan
from purchasing.selectors import suppliers
from quality.choices import CharacteristicKind, Trigger
from quality.drafts import CharacteristicDraft, PlanDraft
from quality.services import plans
from sites.models import Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

PREFIX = "characteristics"
FIELDS = ["name", "min_value", "max_value"]


class PlanForm(forms.Form):
    """The head of a plan; what is left empty holds for all."""

    code = fields.text(gettext_lazy("Code"), required=True, most=32)
    name = fields.text(gettext_lazy("Name"), required=True)
    whose = forms.ChoiceField(label=gettext_lazy("For"))
    trigger = forms.ChoiceField(label=gettext_lazy("Checked on"), choices=Trigger.choices)
    item = fields.text(
        gettext_lazy("Item"),
        required=False,
        most=64,
        help_text=gettext_lazy("Empty: all."),
        **fields.SUGGEST_ITEMS,
    )
    supplier = fields.text(gettext_lazy("Supplier"), most=32, help_text=gettext_lazy("By code, for receipts alone."))

    def __init__(self, *args: Any, whose: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = whose  # type: ignore[attr-defined]


class PlanNewPage(SitePageMixin, View):
    """`/s/<site>/quality-plans/new/`."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_plan(reader.of(request).access):
            raise Http404("You plan for nobody.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def whose(self) -> list[tuple[str, str]]:
        return [one for one in whose.choices(self.request) if one[0] != "all:"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(PlanForm(whose=self.whose), FormRows([], FIELDS, PREFIX))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = PlanForm(request.POST, whose=self.whose)
        rows = FormRows.read(request.POST, FIELDS, prefix=PREFIX)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            plan = plans.create(self.draft(form, rows), actor=request.user)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("The plan %(code)s is there.") % {"code": plan.code})
        return redirect(f"/s/{self.site_code}/quality-plans/{plan.pk}/")

    def draft(self, form: PlanForm, rows: FormRows) -> PlanDraft:
        said = form.cleaned_data
        site_id, company_id = whose.ids(said["whose"])
        if site_id is not None:
            company_id = Site.objects.get(pk=site_id).default_owner_id
        if company_id is None:
            raise InvalidInput(errors={"whose": _("Say for whom it is.")})
        return PlanDraft(
            company_id=company_id,
            site_id=site_id,
            code=said["code"],
            name=said["name"],
            trigger=said["trigger"],
            item_id=self.item_id(said["item"]),
            supplier_id=self.supplier_id(said["supplier"], company_id),
            characteristics=[characteristic(row, place) for place, row in enumerate(rows.rows)],
        )

    def item_id(self, sku: str) -> int | None:
        item = items_by_sku([sku], self.access).get(sku.lower()) if sku else None
        if sku and item is None:
            raise InvalidInput(errors={"item": _("There is no item “%(sku)s”.") % {"sku": sku}})
        return item.pk if item else None

    def supplier_id(self, code: str, company_id: int) -> int | None:
        found = suppliers(self.access).filter(company=company_id, code__iexact=code).first() if code else None
        if code and found is None:
            raise InvalidInput(errors={"supplier": _("There is no supplier “%(code)s”.") % {"code": code}})
        return found.pk if found else None

    def show(self, form: PlanForm, rows: FormRows, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "rows": rows,
            "line_kinds": CharacteristicKind.choices,
            "base": f"/s/{self.site_code}/",
        }
        return render(self.request, "quality/plan_form.html", context, status=status)


def characteristic(row: FormRow, place: int) -> CharacteristicDraft:
    """A line as the service takes it.

    :raises InvalidInput: for a limit that is no number, or a kind that there is not.
    """
    kind = row.text("kind") or CharacteristicKind.PASS_FAIL
    if kind not in CharacteristicKind.values:
        raise InvalidInput(errors={f"{PREFIX}.{place}.kind": _("There is no such kind.")})
    return CharacteristicDraft(
        name=row.text("name")[:200],
        kind=kind,
        min_value=_limit(row, "min_value", place),
        max_value=_limit(row, "max_value", place),
        unit=row.text("unit")[:16],
        instruction=row.text("instruction")[:500],
    )


def _limit(row: FormRow, name: str, place: int) -> Decimal | None:
    text = row.text(name)
    return to_decimal(typed(text), field=f"{PREFIX}.{place}.{name}") if text else None
