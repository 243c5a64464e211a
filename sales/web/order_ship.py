"""Shipping a sales order: quantities line by line, out of lots and places if they are named."""

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
from core.web.rows import FormRows, typed
from inventory.api.line_places import Named, find
from inventory.drafts import LevelKey
from inventory.selectors.typed import lots_on_hand, places_to_name
from inventory.services.recompute import preview
from inventory.web.steps import tell
from sales.drafts import ShipDraft, ShipLine, Shipped
from sales.models import SalesOrderLine
from sales.services import sales_orders
from sales.web import order_steps
from sales.web.order_page import OrderMixin
from sites.models import Site

FIELDS = ["line"]
ZERO = Decimal(0)


class ShipForm(forms.Form):
    """The head of a shipment."""

    carrier = fields.text(gettext_lazy("Carrier"), most=100)
    tracking_number = fields.text(gettext_lazy("Tracking number"), most=100)


class ShipPage(OrderMixin, View):
    """`…/<id>/ship/?from=CHI`: a shipment leaves one site."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("ship") is None:
            return redirect(self.url)
        return self.show(ShipForm(), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = ShipForm(request.POST), FormRows.read(request.POST, FIELDS)
        named = FormRows([row for row in rows.rows if row.text("quantity") not in {"", "0"}], FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            shipped = self.ship(form.cleaned_data, named)
        except DomainError as error:
            refuse(form, error, named)
            lacking = [text for path, text in errors_of(error).items() if path.startswith("lines.")]
            return self.show(form, rows, error.status if error.status < 500 else 503, lacking=lacking)
        text = _("%(number)s is shipped by %(shipment)s.")
        of = {"number": self.order.number, "shipment": shipped.shipment.number}
        undo = f"{self.url}reverse/?posting={shipped.shipment.posting_id}"
        tell(request, text % of, undo=undo, warnings=shipped.warnings)
        return redirect(self.url)

    def ship(self, said: Mapping[str, Any], named: FormRows) -> Shipped:
        """Post what the lines name.

        :raises InvalidInput: naming each line, lot or place that is not there.
        """
        if not named.rows:
            raise InvalidInput(errors={"": _("Say how much of at least one line leaves.")})
        lines = {str(line.pk): line for line in self.lines}
        errors = {
            f"lines.{place}.quantity": _("The order has no such line.")
            for place, row in enumerate(named.rows)
            if row.text("line") not in lines
        }
        if errors:
            raise InvalidInput(errors=errors)
        chosen = [lines[row.text("line")] for row in named.rows]
        wanted = [
            Named(f"lines.{place}", line.item_id, line.site_id, row.text("lot") or None, row.text("location") or None)
            for place, (line, row) in enumerate(zip(chosen, named.rows, strict=True))
        ]
        parts = [
            ShipLine(
                line_id=line.pk, quantity=typed(row.text("quantity")), lot_id=one.lot_id, location_id=one.location_id
            )
            for line, row, one in zip(chosen, named.rows, find(wanted, self.access), strict=True)
        ]
        draft = ShipDraft(lines=parts, carrier=said["carrier"], tracking_number=said["tracking_number"])
        return sales_orders.ship(self.order.pk, draft, now=self.now, actor=self.request.user)

    @cached_property
    def places_from(self) -> list[Site]:
        """The sites from which he may ship and where something is open, the order's own first."""
        his = order_steps.sites_to_ship(self.order, self.access)
        sites = {line.site_id: line.site for line in self.lines if line.open_quantity > 0 and line.site_id in his}
        return sorted(sites.values(), key=lambda site: (site.pk != self.order.site_id, site.code))

    @property
    def leaves_from(self) -> Site:
        asked = self.request.GET.get("from", "").lower()
        first = self.places_from[0] if self.places_from else self.order.site
        return next((site for site in self.places_from if site.code.lower() == asked), first)

    @property
    def open_lines(self) -> list[SalesOrderLine]:
        return [line for line in self.lines if line.open_quantity > 0 and line.site_id == self.leaves_from.pk]

    def first_rows(self) -> FormRows:
        """All that is open at the site."""
        said = [{"line": line.pk, "quantity": f"{line.open_quantity.normalize():f}"} for line in self.open_lines]
        return FormRows.of(said, FIELDS)

    def show(self, form: ShipForm, rows: FormRows, status: int = 200, *, lacking: Any = ()) -> HttpResponse:
        site, company_id = self.leaves_from, self.order.company_id
        lines = {str(line.pk): line for line in self.lines}
        stock = self.stock(site)
        for row in rows.rows:
            line = lines.get(row.text("line"))
            row.about = (
                {"line": line, "possible": line.open_quantity, "stock": stock.get(line.item_id, ZERO)} if line else None
            )
        context = {
            "order": self.order,
            "url": self.url,
            "base": self.base,
            "form": form,
            "rows": rows,
            "lacking": lacking,
            "site": site,
            "sites": self.places_from,
            "lines": self.open_lines,
            "lots": lots_on_hand([line.item_id for line in self.open_lines], site.pk, company_id),
            "places": places_to_name([site.pk], self.access),
            "explain": f"/s/{site.code}/stock/",
        }
        return render(self.request, "sales/order_ship.html", context, status=status)

    def stock(self, site: Site) -> dict[int, Decimal]:
        """What is on hand at the site, by item."""
        keys = {LevelKey(line.item_id, site.pk, self.order.company_id) for line in self.open_lines}
        return {key.item_id: figures.on_hand for key, figures in preview(keys, now=self.now).levels.items()}
