"""Forms of purchase orders: a new one at the supplier's prices, and changing one that is not received."""

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

from core.clock import local_date
from core.errors import DomainError, InvalidInput, StaleVersion, plain
from core.quantities import to_decimal
from core.web import fields
from core.web.numbers import whole
from core.web.refusals import refuse
from core.web.rows import FormRow, FormRows, typed
from inventory.selectors.typed import items_by_sku
from inventory.web import order_forms
from inventory.web.steps import tell
from purchasing import rules, selectors
from purchasing.choices import PurchaseOrderState as State
from purchasing.drafts import LineChange, LineDraft, LineEdit, LineRemoval, OrderDraft
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierItem
from purchasing.services import purchase_orders
from purchasing.web.order_page import OrderMixin
from sites.access import Access
from sites.models import Site
from sites.web.mixins import SitePageMixin

FIELDS = ["item", "quantity"]
SUGGEST_SUPPLIERS = {
    "data-suggest": "/api/v1/suppliers/?is_archived=false&search=",
    "data-suggest-value": "code",
    "data-suggest-text": "name",
}


class OrderForm(forms.Form):
    """The head of a new order; its date is that of the lines that name none."""

    supplier = fields.text(gettext_lazy("Supplier"), required=True, most=64, **SUGGEST_SUPPLIERS)
    site = forms.ChoiceField(label=gettext_lazy("Received at"))
    expected_on = fields.date(gettext_lazy("Expected"), help_text=gettext_lazy("Empty: after the lead time."))
    external_reference = fields.text(gettext_lazy("Supplier's reference"), most=100)
    note = fields.note(gettext_lazy("Note"))

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order_forms.offer_sites(self, sites)


class OrderNewPage(SitePageMixin, View):
    """`/s/<site>/purchase-orders/new/?supplier=&item=&quantity=&site=`; without a supplier, the item's first source."""

    def scope(self) -> None:
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        first = self.site if self.site in self.choices else self.choices[0]
        code = (asked.get("site") or first.code).upper()
        initial = {
            "supplier": self.supplier_code(asked.get("supplier", ""), asked.get("item", ""), code),
            "site": code,
            "expected_on": asked.get("expected_on", ""),
        }
        line = {name: asked.get(name, "") for name in ("item", "quantity", "unit_price")}
        return self.show(self.form(initial=initial), FormRows.of([line] if line["item"] else [], FIELDS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = self.form(request.POST), FormRows.read(request.POST, FIELDS)
        if "look" in request.POST:
            return self.show(self.form(initial=request.POST.dict()), rows)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            order = self.create(form.cleaned_data, rows, is_ordered="order" in request.POST)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        url = f"/s/{self.site_code}/purchase-orders/{order.pk}/"
        words = _("%(number)s is a draft.") if order.state == State.DRAFT else _("%(number)s is ordered.")
        tell(request, words % {"number": order.number}, undo=f"{url}cancel/")
        return redirect(url)

    def create(self, said: Mapping[str, Any], rows: FormRows, *, is_ordered: bool) -> PurchaseOrder:
        site = next(site for site in self.choices if site.code == said["site"])
        supplier = self.supplier(said["supplier"], site)
        if not rows.rows:
            raise InvalidInput(errors={"": _("An order needs at least one line.")})
        draft = OrderDraft(
            supplier_id=supplier.pk,
            site_id=site.pk,
            lines=[LineDraft(**values) for values in line_values(rows, self.access)],
            expected_on=said["expected_on"],
            external_reference=said["external_reference"],
            note=said["note"],
        )
        return purchase_orders.create(draft, is_ordered=is_ordered, now=self.now, actor=self.request.user)

    def supplier(self, text: str, site: Site) -> Supplier:
        """The supplier of the site's buyer whom this code or name names.

        :raises InvalidInput: when there is none, or several of that name.
        """
        his = selectors.suppliers(self.access).filter(company=site.default_owner_id, archived_at=None)
        found = his.filter(code__iexact=text).first()
        named = [found] if found else list(his.filter(name__iexact=text)[:2])
        if len(named) != 1:
            none, several = _("There is no supplier “%(text)s”."), _("Several are named “%(text)s”; say the code.")
            raise InvalidInput(errors={"supplier": (several if named else none) % {"text": text}})
        return named[0]

    def supplier_code(self, asked: str, sku: str, site_code: str) -> str:
        """The code of the supplier that an address names by code or id; absent, of the item's first source."""
        seen = selectors.suppliers(self.access)
        supplier_id = whole(asked)
        if supplier_id is not None:
            return seen.filter(pk=supplier_id).values_list("code", flat=True).first() or asked
        if asked or not sku:
            return asked
        item = items_by_sku([sku], self.access).get(sku.lower())
        site = next((site for site in self.choices if site.code == site_code), None)
        source = selectors.first_source(item.pk, site.default_owner_id) if item and site else None
        return source.code if source else ""

    @cached_property
    def choices(self) -> list[Site]:
        """Sites for whose owner he plans, those that buy if any do."""
        his = order_forms.planned_sites(self.request, self.access)
        return [site for site in his if site.is_buying] or his

    def form(self, *args: Any, **kwargs: Any) -> OrderForm:
        return OrderForm(*args, sites=self.choices, **kwargs)

    def show(self, form: OrderForm, rows: FormRows, status: int = 200) -> HttpResponse:
        order_forms.tell_items(rows, self.access)
        self.tell_prices(form, rows)
        context = {
            "form": form,
            "rows": rows,
            "base": f"/s/{self.site_code}/",
            "units": order_forms.units(),
            "may_look": True,
        }
        return render(self.request, "purchasing/order_new.html", context, status=status)

    def tell_prices(self, form: OrderForm, rows: FormRows) -> None:
        """Put the supplier's price for its quantity beside each line, as what an empty price means."""
        site = next((site for site in self.choices if site.code == form["site"].value()), self.choices[0])
        try:
            supplier = self.supplier(str(form["supplier"].value() or "").strip(), site)
        except InvalidInput:
            return
        offers = selectors.sold_by({supplier.pk}, {row.about.pk for row in rows.rows if row.about})
        today = local_date(self.now, site.time_zone)
        for row in rows.rows:
            offer = offers.get((supplier.pk, row.about.pk)) if row.about else None
            if offer is not None:
                row.said["price_hint"] = price_hint(row, offer, supplier.currency, today)


class OrderEditForm(forms.Form):
    """What of an order changes until it is received."""

    expected_on = fields.date(gettext_lazy("Expected"))
    external_reference = fields.text(gettext_lazy("Supplier's reference"), most=100)
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
        edited = FormRows(list(rows.rows), FIELDS)
        try:
            edits = self.line_edits(rows, edited)
            purchase_orders.edit(
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
        return render(self.request, "purchasing/order_edit.html", context, status=status)


def line_values(rows: FormRows, access: Access) -> list[dict[str, Any]]:
    """The lines as `LineDraft` names them."""
    return order_forms.line_values(rows, access, dates=["expected_on"], is_buying=True)


def price_hint(row: FormRow, offer: SupplierItem, currency: str, today: Any) -> str:
    """The supplier's price for the line's quantity, per the unit of the line; "" where none is known."""
    try:
        quantity = to_decimal(typed(row.text("quantity") or "1"), field="quantity")
    except InvalidInput:
        return ""
    unit = row.text("unit").casefold()
    is_his = bool(unit) and unit == offer.unit_label.casefold()
    if unit and not is_his and unit != row.about.unit.code.casefold():
        return ""
    in_his = quantity if is_his else quantity / offer.unit_factor
    found = rules.best_break(offer.prices.all(), quantity=in_his, on=today, currency=currency)
    price = found.unit_price if found else offer.last_cost
    if price is None:
        return ""
    return str(plain((price if is_his else price / offer.unit_factor).quantize(Decimal("0.0001")).normalize()))


def said_of(line: PurchaseOrderLine) -> dict[str, Any]:
    """A line as its form shows it."""
    return {
        "id": line.pk,
        "item": line.item.sku,
        "quantity": plain(line.ordered_quantity),
        "unit": line.unit_label or line.unit.code,
        "unit_price": plain(line.unit_price),
        "expected_on": line.expected_on.isoformat() if line.expected_on else "",
    }


def _change(line: PurchaseOrderLine, row: FormRow, said: Mapping[str, Any]) -> LineChange | None:
    """What of a line differs from what it is; an empty date is none, an empty unit or price stays as it is."""
    was, changed = said_of(line), {}
    if not order_forms.is_same(row.text("quantity"), was["quantity"]):
        changed["quantity"] = said["quantity"]
    if row.text("unit") and row.text("unit").casefold() != str(was["unit"]).casefold():
        changed |= {name: said[name] for name in ("unit_id", "unit_label") if name in said}
    has_unit = not changed.keys().isdisjoint({"unit_id", "unit_label"})
    if "unit_price" in said and (has_unit or not order_forms.is_same(said["unit_price"], was["unit_price"])):
        changed["unit_price"] = said["unit_price"]
    if row.text("expected_on") != was["expected_on"]:
        changed["expected_on"] = said.get("expected_on")
    return LineChange(line_id=line.pk, values=changed) if changed else None
