"""Reading the ledger, each within a reader's access."""

from collections.abc import Iterable

from django.db.models import QuerySet

from inventory.models import CostPool, Posting, StockBalance, StockMove, ValueEntry
from sites.access import Access


def postings(access: Access) -> QuerySet[Posting]:
    """Postings of his companies' documents and at his sites."""
    return Posting.objects.filter(access.q(companies=["company"], sites=["site"]))


def moves(access: Access) -> QuerySet[StockMove]:
    """Moves of his companies' stock, and of any stock at his sites."""
    return StockMove.objects.filter(
        access.q(companies=["company", "from_owner", "to_owner"], sites=["from_site", "to_site"])
    )


def balances(access: Access) -> QuerySet[StockBalance]:
    """Balances that his companies own or may use, and those at his sites; without the empty ones."""
    return StockBalance.objects.filter(access.q(companies=["owner", "used_by"], sites=["site"]), quantity__gt=0)


def pools(access: Access) -> QuerySet[CostPool]:
    """Cost pools whose values are his to see: their owner's alone."""
    return CostPool.objects.filter(access.valued("owner"))


def entries(access: Access) -> QuerySet[ValueEntry]:
    """Value entries in the pools of companies whose values he sees."""
    return ValueEntry.objects.filter(access.valued("company"))


def moves_by_posting(posting_ids: Iterable[int], access: Access) -> dict[int, list[StockMove]]:
    """The moves of some postings that a reader may see, in the order they were written."""
    rows = (
        moves(access)
        .filter(posting_id__in=list(posting_ids))
        .select_related("item", "from_location", "to_location", "from_lot", "to_lot", "from_owner", "to_owner")
        .order_by("id")
    )
    found: dict[int, list[StockMove]] = {}
    for row in rows:
        found.setdefault(row.posting_id, []).append(row)
    return found


def entries_by_move(move_ids: Iterable[int], access: Access) -> dict[int, list[ValueEntry]]:
    """The value entries of some moves, in the pools of companies whose values he sees."""
    found: dict[int, list[ValueEntry]] = {}
    for row in entries(access).filter(move_id__in=list(move_ids)).order_by("id"):
        found.setdefault(row.move_id or 0, []).append(row)
    return found
