"""Forms of sales orders: a new one, and changing one that is not shipped, lines and all."""

from collections.abc import Mapping, Sequence
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

from core.errors import DomainError, InvalidInput, StaleVersion, plain
from core.web import fields
from core.web.numbers import whole
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows
from inventory.web import order_forms
from inventory.web.steps import tell
from sales import selectors
from sales.choices import SalesOrderState as State
from sales.drafts import LineChange, LineDraft, LineEdit, LineRemoval, OrderDraft
from sales.models import Customer, SalesOrder, SalesOrderLine
from sales.services import sales_orders
from sales.web.order_page import OrderMixin
from sites.access import Access
from sites.models import Site
from sites.web.mixins import SitePageMixin

FIELDS = ["item", "quantity"]
SUGGEST_CUSTOMERS = {
    "data-suggest": "/api/v1/customers/?is_archived=false&search=",
    "data-suggest-value": "code",
    "data-suggest-text": "name",
}


class OrderForm(forms.Form):
    """The head of a new order; its dates are those of the lines that name none."""

    customer = fields.text(gettext_lazy("Customer"), required=True, most=64, **SUGGEST_CUSTOMERS)
    site = forms.ChoiceField(label=gettext_lazy("Ships from"))
    need_by_on = fields.date(gettext_lazy("Needed"))
    promised_on = fields.date(gettext_lazy("Promised"))
    external_reference = fields.text(gettext_lazy("Customer's reference"), most=100)
    note = fields.note(gettext_lazy("Note"))

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order_forms.offer_sites(self, sites)


class OrderNewPage(SitePageMixin, View):
    """`/s/<site>/sales-orders/new/?customer=&item=&quantity=&site=&need_by_on=`."""

    def scope(self) -> None:
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        first = self.site if self.site in self.choices else self.choices[0]
        initial = {
            "customer": self.customer_code(asked.get("customer", "")),
            "site": (asked.get("site") or first.code).upper(),
            "need_by_on": asked.get("need_by_on", ""),
        }
        names = ("item", "quantity", "unit_price")
        line = {name: asked.get(name, "") for name in names}
        return self.show(self.form(initial=initial), FormRows.of([line] if line["item"] else [], FIELDS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = self.form(request.POST), FormRows.read(request.POST, FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            order = self.create(form.cleaned_data, rows, is_open="open" in request.POST)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        url = f"/s/{self.site_code}/sales-orders/{order.pk}/"
        words = _("%(number)s is a quote.") if order.state == State.QUOTE else _("%(number)s is open.")
        tell(request, words % {"number": order.number}, undo=f"{url}cancel/")
        return redirect(url)

    def create(self, said: Mapping[str, Any], rows: FormRows, *, is_open: bool) -> SalesOrder:
        site = next(site for site in self.choices if site.code == said["site"])
        customer = self.customer(said["customer"], site)
        if not rows.rows:
            raise InvalidInput(errors={"": _("An order needs at least one line.")})
        draft = OrderDraft(
            customer_id=customer.pk,
            site_id=site.pk,
            lines=[LineDraft(**values) for values in line_values(rows, self.access)],
            need_by_on=said["need_by_on"],
            promised_on=said["promised_on"],
            external_reference=said["external_reference"],
            note=said["note"],
        )
        return sales_orders.create(draft, is_open=is_open, now=self.now, actor=self.request.user)

    def customer(self, text: str, site: Site) -> Customer:
        """The customer of the site's seller whom this code or name names.

        :raises InvalidInput: when there is none, or several of that name.
        """
        his = selectors.customers(self.access).filter(company=site.default_owner_id, archived_at=None)
        found = his.filter(code__iexact=text).first()
        named = [found] if found else list(his.filter(name__iexact=text)[:2])
        if len(named) != 1:
            words = (
                _("There is no customer “%(text)s”.") if not named else _("Several are named “%(text)s”; say the code.")
            )
            raise InvalidInput(errors={"customer": words % {"text": text}})
        return named[0]

    def customer_code(self, asked: str) -> str:
        """The code of the customer that an address names by code or id."""
        customer_id = whole(asked)
        if customer_id is None:
            return asked
        known = selectors.customers(self.access).filter(pk=customer_id).values_list("code", flat=True).first()
        return known or asked

    @cached_property
    def choices(self) -> list[Site]:
        """Sites for whose owner he plans, those that sell if any do."""
        his = order_forms.planned_sites(self.request, self.access)
        return [site for site in his if site.is_selling] or his

    def form(self, *args: Any, **kwargs: Any) -> OrderForm:
        return OrderForm(*args, sites=self.choices, **kwargs)

    def show(self, form: OrderForm, rows: FormRows, status: int = 200) -> HttpResponse:
        order_forms.tell_items(rows, self.access)
        context = {"form": form, "rows": rows, "base": f"/s/{self.site_code}/", "units": order_forms.units()}
        return render(self.request, "sales/order_new.html", context, status=status)


class OrderEditForm(forms.Form):
    """What of an order changes until it is shipped."""

    need_by_on = fields.date(gettext_lazy("Needed"))
    promised_on = fields.date(gettext_lazy("Promised"))
    external_reference = fields.text(gettext_lazy("Customer's reference"), most=100)
    note = fields.note(gettext_lazy("Note"))
    version = forms.IntegerField(widget=forms.HiddenInput())


class OrderEditPage(OrderMixin, View):
    """`…/<id>/edit/`: a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("edit") is None:
            return redirect(self.url)
        return self.show(OrderEditForm(initial=self.current()), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = OrderEditForm(request.POST), FormRows.read(request.POST, [*FIELDS, "id"])
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        changes, expected = order_forms.changed_head(form, self.current()), form.cleaned_data["version"]
        edited = FormRows([], FIELDS)
        try:
            edits = self.line_edits(rows, edited)
            sales_orders.edit(
                self.order.pk, changes=changes, lines=edits, expected=expected, now=self.now, actor=request.user
            )
        except StaleVersion as error:
            return self.show(order_forms.stale(form, self.current(), error), rows, 412)
        except DomainError as error:
            refuse(form, error, edited)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("%(number)s is changed.") % {"number": self.order.number})
        return redirect(self.url)

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.order, name) for name in OrderEditForm.base_fields}

    def first_rows(self) -> FormRows:
        return FormRows.of([said_of(line) for line in self.lines], [*FIELDS, "id"])

    def line_edits(self, rows: FormRows, edited: FormRows) -> list[LineEdit]:
        """Only what differs: changed lines, new ones, and those that are gone. `edited` gets the rows of the edits in
        their order, so that what the service says of an edit is shown at its row."""
        known = {str(line.pk): line for line in self.lines}
        edited.rows = list(rows.rows)
        values = line_values(rows, self.access)
        edits: list[LineEdit] = []
        edited.rows = []
        for row, said in zip(rows.rows, values, strict=True):
            line = known.pop(row.text("id"), None)
            edit: LineEdit | None = LineDraft(**said) if line is None else _change(line, row, said)
            if edit is not None:
                edits.append(edit)
                edited.rows.append(row)
        return [*edits, *(LineRemoval(line.pk) for line in known.values())]

    def show(self, form: OrderEditForm, rows: FormRows, status: int = 200) -> HttpResponse:
        order_forms.tell_items(rows, self.access)
        context = {
            "form": form,
            "rows": rows,
            "order": self.order,
            "url": self.url,
            "base": self.base,
            "units": order_forms.units(),
        }
        return render(self.request, "sales/order_edit.html", context, status=status)


def line_values(rows: FormRows, access: Access) -> list[dict[str, Any]]:
    """The lines as `LineDraft` names them; the discount was typed in percent."""
    lines = order_forms.line_values(rows, access, dates=["need_by_on"], numbers=["discount"])
    return [{**line, "discount": line["discount"] / 100} if "discount" in line else line for line in lines]


def said_of(line: SalesOrderLine) -> dict[str, Any]:
    """A line as its form shows it."""
    return {
        "id": line.pk,
        "item": line.item.sku,
        "quantity": plain(line.ordered_quantity),
        "unit": line.unit.code,
        "unit_price": plain(line.unit_price),
        "discount": plain(line.discount * 100) if line.discount else "",
        "need_by_on": line.need_by_on.isoformat() if line.need_by_on else "",
    }


def _change(line: SalesOrderLine, row: FormRow, said: Mapping[str, Any]) -> LineChange | None:
    """What of a line differs from what it is; an empty date is none, an empty unit or price stays as it is."""
    was, changed = said_of(line), {}
    if not order_forms.is_same(row.text("quantity"), was["quantity"]):
        changed["quantity"] = said["quantity"]
    if "unit_id" in said and said["unit_id"] != line.unit_id:
        changed["unit_id"] = said["unit_id"]
    if "unit_price" in said and (
        "unit_id" in changed or not order_forms.is_same(said["unit_price"], was["unit_price"])
    ):
        changed["unit_price"] = said["unit_price"]
    if not order_forms.is_same(row.text("discount") or "0", was["discount"] or "0"):
        changed["discount"] = said.get("discount", Decimal(0))
    if row.text("need_by_on") != was["need_by_on"]:
        changed["need_by_on"] = said.get("need_by_on")
    return LineChange(line_id=line.pk, values=changed) if changed else None
