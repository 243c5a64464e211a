"""`postings`, `stock-moves`, `stock-balances`, `adjustments`."""

from typing import Any

from django.db.models import QuerySet

from core.api.views import CreateMixin, ScopedViewSet, document_action
from inventory.api.ledger_filters import BalanceFilter, MoveFilter, PostingFilter
from inventory.api.ledger_serializers import (
    AdjustmentSerializer,
    AdjustmentWriteSerializer,
    BalanceSerializer,
    CostCorrectionSerializer,
    MoveSerializer,
    PostingSerializer,
    corrected,
    moves_of,
)
from inventory.choices import PostingKind
from inventory.models import Posting, StockBalance, StockMove
from inventory.selectors import ledger
from inventory.services import adjustments, undo
from inventory.services.adjustments import AdjustmentLine
from inventory.services.cost_corrections import correct_cost
from sites.access import access_of


class PostingViewSet(ScopedViewSet):
    """What was posted, with its moves. `…/reverse/` undoes it as a whole, documents included."""

    serializer_class = PostingSerializer
    filterset_class = PostingFilter
    ordering_fields = {"id": "id", "effective_at": "effective_at"}

    def scope(self) -> QuerySet[Posting]:
        return ledger.postings(access_of(self.actor)).select_related("company", "site")

    def figures(self, rows: list[Posting]) -> dict[str, Any]:
        return moves_of(rows, self.actor)

    @document_action()
    def reverse(self, posting: Posting, values: dict[str, Any]) -> Any:
        """Undo it; answers with the reversal."""
        posted = undo.reverse_posting(posting.pk, now=self.now, actor=self.actor)
        return self.answer(self.scope().get(pk=posted.posting_id), status=201)


class AdjustmentViewSet(CreateMixin, PostingViewSet):
    """Stock set right by hand. An adjustment is a posting of its own, so it has the posting's id."""

    serializer_class = AdjustmentSerializer
    write_serializer_class = AdjustmentWriteSerializer

    def scope(self) -> QuerySet[Posting]:
        return super().scope().filter(kind__in=[PostingKind.ADJUSTMENT, PostingKind.OPENING])

    def perform_create(self, values: dict[str, Any]) -> Posting:
        posted = adjustments.adjust(
            site_id=values["site"].pk,
            owner_id=values["owner"].pk if values.get("owner") else None,
            reason=values["reason"],
            lines=[_line(line) for line in values["lines"]],
            effective_at=values.get("effective_at"),
            now=self.now,
            actor=self.actor,
        )
        self._warnings = posted.warnings
        return Posting.objects.get(pk=posted.posting_id)

    def read_again(self, row: Any) -> Any:
        posting = super().read_again(row)
        posting.warnings = getattr(self, "_warnings", ())
        return posting

    @document_action()
    def reverse(self, posting: Posting, values: dict[str, Any]) -> Any:
        """Undo it; answers with the reversal, a posting."""
        posted = undo.reverse_posting(posting.pk, now=self.now, actor=self.actor)
        return {"id": posted.posting_id, "number": posted.number, "reverses_id": posting.pk}


class StockMoveViewSet(ScopedViewSet):
    """The ledger: what moved from where to where."""

    serializer_class = MoveSerializer
    filterset_class = MoveFilter
    ordering_fields = {"id": "id"}

    def scope(self) -> QuerySet[StockMove]:
        return ledger.moves(access_of(self.actor)).select_related(
            "item",
            "from_site",
            "from_location",
            "from_lot",
            "from_owner",
            "to_site",
            "to_location",
            "to_lot",
            "to_owner",
        )

    @document_action(serializer=CostCorrectionSerializer)
    def correct_cost(self, move: StockMove, values: dict[str, Any]) -> dict[str, Any]:
        """Say that what it brought in cost so much more; answers with where that went."""
        told = correct_cost(move.pk, values["amount"], reason=values["reason"], now=self.now, actor=self.actor)
        return corrected(told)

    def figures(self, rows: list[StockMove]) -> dict[str, Any]:
        return {"entries": ledger.entries_by_move([move.pk for move in rows], access_of(self.actor))}


class StockBalanceViewSet(ScopedViewSet):
    """What stands where, whose it is, and whose demand it may serve."""

    serializer_class = BalanceSerializer
    filterset_class = BalanceFilter
    ordering_fields = {"id": "id", "item": "item__sku", "quantity": "quantity"}

    def scope(self) -> QuerySet[StockBalance]:
        return ledger.balances(access_of(self.actor)).select_related(
            "item", "site", "location", "lot", "owner", "used_by"
        )


def _line(values: dict[str, Any]) -> AdjustmentLine:
    return AdjustmentLine(
        item_id=values["item"].pk,
        quantity=values["quantity"],
        unit_cost=values.get("unit_cost"),
        lot_id=values["lot"].pk if values.get("lot") else None,
        location_id=values["location"].pk if values.get("location") else None,
    )
