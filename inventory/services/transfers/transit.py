"""The transfer's own place of goods on their way. The caller holds the transfer's lock."""

from collections.abc import Sequence
from datetime import datetime

from inventory.choices import LocationKind
from inventory.errors import MoreThanOpen
from inventory.models import Location, Transfer
from inventory.rules.transfers import Piece
from inventory.rules.transfers import take as take_pieces
from inventory.selectors.transfers import transit_location, waiting
from inventory.services.transfers.parts import Chosen


def take(transfer: Transfer) -> Location:
    """The place, at the destination; made with the first dispatch.

    Numbers are unique per company, codes per site: where another company's transfer has the code, the id follows.
    """
    found = transit_location(transfer.pk)
    for code in (f"TRANSIT-{transfer.number}", f"TRANSIT-{transfer.number}-{transfer.pk}"):
        if found is None:
            place = Location(
                site_id=transfer.destination_id,
                code=code,
                name=f"On the way from {transfer.origin.code}",
                kind=LocationKind.TRANSIT,
                transfer_id=transfer.pk,
            )
            Location.objects.bulk_create([place], ignore_conflicts=True)
            found = transit_location(transfer.pk)
    assert found is not None
    return found


def keep(transfer: Transfer, *, is_open: bool, now: datetime) -> None:
    """Archive the place once nothing can be in it any more; a reversal brings it back."""
    places = Location.objects.filter(transfer_id=transfer.pk)
    if is_open:
        places.exclude(archived_at=None).update(archived_at=None)
    else:
        places.filter(archived_at=None).update(archived_at=now)


def pieces(location: Location, chosen: Sequence[Chosen]) -> list[tuple[Chosen, Piece]]:
    """Of which lots and owners the chosen parts are, the oldest lots first.

    :raises MoreThanOpen: when a named lot or owner has less on its way.
    """
    stock = waiting(location.pk, sorted({one.line.item_id for one in chosen}))
    found = []
    # Who names a lot goes first, so that the others don't take it from under him.
    for one in sorted(chosen, key=lambda one: one.lot_id is None and one.owner_id is None):
        parts = take_pieces(stock[one.line.item_id], one.quantity, lot_id=one.lot_id, owner_id=one.owner_id)
        there = sum((part.quantity for part in parts), one.quantity * 0)
        if there < one.quantity:
            raise MoreThanOpen(
                number=one.number,
                item=one.line.item.sku,
                requested=one.quantity,
                possible=there,
                what="on their way",
                line_no=one.line.line_no,
                field=one.field,
            )
        found += [(one, part) for part in parts]
    return found
