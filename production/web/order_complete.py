"""Reporting on a manufacturing order: good and scrapped ones, and what was used for them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError, InvalidInput
from core.quantities import to_decimal
from core.ui.formats import number
from core.web import fields
from core.web.refusals import errors_of, refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.api.line_places import Named, find
from inventory.choices import Tracking
from inventory.selectors.typed import items_by_sku, lots_on_hand, places_to_name
from inventory.web.serving import explain_url
from inventory.web.steps import tell
from production import rules
from production.choices import OUTPUT_KINDS, BillLineKind, OrderKind
from production.drafts import Completed, CompletionDraft, ComponentUse, OutputDraft
from production.models import ManufacturingOrderComponent
from production.selectors import order_page
from production.services import manufacturing_orders
from production.web.order_page import OrderMixin

ZERO = Decimal(0)
PLANNED, GIVEN, NONE = "planned", "given", "none"
WAYS = [
    (PLANNED, gettext_lazy("As planned")),
    (GIVEN, gettext_lazy("As given")),
    (NONE, gettext_lazy("None")),
]


class ReportForm(forms.Form):
    """The head of a report; the service checks quantities and lots."""

    quantity = fields.number(gettext_lazy("Good"), required=True)
    scrapped_quantity = fields.number(gettext_lazy("Scrap"))
    lot = fields.text(gettext_lazy("Lot"), most=64)
    serial_numbers = forms.CharField(
        label=gettext_lazy("Serial numbers"),
        required=False,
        help_text=gettext_lazy("One a line, as many as good ones."),
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    expires_on = fields.date(gettext_lazy("Expires"))
    location = fields.text(gettext_lazy("Put in"), most=64, list="places")
    uses = forms.ChoiceField(label=gettext_lazy("Components used"), choices=WAYS, initial=PLANNED)

    def __init__(self, *args: Any, tracking: str, url: str, is_apart: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_apart:  # nothing of the item itself comes out
            self.fields["quantity"].label = _("Taken apart")
            del self.fields["location"]
            tracking = Tracking.NONE
        if tracking != Tracking.LOT:
            del self.fields["lot"]
        if tracking != Tracking.SERIAL:
            del self.fields["serial_numbers"]
        if tracking == Tracking.NONE:
            del self.fields["expires_on"]
        self.fields["quantity"].widget.attrs |= fields.follows("planned", url, "#id_quantity")


class OrderCompletePage(OrderMixin, View):
    """`…/<id>/complete/`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("complete") is None:
            return redirect(self.url)
        start = {"quantity": request.GET.get("quantity") or plain(self.left), "lot": self.order.lot_number}
        return self.show(self.form(initial=start), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = self.form(request.POST), FormRows.read(request.POST, ["item"], prefix="components")
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, status=422)
        uses = form.cleaned_data["uses"]
        named = FormRows([row for row in rows.rows if row.text("quantity")], rows.fields, rows.prefix)
        try:
            draft = self.draft(form.cleaned_data, named if uses == GIVEN else None)
            done = manufacturing_orders.complete(self.order.pk, draft, now=self.now, actor=request.user)
        except DomainError as error:
            return self.refused(form, rows, named if uses == GIVEN else self.planned_rows(rows), error)
        self.tell(done)
        return redirect(self.url)

    def form(self, *args: Any, **kwargs: Any) -> ReportForm:
        order, url = self.order, f"{self.url}complete/"
        is_apart = order.kind == OrderKind.DISASSEMBLY
        return ReportForm(*args, tracking=order.item.tracking, url=url, is_apart=is_apart, **kwargs)

    @cached_property
    def parts(self) -> list[ManufacturingOrderComponent]:
        return [part for part in self.order.components.all() if part.kind == BillLineKind.COMPONENT]

    @cached_property
    def beside(self) -> list[ManufacturingOrderComponent]:
        """What comes out beside."""
        return [part for part in self.order.components.all() if part.kind in OUTPUT_KINDS]

    @cached_property
    def stock(self) -> dict[int, Decimal]:
        return order_page.on_hand(order_page.component_keys(self.order, self.parts), now=self.now)

    @property
    def left(self) -> Decimal:
        order = self.order
        return max(order.quantity - order.posted_quantity - order.closed_quantity, ZERO)

    def first_rows(self) -> FormRows:
        """A line for each component with its planned share of all that is open."""
        said = [
            {"item": part.item.sku, "quantity": plain(self.share(part, self.left)), "lot": "", "location": ""}
            for part in self.parts
        ]
        return FormRows.of(said, ["item"], prefix="components")

    def planned_rows(self, rows: FormRows) -> FormRows:
        """The lines that stand for the components in their order, so that a refusal finds its line."""
        return FormRows(rows.rows[: len(self.parts)], rows.fields, rows.prefix)

    def share(self, part: ManufacturingOrderComponent, good: Decimal) -> Decimal:
        return rules.planned_share(
            use=rules.Use(part.quantity, part.posted_quantity),
            ordered=self.order.quantity,
            completed=self.order.posted_quantity + good,
            decimals=part.item.unit.decimals,
        )

    def draft(self, said: dict[str, Any], named: FormRows | None) -> CompletionDraft:
        """What the form says, with items, lots and places looked up."""
        order, errors = self.order, {}
        location_id = None
        if said.get("location"):
            try:
                (found,) = find([Named("place", order.item_id, order.site_id, None, said["location"])], self.access)
                location_id = found.location_id
            except InvalidInput as error:
                errors["location"] = next(iter(error.errors.values()))
        uses: list[ComponentUse] | None = [] if said["uses"] == NONE else None
        if named is not None:
            uses = self.named_uses(named, errors)
        if errors:
            raise InvalidInput(errors=errors)
        return CompletionDraft(
            quantity=typed(said["quantity"]) or 0,
            scrapped_quantity=typed(said["scrapped_quantity"]) or 0,
            components=uses,
            outputs=self.outputs(typed(said["quantity"])),
            lot_number=said.get("lot", ""),
            serial_numbers=[line.strip() for line in said.get("serial_numbers", "").splitlines() if line.strip()],
            expires_on=said.get("expires_on"),
            location_id=location_id,
        )

    def outputs(self, good: Any) -> list[OutputDraft] | None:
        """What is typed of what came out, the planned share where nothing is; None where nothing is typed at all."""
        said = {part.pk: self.request.POST.get(f"output-{part.pk}", "").strip() for part in self.beside}
        numbers = {part.pk: self.request.POST.get(f"numbers-{part.pk}", "").strip() for part in self.beside}
        if not any(said.values()) and not any(numbers.values()):
            return None
        finished = max(min(to_decimal(good or 0, field="quantity"), self.left), ZERO)
        return [
            OutputDraft(
                item_id=part.item_id,
                quantity=typed(said[part.pk]) if said[part.pk] else self.share(part, finished),
                lot_number=numbers[part.pk] if part.item.tracking == Tracking.LOT else "",
                serial_numbers=numbers[part.pk].replace(",", " ").split()
                if part.item.tracking == Tracking.SERIAL
                else (),
            )
            for part in self.beside
        ]

    def named_uses(self, named: FormRows, errors: dict[str, str]) -> list[ComponentUse]:
        """What each line says was used; a line that names nothing known is put into `errors`."""
        order = self.order
        known = {part.item.sku.lower(): part.item for part in self.parts}
        known |= items_by_sku(
            (row.text("item") for row in named.rows if row.text("item").lower() not in known), self.access
        )
        for place, row in enumerate(named.rows):
            if row.text("item").lower() not in known:
                errors[f"components.{place}.item"] = _("There is no item “%(sku)s”.") % {"sku": row.text("item")}
        if errors:
            return []
        places = [
            Named(
                f"components.{place}",
                known[row.text("item").lower()].pk,
                order.site_id,
                row.text("lot") or None,
                row.text("location") or None,
            )
            for place, row in enumerate(named.rows)
        ]
        return [
            ComponentUse(
                item_id=where.item_id,
                quantity=typed(row.text("quantity")),
                lot_id=one.lot_id,
                location_id=one.location_id,
            )
            for row, where, one in zip(named.rows, places, find(places, self.access), strict=True)
        ]

    def refused(self, form: ReportForm, rows: FormRows, named: FormRows, error: DomainError) -> HttpResponse:
        """Everything as it was typed, with what is wrong at its place."""
        refuse(form, error, named)
        said = errors_of(error)
        lacking = [text for path, text in said.items() if path.startswith("components.")]
        return self.show(form, rows, status=error.status if error.status < 500 else 503, lacking=lacking, refused=said)

    def shown_output(
        self, part: ManufacturingOrderComponent, good: Decimal, refused: dict[str, str], place: int
    ) -> dict[str, Any]:
        said = self.request.POST
        return {
            "part": part,
            "decimals": part.item.unit.decimals,
            "share": self.share(part, good),
            "typed": said.get(f"output-{part.pk}", ""),
            "numbers": said.get(f"numbers-{part.pk}", ""),
            "error": next((text for path, text in refused.items() if path.startswith(f"outputs.{place}.")), ""),
        }

    def show(
        self,
        form: ReportForm,
        rows: FormRows,
        *,
        status: int = 200,
        lacking: Any = (),
        refused: dict[str, str] | None = None,
    ) -> HttpResponse:
        order = self.order
        good = self.good(form)
        lots = lots_on_hand([part.item_id for part in self.parts], order.site_id, order.company_id)
        by_sku = {part.item.sku.lower(): part for part in self.parts}
        for row in rows.rows:
            row.about = by_sku.get(row.text("item").lower())
        context = {
            "order": order,
            "unit": order.item.unit,
            "decimals": order.item.unit.decimals,
            "url": self.url,
            "base": self.base,
            "form": form,
            "rows": rows,
            "lacking": lacking,
            "planned": [
                self.planned(part, good, row) for part, row in zip(self.parts, self.rows_of(rows), strict=True)
            ],
            "good": good,
            "beside": [self.shown_output(part, good, refused or {}, place) for place, part in enumerate(self.beside)],
            "enough_for": self.enough_for(),
            "lots": [(part.item, lots.get(part.item_id, [])) for part in self.parts if part.item_id in lots],
            "places": places_to_name([order.site_id], self.access),
            "uses": form["uses"].value() or PLANNED,
        }
        return render(self.request, "production/order_complete.html", context, status=status)

    def rows_of(self, rows: FormRows) -> list[FormRow | None]:
        """For each component the line that stands for it, or None where a line is gone."""
        found = self.planned_rows(rows).rows
        return [*found, *([None] * (len(self.parts) - len(found)))]

    def planned(self, part: ManufacturingOrderComponent, good: Decimal, row: FormRow | None) -> dict[str, Any]:
        share, stock = self.share(part, good), self.stock.get(part.item_id, ZERO)
        return {
            "part": part,
            "decimals": part.item.unit.decimals,
            "share": share,
            "on_hand": stock,
            "after": stock - share,
            "short": max(share - stock, ZERO),
            "error": (row.errors.get("quantity", "") if row else ""),
            "explain": explain_url(self.order.site.code, part.item_id, self.order.company.code),
        }

    def good(self, form: ReportForm) -> Decimal:
        """The good ones typed, as far as they are a number; else all that is open."""
        try:
            return max(min(to_decimal(typed(str(form["quantity"].value() or "0")), field="quantity"), self.left), ZERO)
        except InvalidInput:
            return self.left

    def enough_for(self) -> str:
        """How many good ones the components on hand and issued are enough for, where that is less than is open."""
        order = self.order
        uses = [
            rules.Use(part.quantity, part.posted_quantity + self.stock.get(part.item_id, ZERO)) for part in self.parts
        ]
        covered = rules.covered_quantity(uses=uses, ordered=order.quantity, completed=order.posted_quantity)
        step = Decimal(1).scaleb(-order.item.unit.decimals)
        enough = (covered - order.posted_quantity) // step * step
        return number(enough, order.item.unit.decimals) if enough < self.left else ""

    def tell(self, done: Completed) -> None:
        assert done.completion is not None
        of = {"good": self.text(done.completion.quantity), "scrap": self.text(done.completion.scrapped_quantity)}
        text = _("%(good)s good reported.") % of
        if done.completion.scrapped_quantity:
            text = _("%(good)s good and %(scrap)s scrapped reported.") % of
        undo = f"{self.url}reverse/?posting={done.posted.posting_id}"
        tell(self.request, text, undo=undo, warnings=done.posted.warnings)


def _serials(part: ManufacturingOrderComponent, text: str) -> list[str]:
    """Numbers typed with commas or blanks between them."""
    return text.replace(",", " ").split() if part.item.tracking == Tracking.SERIAL else []


def plain(value: Decimal) -> str:
    """A quantity as it is typed: no exponent, no trailing zeros."""
    return f"{value.normalize():f}" if value else "0"
