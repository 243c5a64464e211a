"""A posting in the drawer: its moves, what they were worth to the reader's companies, and taking it back."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core.errors import DomainError
from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.models import Posting, StockMove
from inventory.selectors import ledger
from inventory.services import undo
from inventory.web.serving import document_url
from inventory.web.steps import Step, go_on, refusal, tell
from sites.access import PLANNERS, WRITERS
from sites.web.mixins import SitePageMixin

# More of one posting are read in the ledger.
MOST_MOVES = 200
_OUTSIDE = {
    LocationKind.SUPPLIER,
    LocationKind.CUSTOMER,
    LocationKind.PRODUCTION,
    LocationKind.SCRAP,
    LocationKind.COUNT,
}


class PostingMixin(SitePageMixin):
    """Gives `self.posting`, in the reader's sight."""

    def scope(self) -> QuerySet[Posting]:
        return ledger.postings(self.access).select_related("company", "site", "reverses")

    @cached_property
    def posting(self) -> Posting:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}postings/{self.posting.pk}/"

    @cached_property
    def reversed_by(self) -> Posting | None:
        return Posting.objects.filter(reverses=self.posting).first()

    @property
    def may_reverse(self) -> bool:
        """Whether the reader writes there; the document's own rules are asked when he does it."""
        posting = self.posting
        is_standing = self.reversed_by is None and posting.reverses_id is None and not posting.is_historical
        is_standing = is_standing and posting.kind != PostingKind.COST
        return is_standing and self.access.has_role(
            WRITERS, company_id=posting.company_id, site_id=posting.site_id, by_operator=True
        )

    @property
    def source_url(self) -> str:
        return document_url(self.base, self.posting.source_kind, self.posting.source_id)


class PostingPage(PostingMixin, TemplateView):
    """`/s/<site>/postings/<id>/`."""

    template_name = "inventory/posting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moves = ledger.moves_by_posting([self.posting.pk], self.access).get(self.posting.pk, [])[:MOST_MOVES]
        values = ledger.entries_by_move([move.pk for move in moves], self.access)
        return super().get_context_data(
            posting=self.posting,
            base=self.base,
            url=self.url,
            source_url=self.source_url,
            reversed_by=self.reversed_by,
            may_reverse=self.may_reverse,
            may_correct=self.may_reverse and any(may_correct(move, self.access) for move in moves),
            moves=[move_row(move, values.get(move.pk, [])) for move in moves],
            **kwargs,
        )


class PostingReversePage(PostingMixin, View):
    """`…/<id>/reverse/`: asked on GET, done on POST; the document that wrote it follows."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.ask() if self.may_reverse else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            posted = undo.reverse_posting(self.posting.pk, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        of = {"number": self.posting.number, "by": posted.number}
        tell(request, _("%(number)s is taken back by %(by)s.") % of, warnings=posted.warnings)
        return go_on(request, self.back_url)

    @property
    def back_url(self) -> str:
        is_adjustment = self.posting.source_kind == DocumentKind.ADJUSTMENT
        return self.source_url or (f"{self.base}adjustments/" if is_adjustment else f"{self.base}stock/")

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponseBase:
        number = self.posting.number
        step = Step(
            name="reverse",
            label=_("Reverse"),
            url=f"{self.url}reverse/",
            title=_("Take %(number)s back?") % {"number": number},
            text=_("What it moved goes back where it came from, with the same lots, owners and values."),
            is_danger=True,
        )
        context = {
            "step": step,
            "number": number,
            "back_url": self.back_url,
            "list_url": f"{self.base}stock/",
            "list_label": _("Stock"),
            "refusal": refused,
        }
        return render(self.request, "inventory/step.html", context, status=status)


def may_correct(move: StockMove, access: Any) -> bool:
    """Whether he plans for the owner of what a move brought in from outside."""
    came_in = move.from_location.kind in {LocationKind.SUPPLIER, LocationKind.COUNT}
    return came_in and bool(access.has_role(PLANNERS, company_id=move.to_owner_id, site_id=move.to_site_id))


def move_row(move: StockMove, entries: Any) -> dict[str, Any]:
    """A move in words; its worth is what the side that stays in stock counts it for."""
    amounts: dict[str, Decimal] = {}
    for entry in entries:
        amounts[entry.currency] = max(amounts.get(entry.currency, Decimal(0)), abs(entry.amount))
    lot = move.to_lot or move.from_lot
    return {
        "move": move,
        "from": _place(move.from_location),
        "to": _place(move.to_location),
        "lot": lot.number if lot else "",
        "is_in": move.from_location.kind in _OUTSIDE,
        "is_out": move.to_location.kind in _OUTSIDE,
        "owner": move.to_owner if move.from_owner_id != move.to_owner_id else None,
        "amounts": list(amounts.items()),
    }


def _place(location: Any) -> str:
    return location.get_kind_display().capitalize() if location.kind in _OUTSIDE else location.code
