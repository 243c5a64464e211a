"""What the list of adjustments shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from inventory.choices import LocationKind, PostingKind
from inventory.models import Posting, StockMove, ValueEntry
from inventory.selectors import ledger
from sites.access import Access

NAMED_LINES = 3


@dataclass(frozen=True)
class Line:
    """A change of an item; below 0 it left."""

    item_id: int
    sku: str
    unit: str
    decimals: int
    quantity: Decimal
    lot: str
    place: str


@dataclass(frozen=True)
class Adjustment:
    """A posting, its first lines, what it was worth to the reader's companies, who wrote it, and what took it back."""

    posting: Posting
    lines: Sequence[Line]
    line_count: int
    values: Sequence[tuple[str, Decimal]]
    actor: str
    reversed_by: Posting | None


def adjustments(access: Access) -> QuerySet[Posting]:
    """Adjustments and opening balances that a reader may see."""
    rows = ledger.postings(access).filter(kind__in=[PostingKind.ADJUSTMENT, PostingKind.OPENING])
    return rows.select_related("site", "company")


def described(postings: Sequence[Posting], access: Access) -> list[Adjustment]:
    """Some adjustments with what they changed; five queries, however many there are."""
    ids = [posting.pk for posting in postings]
    lines, counts = _lines(ids, access), _counts(ids, access)
    values, names = _values(ids, access), _names({posting.actor_id for posting in postings})
    taken_back = {row.reverses_id: row for row in Posting.objects.filter(reverses__in=ids)}
    return [
        Adjustment(
            posting,
            lines.get(posting.pk, []),
            counts.get(posting.pk, 0),
            values.get(posting.pk, []),
            names.get(posting.actor_id or 0, ""),
            taken_back.get(posting.pk),
        )
        for posting in postings
    ]


def line_of(move: StockMove) -> Line:
    """A move of an adjustment as a signed change; the other side is the count difference."""
    is_in = move.from_location.kind == LocationKind.COUNT
    place, lot = (move.to_location, move.to_lot) if is_in else (move.from_location, move.from_lot)
    unit = move.item.unit
    quantity = move.quantity if is_in else -move.quantity
    return Line(move.item_id, move.item.sku, unit.code, unit.decimals, quantity, lot.number if lot else "", place.code)


def with_both_sides(moves: QuerySet[StockMove]) -> QuerySet[StockMove]:
    """Moves with all that `line_of` reads."""
    return moves.select_related("item__unit", "from_location", "to_location", "from_lot", "to_lot")


def _lines(ids: Collection[int], access: Access) -> dict[int, list[Line]]:
    place = Window(RowNumber(), partition_by=[F("posting_id")], order_by=F("id").asc())
    moves = ledger.moves(access).filter(posting_id__in=ids).annotate(place=place).filter(place__lte=NAMED_LINES)
    found: dict[int, list[Line]] = {}
    for move in with_both_sides(moves).order_by("id"):
        found.setdefault(move.posting_id, []).append(line_of(move))
    return found


def _counts(ids: Collection[int], access: Access) -> dict[int, int]:
    rows = ledger.moves(access).filter(posting_id__in=ids).order_by().values("posting_id")
    return dict(rows.annotate(count=Count("pk")).values_list("posting_id", "count"))


def _values(ids: Collection[int], access: Access) -> dict[int, list[tuple[str, Decimal]]]:
    seen = ValueEntry.objects.filter(access.valued("company"), posting_id__in=ids)
    rows = seen.order_by("currency").values("posting_id", "currency").annotate(total=Sum("amount"))
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for posting_id, currency, total in rows.values_list("posting_id", "currency", "total"):
        found.setdefault(posting_id, []).append((currency, total))
    return found


def _names(user_ids: Collection[Any]) -> dict[int, str]:
    users = get_user_model().objects.filter(pk__in=[user_id for user_id in user_ids if user_id])
    return {user.pk: user.get_full_name() or user.get_username() for user in users}
