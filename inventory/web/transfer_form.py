"""Forms of transfers: a new one, and changing one that is not ended."""

from collections.abc import Mapping, Sequence
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
from core.transactions import retried
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import FormRows, typed
from inventory.choices import TransferState
from inventory.models import Item, Transfer, TransferLine
from inventory.selectors.typed import items_by_sku
from inventory.services import transfers
from inventory.services.transfers import TransferDraft, TransferLineChange, TransferLineDraft, TransferLineRemoval
from inventory.web.steps import tell
from inventory.web.transfers import TransferMixin, may_move
from sites.access import PLANNERS, Access
from sites.models import Site
from sites.web import reader
from sites.web.mixins import SitePageMixin

FIELDS = ["item", "quantity"]


class TransferForm(forms.Form):
    """The head of a new transfer."""

    origin = forms.ChoiceField(label=gettext_lazy("From"))
    destination = forms.ChoiceField(label=gettext_lazy("To"))
    ship_by_on = fields.date(gettext_lazy("Leaves"), required=True)
    expected_on = fields.date(gettext_lazy("Due"), help_text=gettext_lazy("Empty: as the lane says."))
    carrier = fields.text(gettext_lazy("Carrier"), most=100)
    external_reference = fields.text(gettext_lazy("Reference"), most=100)
    note = fields.note(gettext_lazy("Note"))

    def __init__(self, *args: Any, origins: Sequence[Site], destinations: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sites in (("origin", origins), ("destination", destinations)):
            self.fields[name].choices = [(site.code, f"{site.code} {site.name}") for site in sites]  # type: ignore[attr-defined]


class TransferNewPage(SitePageMixin, View):
    """`/s/<site>/transfers/new/?item=&quantity=&origin=&destination=`."""

    def scope(self) -> None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_move(reader.of(request).access):
            raise Http404("You plan for nobody.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        first = self.site or next(iter(self.origins), None)
        origin = asked.get("origin", "").upper() or (first.code if first else "")
        others = [site.code for site in self.all_sites if site.code != origin]
        initial = {
            "origin": origin,
            "destination": asked.get("destination", "").upper() or next(iter(others), ""),
            "ship_by_on": local_date(self.now, self.zone).isoformat(),
        }
        rows = [{"item": asked.get("item", ""), "quantity": asked.get("quantity", "")}] if "item" in asked else []
        return self.show(self.form(initial=initial), FormRows.of(rows, FIELDS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = self.form(request.POST), FormRows.read(request.POST, FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        try:
            transfer = self.create(form.cleaned_data, rows, is_confirmed="confirm" in request.POST)
        except DomainError as error:
            refuse(form, error, rows)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        url = f"/s/{self.site_code}/transfers/{transfer.pk}/"
        words = (
            _("%(number)s is confirmed.") if transfer.state == TransferState.CONFIRMED else _("%(number)s is a draft.")
        )
        tell(request, words % {"number": transfer.number}, undo=f"{url}cancel/")
        return redirect(url)

    def create(self, said: dict[str, Any], rows: FormRows, *, is_confirmed: bool) -> Transfer:
        codes = {site.code: site.pk for site in self.all_sites}
        draft = TransferDraft(
            origin_id=codes[said["origin"]],
            destination_id=codes[said["destination"]],
            lines=line_drafts(rows, self.access),
            ship_by_on=said["ship_by_on"],
            expected_on=said["expected_on"],
            carrier=said["carrier"],
            external_reference=said["external_reference"],
            note=said["note"],
        )
        user = self.request.user

        def work() -> Transfer:
            transfer = transfers.create(draft, now=self.now, actor=user)
            return transfers.confirm(transfer.pk, now=self.now, actor=user) if is_confirmed else transfer

        # In one: what can't be confirmed would stay behind as a draft, and the next try would make a second one.
        return retried(work)

    @property
    def all_sites(self) -> list[Site]:
        return reader.of(self.request).sites

    @property
    def origins(self) -> list[Site]:
        """Sites from which the reader may send."""
        has_role = self.access.has_role
        return [s for s in self.all_sites if has_role(PLANNERS, company_id=s.default_owner_id, site_id=s.pk)]

    def form(self, *args: Any, **kwargs: Any) -> TransferForm:
        return TransferForm(*args, origins=self.origins, destinations=self.all_sites, **kwargs)

    def show(self, form: TransferForm, rows: FormRows, status: int = 200) -> HttpResponse:
        tell_units(rows, self.access)
        context = {"form": form, "rows": rows, "base": f"/s/{self.site_code}/"}
        return render(self.request, "inventory/transfer_new.html", context, status=status)


class TransferEditForm(forms.Form):
    """What of a transfer changes until it ends."""

    ship_by_on = fields.date(gettext_lazy("Leaves"), required=True)
    expected_on = fields.date(gettext_lazy("Due"), help_text=gettext_lazy("Empty: as the lane says."))
    carrier = fields.text(gettext_lazy("Carrier"), most=100)
    tracking_number = fields.text(gettext_lazy("Tracking number"), most=100)
    external_reference = fields.text(gettext_lazy("Reference"), most=100)
    note = fields.note(gettext_lazy("Note"))
    version = forms.IntegerField(widget=forms.HiddenInput())


class TransferEditPage(TransferMixin, View):
    """`…/<id>/edit/`: its head, and its lines while it is a draft; a stale form shows both values."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("edit") is None:
            return redirect(self.url)
        return self.show(TransferEditForm(initial=self.current()), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = TransferEditForm(request.POST), FormRows.read(request.POST, [*FIELDS, "id"])
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        said = dict(form.cleaned_data)
        expected, current = said.pop("version"), self.current()
        changes = {name: value for name, value in said.items() if value != current[name]}
        edited = FormRows(list(rows.rows), FIELDS)
        try:
            edits = self.line_edits(rows, edited) if self.has_lines else []
            transfers.edit(self.transfer.pk, changes, edits, expected=expected, now=self.now, actor=request.user)
        except StaleVersion as error:
            return self.show(self.stale(error), rows, 412)
        except DomainError as error:
            refuse(form, error, edited)
            return self.show(form, rows, error.status if error.status < 500 else 503)
        tell(request, _("%(number)s is changed.") % {"number": self.transfer.number})
        return redirect(self.url)

    @property
    def has_lines(self) -> bool:
        """Whether its lines can still change."""
        return self.transfer.state == TransferState.DRAFT

    def current(self) -> dict[str, Any]:
        names = list(TransferEditForm.base_fields)
        return {name: getattr(self.transfer, name) for name in names}

    def first_rows(self) -> FormRows:
        said = [
            {"id": line.pk, "item": line.item.sku, "quantity": f"{line.ordered_quantity.normalize():f}"}
            for line in self.transfer.lines.all()
        ]
        return FormRows.of(said, [*FIELDS, "id"])

    def line_edits(self, rows: FormRows, edited: FormRows) -> list[Any]:
        """Only what differs: changed quantities, new lines, and those that are gone. `edited` gets the rows of the
        edits in their order, so that what the service says of an edit is shown at its row."""
        known = {str(line.pk): line for line in self.transfer.lines.all()}
        items = found_items(rows, self.access)
        edits: list[Any] = []
        edited.rows = []
        for row, item in zip(rows.rows, items, strict=True):
            line = known.pop(row.text("id"), None)
            if edit := _line_edit(line, item, typed(row.text("quantity"))):
                edits.append(edit)
                edited.rows.append(row)
        return [*edits, *(TransferLineRemoval(line.pk) for line in known.values())]

    def stale(self, error: StaleVersion) -> TransferEditForm:
        current = self.current()
        again = TransferEditForm({**self.request.POST.dict(), "version": current["version"]})
        again.is_valid()
        again.add_error(None, error.message)
        for name in again.fields:
            if name != "version" and again.cleaned_data.get(name) != current[name]:
                again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
        return again

    def show(self, form: TransferEditForm, rows: FormRows, status: int = 200) -> HttpResponse:
        tell_units(rows, self.access)
        context = {
            "form": form,
            "rows": rows if self.has_lines else None,
            "transfer": self.transfer,
            "url": self.url,
            "base": self.base,
        }
        return render(self.request, "inventory/transfer_edit.html", context, status=status)


def _line_edit(line: TransferLine | None, item: Item, quantity: str) -> Any:
    if line is None:
        return TransferLineDraft(item_id=item.pk, quantity=quantity)
    if quantity == f"{line.ordered_quantity.normalize():f}":
        return None
    return TransferLineChange(line_id=line.pk, values={"quantity": quantity})


def found_items(rows: FormRows, access: Access) -> list[Item]:
    """The item of each line.

    :raises InvalidInput: naming each line whose item is not there.
    """
    known = items_by_sku((row.text("item") for row in rows.rows), access)
    items = [known.get(row.text("item").lower()) for row in rows.rows]
    errors = {
        f"lines.{place}.item": _("There is no item “%(sku)s”.") % {"sku": rows.rows[place].text("item")}
        for place, item in enumerate(items)
        if item is None
    }
    if errors:
        raise InvalidInput(errors=errors)
    return [item for item in items if item is not None]


def line_drafts(rows: FormRows, access: Access) -> list[TransferLineDraft]:
    """The lines to be."""
    items = found_items(rows, access)
    return [
        TransferLineDraft(item_id=item.pk, quantity=typed(row.text("quantity")))
        for item, row in zip(items, rows.rows, strict=True)
    ]


def tell_units(rows: FormRows, access: Access) -> None:
    """Give each line whose item is known that item, for its name and unit."""
    known: Mapping[str, Item] = items_by_sku((row.text("item") for row in rows.rows), access)
    for row in rows.rows:
        row.about = known.get(row.text("item").lower())
