"""Labels, pick lists and packing slips as PDF; what other apps print is made of the same parts."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views import View

from core import documents
from core.documents import Label, Paper, Table
from core.ui.formats import number
from inventory.models import StockMove
from inventory.selectors import items as item_selectors
from inventory.selectors import ledger, masters
from inventory.selectors.picking import Wanted, picks
from inventory.selectors.transfers import visible_transfers
from sites.web.mixins import SitePageMixin

MOST_LINES = 1000


def wanted_of(line: Any, quantity: Any, site_id: int, used_by_id: int) -> Wanted:
    """What a line of an order still needs at a site."""
    item = line.item
    return Wanted(item.pk, item.sku, item.name, item.unit.code, item.unit.decimals, quantity, site_id, used_by_id)


def pick_table(wanted: Sequence[Wanted], today: Any) -> Table:
    """Where to fetch what, by place, so that one walk does; what is short stands last."""
    found = sorted(picks(wanted, today=today), key=lambda pick: (not pick.place, pick.place, pick.wanted.sku, pick.lot))
    rows = [
        (
            pick.place or _("short"),
            pick.wanted.sku,
            pick.wanted.name,
            pick.lot,
            f"{number(pick.quantity, pick.wanted.decimals)} {pick.wanted.unit}",
            "",
        )
        for pick in found
    ]
    return Table((_("Place"), _("Item"), _("Name"), _("Lot"), _("Quantity"), _("Done")), rows, (18, 18, 34, 16, 16, 8))


def packing_table(moves: Sequence[StockMove]) -> Table:
    """What a posting packed, with its lots."""
    sums: dict[tuple[str, ...], Any] = {}
    for move in moves:
        item, lot = move.item, move.from_lot or move.to_lot
        key = (item.sku, item.name, lot.number if lot else "", item.unit.code, str(item.unit.decimals))
        sums[key] = sums.get(key, 0) + move.quantity
    rows = [
        (sku, name, lot, f"{number(quantity, int(decimals))} {unit}")
        for (sku, name, lot, unit, decimals), quantity in sorted(sums.items())
    ]
    return Table((_("Item"), _("Name"), _("Lot"), _("Quantity")), rows, (22, 42, 20, 16))


class PaperPage(SitePageMixin, View):
    """A PDF of one row in the reader's sight: a page of its own says `scope` and `paper`, or `labels`."""

    def row(self) -> Any:
        scope = self.scope()
        assert scope is not None
        return get_object_or_404(scope, pk=self.kwargs["pk"])

    def paper(self, row: Any) -> Paper:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        paper = self.paper(self.row())
        return documents.answer(documents.render(paper), f"{paper.title}-{paper.number}".replace(" ", "-"))


class LabelPage(PaperPage):
    """Labels of one row."""

    def label(self, row: Any) -> Label:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self.row()
        return documents.answer(documents.render_labels([self.label(row)]), f"label-{row.pk}")


class LotLabel(LabelPage):
    """`/s/<site>/lots/<id>/label.pdf`: the lot's number as a code."""

    def scope(self) -> QuerySet[Any]:
        return masters.lots(self.access).select_related("item")

    def label(self, row: Any) -> Label:
        expires = _("Expires %(on)s") % {"on": row.expires_on} if row.expires_on else ""
        return Label(row.number, row.number, [row.item.sku, row.item.name, expires])


class ItemLabel(LabelPage):
    """`/s/<site>/stock/<id>/label.pdf`: the SKU as a code."""

    def scope(self) -> QuerySet[Any]:
        return item_selectors.items(self.access).select_related("unit")

    def label(self, row: Any) -> Label:
        return Label(row.sku, row.sku, [row.name, row.unit.code])


class LocationLabel(LabelPage):
    """`/s/<site>/locations/<id>/label.pdf`: site and place as a code."""

    def scope(self) -> QuerySet[Any]:
        return masters.locations(self.access).select_related("site")

    def label(self, row: Any) -> Label:
        return Label(f"{row.site.code}/{row.code}", row.code, [row.site.code, row.name])


class TransferPaper(PaperPage):
    """What the papers of a transfer share."""

    def scope(self) -> QuerySet[Any]:
        return visible_transfers(self.access).select_related("origin", "destination", "owner")

    def head(self, row: Any) -> list[tuple[str, str]]:
        return [
            (_("From"), f"{row.origin.code} {row.origin.name}"),
            (_("To"), f"{row.destination.code} {row.destination.name}"),
            (_("Expected"), str(row.expected_on or "–")),
        ]


class TransferPickList(TransferPaper):
    """`/s/<site>/transfers/<id>/pick-list.pdf`."""

    def paper(self, row: Any) -> Paper:
        lines = row.lines.filter(open_quantity__gt=0, wip_lot=None).select_related("item__unit").order_by("line_no")
        wanted = [wanted_of(line, line.open_quantity, row.origin_id, row.owner_id) for line in lines[:MOST_LINES]]
        table = pick_table(wanted, self.now.date())
        return Paper(_("Pick list"), row.number, self.head(row), [table], _("Nothing is open."))


class TransferPackingSlip(TransferPaper):
    """`/s/<site>/transfers/<id>/packing-slip.pdf`: all that was dispatched."""

    def paper(self, row: Any) -> Paper:
        of = {"posting__source_kind": "transfer", "posting__source_id": row.pk, "posting__kind": "dispatch"}
        moves = ledger.moves(self.access).filter(**of).select_related("item__unit", "from_lot", "to_lot")
        table = packing_table(list(moves.order_by("id")[:MOST_LINES]))
        return Paper(_("Packing slip"), row.number, self.head(row), [table], _("Nothing was dispatched."))
