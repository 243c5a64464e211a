"""A cost that was found out later: how much more or less what a posting brought did cost, and where that goes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError, plain
from core.ui.formats import money
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import typed
from inventory.choices import LocationKind
from inventory.models import CostPool, StockMove
from inventory.selectors import ledger
from inventory.services.cost_corrections import Corrected, correct_cost, known_costs
from inventory.web.postings import PostingMixin, may_correct
from inventory.web.steps import tell

_ENDED = {
    LocationKind.CUSTOMER: gettext_lazy("sold"),
    LocationKind.SCRAP: gettext_lazy("scrapped"),
    LocationKind.COUNT: gettext_lazy("missing"),
    LocationKind.SUPPLIER: gettext_lazy("sent back"),
    "other_owner": gettext_lazy("now another company's"),
    "written_off": gettext_lazy("written off"),
}


class CostForm(forms.Form):
    """Which of what came in, how much more it cost, and why."""

    move = forms.ChoiceField(label=gettext_lazy("Of what"))
    amount = fields.number(
        gettext_lazy("It cost so much more"),
        required=True,
        help_text=gettext_lazy("A minus for less. It follows the goods to where they are now, in entries of today."),
    )
    reason = fields.text(gettext_lazy("Why"), required=True, most=200)

    def __init__(self, *args: Any, moves: list[StockMove], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(move.pk), f"{move.item.sku}, {plain(move.quantity)} {move.item.unit.code}") for move in moves]
        self.fields["move"].choices = names  # type: ignore[attr-defined]
        if len(moves) == 1:
            self.fields["move"].widget = forms.HiddenInput()
            self.fields["move"].initial = names[0][0]


class PostingCostPage(PostingMixin, View):
    """`…/<id>/cost/`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(CostForm(moves=self.moves))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = CostForm(request.POST, moves=self.moves)
        if not form.is_valid():
            return self.show(form, 422)
        said = form.cleaned_data
        try:
            told = correct_cost(
                int(said["move"]), typed(said["amount"]), reason=said["reason"], now=self.now, actor=request.user
            )
        except DomainError as error:
            refuse(form, error)
            return self.show(form, error.status if error.status < 500 else 503)
        text = _("%(number)s corrects the cost: %(where)s.") % {
            "number": told.posted.number,
            "where": ", ".join(where(told)),
        }
        tell(request, text)
        return redirect(self.source_url or f"{self.base}stock/")

    @cached_property
    def moves(self) -> list[StockMove]:
        """What of the posting brought goods of his companies in from outside."""
        if self.reversed_by is not None or self.posting.reverses_id is not None:
            raise Http404("It was taken back.")
        rows = ledger.moves_by_posting([self.posting.pk], self.access).get(self.posting.pk, [])
        moves = [move for move in rows if may_correct(move, self.access)]
        if not moves:
            raise Http404("Nothing of it came in from outside.")
        return moves

    def show(self, form: CostForm, status: int = 200) -> HttpResponse:
        currency = self.moves[0].to_owner.currency
        known = known_costs([move.pk for move in self.moves])
        context = {
            "form": form,
            "posting": self.posting,
            "base": self.base,
            "url": self.source_url,
            "currency": currency,
            "known": [{"move": move, "cost": known.get(move.pk)} for move in self.moves],
        }
        return render(self.request, "inventory/cost_correction.html", context, status=status)


def where(told: Corrected) -> list[str]:
    """Where a correction went, in words: stock at a site, on its way, in an order, or ended."""
    pools = CostPool.objects.select_related("item", "site").in_bulk(list(told.left))
    words: dict[str, Decimal] = {}
    for pool_id, amount in told.left.items():
        name = _place(pools[pool_id])
        words[name] = words.get(name, Decimal(0)) + amount
    for kind, amount in _by_name(told.ended).items():
        words[kind] = words.get(kind, Decimal(0)) + amount
    return [f"{money(amount, told.currency)} {name}" for name, amount in words.items()]


def _by_name(ended: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {str(_ENDED.get(kind, kind)): amount for kind, amount in ended.items()}


def _place(pool: CostPool) -> str:
    if pool.site is not None:
        return _("%(item)s at %(site)s") % {"item": pool.item.sku, "site": pool.site.code}
    if pool.kind == "transfer":
        return _("%(item)s on its way") % {"item": pool.item.sku}
    return _("%(item)s under way") % {"item": pool.item.sku}
