"""What happened to stock after a posting."""

from inventory.locks.stock import Place
from inventory.models import Posting, StockMove

_NAMED = 5


def later_takers(place: Place, *, after_posting_id: int) -> list[str]:
    """Numbers of the latest postings that took from a place after the given one, at most five, newest first."""
    item_id, location_id, lot_id, owner_id = place
    posting_ids = (
        StockMove.objects.filter(
            item_id=item_id,
            from_location_id=location_id,
            from_lot_id=lot_id,
            from_owner_id=owner_id,
            posting_id__gt=after_posting_id,
        )
        .order_by("-posting_id")
        .values_list("posting_id", flat=True)
        .distinct()[:_NAMED]
    )
    return list(Posting.objects.filter(id__in=list(posting_ids)).order_by("-id").values_list("number", flat=True))
