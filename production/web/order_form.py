"""Forms of manufacturing orders: a new one, with the recipe that it will follow, and changing an open one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.clock import local_date
from core.errors import DomainError, InvalidInput, StaleVersion
from core.quantities import to_decimal
from core.transactions import retried
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import typed
from inventory.api.line_places import Named, find
from inventory.drafts import LevelKey
from inventory.models import Item
from inventory.selectors.typed import items_by_sku
from inventory.web.steps import tell
from production.choices import ManufacturingOrderState as State
from production.choices import OrderKind
from production.drafts import OrderDraft
from production.models import ManufacturingOrder
from production.selectors import order_page
from production.selectors.bills import BillKey, closest_bills, visible_bills
from production.selectors.explosion import explode
from production.services import manufacturing_orders
from production.web.order_list import may_plan
from production.web.order_page import OrderMixin
from sites.access import PLANNERS
from sites.models import Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

RECIPE = ("kind", "item", "site", "quantity", "due_on")
RECIPE_FIELDS = ",".join(f"#id_{name}" for name in RECIPE)
KINDS = [
    (OrderKind.MAKE, gettext_lazy("Make")),
    (OrderKind.REWORK, gettext_lazy("Repair pieces of it")),
    (OrderKind.DISASSEMBLY, gettext_lazy("Take pieces of it apart")),
]


class OrderForm(forms.Form):
    """A new order; the recipe follows what is chosen."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    item = fields.text(gettext_lazy("Item"), required=True, most=64, **fields.SUGGEST_ITEMS)
    site = forms.ChoiceField(label=gettext_lazy("Site"))
    quantity = fields.number(gettext_lazy("Quantity"), required=True)
    due_on = fields.date(gettext_lazy("Due"), required=True)
    source_lot = fields.text(
        gettext_lazy("Held lot to repair"),
        most=64,
        help_text=gettext_lazy("The pieces are taken out of it, and go into another when they are good."),
    )
    lot_number = fields.text(gettext_lazy("Lot of what is made"), most=64)
    external_reference = fields.text(gettext_lazy("Reference"), most=100)
    note = fields.note(gettext_lazy("Note"))

    def __init__(self, *args: Any, sites: Sequence[Site], url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [(site.code, f"{site.code} {site.name}") for site in sites]  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0].code
        for name in RECIPE:
            self.fields[name].widget.attrs |= fields.follows("recipe", url, RECIPE_FIELDS)


class OrderNewPage(SitePageMixin, View):
    """`/s/<site>/manufacturing-orders/new/?item=&quantity=&site=&due_on=`."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_plan(reader.of(request).access):
            raise Http404("You plan for nobody.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        first = self.site or next(iter(self.choices), None)
        initial = {
            "kind": asked.get("kind", OrderKind.MAKE),
            "source_lot": asked.get("source_lot", ""),
            "item": asked.get("item", ""),
            "quantity": asked.get("quantity", ""),
            "site": (asked.get("site") or (first.code if first else "")).upper(),
            "due_on": asked.get("due_on") or local_date(self.now, self.zone).isoformat(),
        }
        return self.show(self.form(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form({"kind": OrderKind.MAKE, **request.POST.dict()})
        if not form.is_valid():
            return self.show(form, 422)
        said = form.cleaned_data
        item = items_by_sku([said["item"]], self.access).get(said["item"].lower())
        if item is None:
            form.add_error("item", _("There is no item “%(sku)s”.") % {"sku": said["item"]})
            return self.show(form, 422)
        try:
            order = self.create(item, said, is_released="release" in request.POST)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        tell(request, _("%(number)s is planned.") % {"number": order.number}, undo=self.undo(order))
        return redirect(f"/s/{self.site_code}/manufacturing-orders/{order.pk}/")

    def undo(self, order: ManufacturingOrder) -> str:
        return f"/s/{self.site_code}/manufacturing-orders/{order.pk}/cancel/"

    def create(self, item: Item, said: dict[str, Any], *, is_released: bool) -> ManufacturingOrder:
        site_id = next(site.pk for site in self.choices if site.code == said["site"])
        draft = OrderDraft(
            item_id=item.pk,
            site_id=site_id,
            kind=said["kind"],
            source_lot_id=self.lot_id(item.pk, site_id, said["source_lot"]),
            quantity=typed(said["quantity"]),
            due_on=said["due_on"],
            lot_number=said["lot_number"],
            external_reference=said["external_reference"],
            note=said["note"],
        )
        user = self.request.user

        def work() -> ManufacturingOrder:
            order = manufacturing_orders.create(draft, now=self.now, actor=user)
            return manufacturing_orders.release(order.pk, now=self.now, actor=user) if is_released else order

        # In one: what can't be released would stay behind as planned, and the next try would make a second one.
        return retried(work)

    def lot_id(self, item_id: int, site_id: int, number: str) -> int | None:
        """:raises InvalidInput: naming `source_lot` where he knows no such lot of the item."""
        if not number:
            return None
        try:
            return find([Named("source", item_id, site_id, number)], self.access)[0].lot_id
        except InvalidInput as error:
            raise InvalidInput(errors={"source_lot": next(iter(error.errors.values()))}) from None

    @property
    def choices(self) -> list[Site]:
        """Sites for whose owner he plans, those that make things if any do."""
        known = reader.of(self.request).sites
        his = [
            site for site in known if self.access.has_role(PLANNERS, company_id=site.default_owner_id, site_id=site.pk)
        ]
        return [site for site in his if site.is_making] or his

    def form(self, *args: Any, **kwargs: Any) -> OrderForm:
        return OrderForm(*args, sites=self.choices, url=self.request.path, **kwargs)

    def show(self, form: OrderForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "base": f"/s/{self.site_code}/",
            "recipe": self.recipe(
                {name: form[name].value() for name in ("kind", "item", "site", "quantity", "due_on")}
            ),
        }
        return render(self.request, "production/order_new.html", context, status=status)

    def recipe(self, said: dict[str, Any]) -> dict[str, Any] | None:
        """The recipe that such an order follows, with what it needs and what of that is on hand there."""
        item = items_by_sku([str(said["item"] or "")], self.access).get(str(said["item"] or "").lower())
        site = next((one for one in self.choices if one.code == said["site"]), None)
        if item is None or site is None:
            return None
        on = max(_date(said["due_on"]) or local_date(self.now, site.time_zone), local_date(self.now, site.time_zone))
        kind = str(said["kind"] or OrderKind.MAKE)
        key = BillKey(item.pk, site.pk, site.default_owner_id, on, kind)
        bill = closest_bills([key]).get(key)
        if kind == OrderKind.REWORK and bill is None:
            return {"item": item, "site": site, "on": on, "bill": None, "needs_none": True}
        if bill is None or not visible_bills(self.access).filter(pk=bill.pk).exists():
            return {"item": item, "site": site, "on": on, "bill": None}
        quantity = _quantity(said["quantity"]) or bill.quantity
        rows = explode(
            item_id=item.pk,
            quantity=quantity,
            on=on,
            site_id=site.pk,
            company_id=site.default_owner_id,
            bill_id=bill.pk,
        ).direct
        stock = order_page.on_hand(
            {LevelKey(row.item_id, site.pk, site.default_owner_id) for row in rows}, now=self.now
        )
        lines = [
            {
                "row": row,
                "on_hand": stock.get(row.item_id, Decimal(0)),
                "short": row.quantity > stock.get(row.item_id, 0),
            }
            for row in rows
        ]
        return {"item": item, "site": site, "on": on, "bill": bill, "quantity": quantity, "lines": lines}


class OrderEditForm(forms.Form):
    """What of an open order changes; its quantity only while it is planned."""

    quantity = fields.number(gettext_lazy("Quantity"), required=True)
    due_on = fields.date(gettext_lazy("Due"), required=True)
    expected_on = fields.date(
        gettext_lazy("Expected"), help_text=gettext_lazy("When it will really be done, if not when due.")
    )
    lot_number = fields.text(gettext_lazy("Lot"), most=64)
    external_reference = fields.text(gettext_lazy("Reference"), most=100)
    note = fields.note(gettext_lazy("Note"))
    version = forms.IntegerField(widget=forms.HiddenInput())


class OrderEditPage(OrderMixin, View):
    """`…/<id>/edit/`: a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("edit") is None:
            return redirect(self.url)
        return self.show(self.form(initial=self.current()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        said = dict(form.cleaned_data)
        expected = said.pop("version")
        try:
            manufacturing_orders.edit(
                self.order.pk, self.changed(said), expected=expected, now=self.now, actor=request.user
            )
        except StaleVersion as error:
            return self.show(self.stale(form, error), 412)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        tell(request, _("%(number)s is changed.") % {"number": self.order.number})
        return redirect(self.url)

    def form(self, *args: Any, **kwargs: Any) -> OrderEditForm:
        form = OrderEditForm(*args, **kwargs)
        if self.order.state != State.PLANNED:
            del form.fields["quantity"]
        return form

    def current(self) -> dict[str, Any]:
        order = self.order
        names = ("due_on", "expected_on", "lot_number", "external_reference", "note", "version")
        return {"quantity": f"{order.quantity.normalize():f}", **{name: getattr(order, name) for name in names}}

    def changed(self, said: dict[str, Any]) -> dict[str, Any]:
        """Only what differs: a form that was left open must not write back the rest."""
        current = self.current()
        if "quantity" in said:
            said["quantity"] = typed(said["quantity"])
        return {name: value for name, value in said.items() if value != current[name]}

    def stale(self, form: OrderEditForm, error: StaleVersion) -> OrderEditForm:
        """The form as typed, each field that differs saying what stands now; sending it again overwrites."""
        current = self.current()
        again = self.form({**self.request.POST.dict(), "version": current["version"]})
        again.is_valid()
        again.add_error(None, error.message)
        for name in again.fields:
            if name != "version" and again.cleaned_data.get(name) != current[name]:
                again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
        return again

    def show(self, form: OrderEditForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "order": self.order, "unit": self.order.item.unit, "url": self.url, "base": self.base}
        return render(self.request, "production/order_edit.html", context, status=status)


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _quantity(text: Any) -> Decimal | None:
    try:
        number = to_decimal(typed(str(text or "")), field="quantity")
    except InvalidInput:
        return None
    return number if 0 < number < Decimal(10) ** 12 else None
