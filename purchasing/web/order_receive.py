"""Receiving a purchase order: what was accepted and what rejected, line by line, into lots and places."""

from collections.abc import Mapping
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
from core.web import fields
from core.web.refusals import errors_of, refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.api.line_places import Named, find
from inventory.choices import Tracking
from inventory.selectors.typed import places_to_name
from inventory.web.order_forms import day
from inventory.web.steps import tell
from purchasing.drafts import Received, ReceiveDraft, ReceiveLine
from purchasing.models import PurchaseOrderLine
from purchasing.services import purchase_orders
from purchasing.web import order_steps
from purchasing.web.order_page import OrderMixin
from sites.models import Site

FIELDS = ["line"]
ZERO = Decimal(0)
_NOTHING = {"", "0"}


class ReceiveForm(forms.Form):
    """The head of a receipt."""

    supplier_reference = fields.text(gettext_lazy("Delivery note"), most=100)


class ReceivePage(OrderMixin, View):
    """`…/<id>/receive/?at=TLL`: a receipt is at one site."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("receive") is None:
            return redirect(self.url)
        return self.show(ReceiveForm(), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = ReceiveForm(request.POST), FormRows.read(request.POST, FIELDS)
        named = FormRows([row for row in rows.rows if _says_something(row)], FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            received = self.receive(form.cleaned_data, named)
        except DomainError as error:
            refuse(form, error, named)
            for row in named.rows:
                # The service names a lot by either of its fields.
                if "lot_number" in row.errors:
                    row.errors["lot"] = row.errors.pop("lot_number")
            refused = [text for path, text in errors_of(error).items() if path.startswith("lines.")]
            return self.show(form, rows, error.status if error.status < 500 else 503, refused=refused)
        text = _("%(number)s: received by %(receipt)s.")
        of = {"number": self.order.number, "receipt": received.receipt.number}
        undo = f"{self.url}reverse/?posting={received.receipt.posting_id}"
        tell(request, text % of, undo=undo, warnings=received.warnings)
        return redirect(self.url)

    def receive(self, said: Mapping[str, Any], named: FormRows) -> Received:
        """Post what the lines name.

        :raises InvalidInput: naming each line, place or date that is not there.
        """
        if not named.rows:
            raise InvalidInput(errors={"": _("Say how much of at least one line came.")})
        lines = {str(line.pk): line for line in self.lines}
        errors = {
            f"lines.{place}.quantity": _("The order has no such line.")
            for place, row in enumerate(named.rows)
            if row.text("line") not in lines
        }
        if errors:
            raise InvalidInput(errors=errors)
        chosen = [lines[row.text("line")] for row in named.rows]
        places = find(
            [
                Named(f"lines.{place}", line.item_id, line.site_id, location=row.text("location") or None)
                for place, (line, row) in enumerate(zip(chosen, named.rows, strict=True))
            ],
            self.access,
        )
        parts = [
            _part(line, row, found.location_id, f"lines.{place}")
            for place, (line, row, found) in enumerate(zip(chosen, named.rows, places, strict=True))
        ]
        draft = ReceiveDraft(lines=parts, supplier_reference=said["supplier_reference"])
        return purchase_orders.receive(self.order.pk, draft, now=self.now, actor=self.request.user)

    @cached_property
    def sites_open(self) -> list[Site]:
        """The sites at which he may receive and something is still to come, the order's own first."""
        his = order_steps.sites_to_receive(self.order, self.access)
        sites = {line.site_id: line.site for line in self.lines if line.open_quantity > 0 and line.site_id in his}
        return sorted(sites.values(), key=lambda site: (site.pk != self.order.site_id, site.code))

    @property
    def comes_to(self) -> Site:
        asked = self.request.GET.get("at", "").lower()
        first = self.sites_open[0] if self.sites_open else self.order.site
        return next((site for site in self.sites_open if site.code.lower() == asked), first)

    @property
    def open_lines(self) -> list[PurchaseOrderLine]:
        return [line for line in self.lines if line.open_quantity > 0 and line.site_id == self.comes_to.pk]

    def first_rows(self) -> FormRows:
        """All that is open at the site."""
        said = [{"line": line.pk, "quantity": f"{line.open_quantity.normalize():f}"} for line in self.open_lines]
        return FormRows.of(said, FIELDS)

    def show(self, form: ReceiveForm, rows: FormRows, status: int = 200, *, refused: Any = ()) -> HttpResponse:
        lines = {str(line.pk): line for line in self.lines}
        for row in rows.rows:
            row.about = lines.get(row.text("line"))
        site = self.comes_to
        context = {
            "order": self.order,
            "url": self.url,
            "base": self.base,
            "form": form,
            "rows": rows,
            "refused": refused,
            "site": site,
            "sites": self.sites_open,
            "lines": self.open_lines,
            "has_lots": any(line.item.tracking != Tracking.NONE for line in self.open_lines),
            "places": places_to_name([site.pk], self.access),
        }
        return render(self.request, "purchasing/order_receive.html", context, status=status)


def _says_something(row: FormRow) -> bool:
    return row.text("quantity") not in _NOTHING or row.text("rejected_quantity") not in _NOTHING


def _part(line: PurchaseOrderLine, row: FormRow, location_id: int | None, field: str) -> ReceiveLine:
    expires = row.text("expires_on")
    return ReceiveLine(
        line_id=line.pk,
        quantity=typed(row.text("quantity") or "0"),
        rejected_quantity=typed(row.text("rejected_quantity") or "0"),
        lot_number=row.text("lot"),
        expires_on=day(expires, f"{field}.expires_on") if expires else None,
        location_id=location_id,
    )
