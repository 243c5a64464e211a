"""How the ledger reads in the API."""

from typing import Any

from rest_framework import serializers

from core.api.fields import AmountField, PriceField, QuantityField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.references import lot_field
from inventory.models import CostPool, Location, Posting, StockBalance, StockMove
from inventory.selectors import items as item_selectors
from inventory.selectors import ledger
from inventory.services.cost_corrections import Corrected
from sites import selectors as site_selectors
from sites.access import access_of


class MoveSerializer(ModelSerializer):
    """A move, with what it changed in the value of the reader's own companies."""

    amount = serializers.SerializerMethodField()
    currency = serializers.SerializerMethodField()

    class Meta:
        model = StockMove
        fields = (
            "id",
            "posting_id",
            "line_id",
            "item",
            "quantity",
            "from_site",
            "from_location",
            "from_lot",
            "from_owner",
            "to_site",
            "to_location",
            "to_lot",
            "to_owner",
            "effective_at",
            "effective_on",
            "posted_at",
            "amount",
            "currency",
        )

    def get_amount(self, move: StockMove) -> str | None:
        """What the move was worth to the owner who gave it, else to who got it; null where it isn't his to see."""
        entry = self._entry(move)
        return AmountField().to_representation(abs(entry.amount)) if entry else None

    def get_currency(self, move: StockMove) -> str | None:
        entry = self._entry(move)
        return entry.currency if entry else None

    def _entry(self, move: StockMove) -> Any:
        return next(iter(self.context.get("entries", {}).get(move.pk, [])), None)


class PostingSerializer(ModelSerializer):
    """A posting with its moves."""

    actor = serializers.IntegerField(source="actor_id", read_only=True)
    moves = serializers.SerializerMethodField()
    reverses_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Posting
        fields = (
            "id",
            "number",
            "kind",
            "company",
            "site",
            "source_kind",
            "source_id",
            "source_number",
            "reason",
            "effective_at",
            "effective_on",
            "posted_at",
            "actor",
            "is_historical",
            "reverses_id",
            "moves",
        )

    def get_moves(self, posting: Posting) -> list[dict[str, Any]]:
        moves = self.context.get("moves", {}).get(posting.pk, [])
        return list(MoveSerializer(moves, many=True, context=self.context).data)


class BalanceSerializer(ModelSerializer):
    """What stands in one place."""

    location_kind = serializers.CharField(source="location.kind", read_only=True)

    class Meta:
        model = StockBalance
        fields = (
            "id",
            "item",
            "site",
            "location",
            "location_kind",
            "lot",
            "owner",
            "used_by",
            "quantity",
            "reserved",
            "updated_at",
        )


class AdjustmentLineSerializer(Serializer):
    """A signed change of one item."""

    item = ReferenceField(lambda user: item_selectors.items(access_of(user)), key="sku")
    quantity = QuantityField(help_text="Signed change in the stocking unit.")
    unit_cost = PriceField(required=False, allow_null=True, help_text="With an increase only; owner's currency.")
    lot = lot_field(required=False, allow_null=True)
    location = ReferenceField(
        lambda user: Location.objects.filter(site__in=site_selectors.sites(access_of(user))),
        key="code",
        within={"site_id": "site"},
        required=False,
        allow_null=True,
    )


class AdjustmentWriteSerializer(Serializer):
    """An adjustment of one owner's stock at a site."""

    site = ReferenceField(lambda user: site_selectors.sites(access_of(user)))
    owner = ReferenceField(lambda user: site_selectors.companies(access_of(user)), required=False, allow_null=True)
    reason = serializers.CharField(max_length=500)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    lines = AdjustmentLineSerializer(many=True, allow_empty=False)


class AdjustmentSerializer(PostingSerializer):
    """An adjustment: a posting of its own, its lines as signed changes."""

    owner = ReferenceField(source="company", read_only=True)
    lines = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Posting
        fields = (
            "id",
            "number",
            "site",
            "owner",
            "reason",
            "effective_at",
            "effective_on",
            "posted_at",
            "lines",
            "warnings",
        )

    def get_lines(self, posting: Posting) -> list[dict[str, Any]]:
        moves = self.context.get("moves", {}).get(posting.pk, [])
        return [self._line(move) for move in moves]

    def get_warnings(self, posting: Posting) -> list[str]:
        """What the one who posted it should know; empty when it is read again."""
        return list(getattr(posting, "warnings", ()))

    def _line(self, move: StockMove) -> dict[str, Any]:
        is_increase = move.from_location.kind == "count"
        place = move.to_location if is_increase else move.from_location
        entry = next(iter(self.context.get("entries", {}).get(move.pk, [])), None)
        return {
            "move_id": move.pk,
            "item": {"id": move.item_id, "sku": move.item.sku},
            "quantity": QuantityField().to_representation(move.quantity if is_increase else -move.quantity),
            "location": {"id": place.pk, "code": place.code},
            "lot": {"id": move.to_lot_id, "number": move.to_lot.number} if move.to_lot else None,
            "amount": AmountField().to_representation(abs(entry.amount)) if entry else None,
        }


def moves_of(postings: list[Posting], user: Any) -> dict[str, Any]:
    """For the serializer's context, the postings' moves and the entries that the reader may see: two queries."""
    access = access_of(user)
    moves = ledger.moves_by_posting([posting.pk for posting in postings], access)
    entries = ledger.entries_by_move([move.pk for rows in moves.values() for move in rows], access)
    return {"moves": moves, "entries": entries}


class CostCorrectionSerializer(Serializer):
    """How much more it cost than was known (below 0: less), in the currency of the goods' owner."""

    amount = AmountField()
    reason = serializers.CharField(max_length=200)


def corrected(told: Corrected) -> dict[str, Any]:
    """A correction as it is answered: what every pool keeps of it, and where the rest ended, by kind."""
    pools = CostPool.objects.select_related("item", "site").in_bulk(list(told.left))
    return {
        "posting_id": told.posted.posting_id,
        "number": told.posted.number,
        "currency": told.currency,
        "left": [
            {
                "kind": pools[pool_id].kind,
                "item": pools[pool_id].item.sku,
                "site": pools[pool_id].site.code if pools[pool_id].site else None,
                "source_id": pools[pool_id].source_id,
                "amount": AmountField().to_representation(amount),
            }
            for pool_id, amount in told.left.items()
        ],
        "ended": {kind: AmountField().to_representation(amount) for kind, amount in told.ended.items()},
    }
