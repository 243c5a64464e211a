"""What the goods of a transfer do: dispatched, received, or given up, line by line, with lots and places."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError, InvalidInput
from core.web import fields
from core.web.refusals import errors_of, refuse
from core.web.rows import FormRows, typed
from inventory.api.line_places import Named, find
from inventory.drafts import LevelKey
from inventory.models import StockBalance, TransferLine
from inventory.rules.transfers import in_transit
from inventory.selectors.transfers import transit_location
from inventory.selectors.typed import lots_on_hand, places_to_name
from inventory.services import transfers
from inventory.services.recompute import preview
from inventory.services.transfers import MovedOn, Movement, Part
from inventory.web.steps import tell
from inventory.web.transfers import TransferMixin

FIELDS = ["line"]


class MovementForm(forms.Form):
    """The head of a step; each step keeps the fields that are its own."""

    carrier = fields.text(gettext_lazy("Carrier"), most=100)
    tracking_number = fields.text(gettext_lazy("Tracking number"), most=100)
    reason = fields.text(gettext_lazy("What happened to the goods"), required=True)

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step != "dispatch":
            del self.fields["carrier"], self.fields["tracking_number"]
        if step != "settle":
            del self.fields["reason"]


class MovementPage(TransferMixin, View):
    """`…/<id>/dispatch/`, `…/<id>/receive/`, `…/<id>/settle/`."""

    step = "dispatch"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find(self.step) is None:
            return redirect(self.url)
        start = {"carrier": self.transfer.carrier, "tracking_number": self.transfer.tracking_number}
        return self.show(MovementForm(step=self.step, initial=start), self.first_rows())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, rows = MovementForm(request.POST, step=self.step), FormRows.read(request.POST, FIELDS)
        if not form.is_valid() or rows.are_too_many:
            return self.show(form, rows, 422)
        named = FormRows([row for row in rows.rows if row.text("quantity") not in {"", "0"}], FIELDS)
        try:
            moved = self.run(Movement(parts=self.parts(named)), form.cleaned_data)
        except DomainError as error:
            refuse(form, error, named)
            lacking = [text for path, text in errors_of(error).items() if path.startswith("lines.")]
            status = error.status if error.status < 500 else 503
            return self.show(form, rows, status, lacking=lacking)
        undo = f"{self.base}postings/{moved.posted.posting_id}/reverse/"
        tell(request, self.done(moved), undo=undo, warnings=moved.posted.warnings)
        return redirect(self.url)

    def run(self, movement: Movement, said: dict[str, Any]) -> MovedOn:
        at: dict[str, Any] = {"now": self.now, "actor": self.request.user}
        if self.step == "dispatch":
            return transfers.dispatch(self.transfer.pk, movement, **said, **at)
        if self.step == "receive":
            return transfers.receive(self.transfer.pk, movement, **at)
        return transfers.settle(self.transfer.pk, movement, reason=said["reason"], **at)

    def done(self, moved: MovedOn) -> str:
        words = {
            "dispatch": _("%(number)s is on its way."),
            "receive": _("%(number)s: received."),
            "settle": _("%(number)s: the shortage is settled."),
        }
        return words[self.step] % {"number": moved.transfer.number}

    @property
    def at_id(self) -> int:
        """The site where it happens."""
        return self.transfer.origin_id if self.step == "dispatch" else self.transfer.destination_id

    def possible(self, line: TransferLine) -> Decimal:
        """How much of a line the step can take."""
        return line.open_quantity if self.step == "dispatch" else in_transit(line)

    def first_rows(self) -> FormRows:
        """A line for each that has something to move: all of it, but nothing of what is to be given up."""
        said = [
            {"line": line.pk, "quantity": "" if self.step == "settle" else f"{self.possible(line).normalize():f}"}
            for line in self.transfer.lines.all()
            if self.possible(line) > 0
        ]
        return FormRows.of(said, FIELDS)

    def parts(self, named: FormRows) -> list[Part]:
        """The parts that the lines name.

        :raises InvalidInput: naming each line, lot or place that is not there.
        """
        lines = {str(line.pk): line for line in self.transfer.lines.all()}
        errors = {
            f"lines.{place}.quantity": _("The transfer has no such line.")
            for place, row in enumerate(named.rows)
            if row.text("line") not in lines
        }
        if errors:
            raise InvalidInput(errors=errors)
        chosen = [lines[row.text("line")] for row in named.rows]
        wanted = [
            Named(f"lines.{place}", line.item_id, self.at_id, row.text("lot") or None, row.text("location") or None)
            for place, (line, row) in enumerate(zip(chosen, named.rows, strict=True))
        ]
        return [
            Part(
                line_id=line.pk,
                quantity=typed(row.text("quantity")),
                lot_id=one.lot_id,
                location_id=one.location_id,
            )
            for line, row, one in zip(chosen, named.rows, find(wanted, self.access), strict=True)
        ]

    def show(self, form: MovementForm, rows: FormRows, status: int = 200, *, lacking: Any = ()) -> HttpResponse:
        transfer = self.transfer
        lines = {str(line.pk): line for line in transfer.lines.all()}
        stock = self.stock()
        for row in rows.rows:
            line = lines.get(row.text("line"))
            row.about = (
                {"line": line, "possible": self.possible(line), "stock": stock.get(line.item_id)} if line else None
            )
        titles = {"dispatch": _("Dispatch"), "receive": _("Receive"), "settle": _("Settle shortage")}
        context = {
            "transfer": transfer,
            "url": self.url,
            "base": self.base,
            "form": form,
            "rows": rows,
            "lacking": lacking,
            "step": self.step,
            "title": titles[self.step],
            "lines": [line for line in lines.values() if self.possible(line) > 0],
            "lots": self.lots(),
            "places": places_to_name([self.at_id], self.access) if self.step != "settle" else [],
            "explain": f"/s/{transfer.origin.code}/stock/",
        }
        return render(self.request, "inventory/transfer_move.html", context, status=status)

    def stock(self) -> Mapping[int, Decimal]:
        """What is on hand at the origin, by item, for a dispatch."""
        if self.step != "dispatch":
            return {}
        transfer = self.transfer
        keys = {LevelKey(line.item_id, transfer.origin_id, transfer.company_id) for line in transfer.lines.all()}
        return {key.item_id: figures.on_hand for key, figures in preview(keys, now=self.now).levels.items()}

    def lots(self) -> dict[int, list[str]]:
        """The lots that may be named, by item: on hand at the origin, or on their way."""
        transfer = self.transfer
        items = [line.item_id for line in transfer.lines.all()]
        if self.step == "dispatch":
            found = lots_on_hand(items, transfer.origin_id, transfer.company_id)
            return {item_id: [lot.number for lot in lots] for item_id, lots in found.items()}
        location = transit_location(transfer.pk)
        if location is None:
            return {}
        moving = StockBalance.objects.filter(location=location, item__in=items, quantity__gt=0, lot__isnull=False)
        numbers: dict[int, list[str]] = {}
        for item_id, number in moving.order_by("lot_id").values_list("item_id", "lot__number"):
            numbers.setdefault(item_id, []).append(number)
        return numbers
