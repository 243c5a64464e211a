"""What to fetch from where: the places and lots that the ledger would choose now, without locking anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory.drafts import Withdrawal
from inventory.models import StockBalance
from inventory.rules.taking import Stock, candidates, take


@dataclass(frozen=True)
class Wanted:
    """So much of an item (stocking unit) at a site for a company, for a line of a document."""

    item_id: int
    sku: str
    name: str
    unit: str
    decimals: int
    quantity: Decimal
    site_id: int
    used_by_id: int
    lot_id: int | None = None


@dataclass(frozen=True)
class Pick:
    """So much of what is wanted out of one place; without a place it is short."""

    wanted: Wanted
    quantity: Decimal
    place: str = ""
    lot: str = ""
    owner: str = ""


def picks(wanted: Sequence[Wanted], *, today: date) -> list[Pick]:
    """What each line would take, in the order of the lines; what is missing stands last, without a place.

    By the rule of `inventory.rules.taking`; what is reserved for a line of its own is not looked into.
    """
    rows = list(
        StockBalance.objects.filter(
            item__in={one.item_id for one in wanted}, site__in={one.site_id for one in wanted}, quantity__gt=0
        )
        .select_related("location", "lot", "owner")
        .order_by("id")
    )
    stocks = {row.pk: _stock(row) for row in rows}
    named = {row.pk: row for row in rows}
    found: list[Pick] = []
    for one in wanted:
        left = one.quantity
        withdrawal = Withdrawal(
            item_id=one.item_id,
            quantity=one.quantity,
            site_id=one.site_id,
            used_by_id=one.used_by_id,
            to_location_id=0,
            lot_id=one.lot_id,
            passes_title=True,
        )
        here = [stock for stock in stocks.values() if (stock.item_id, stock.site_id) == (one.item_id, one.site_id)]
        for part in take(withdrawal, candidates(withdrawal, here, today)):
            row = named[part.stock.id]
            lot = row.lot.number if row.lot else ""
            found.append(Pick(one, part.quantity, row.location.code, lot, row.owner.code))
            left -= part.quantity
        if left > 0:
            found.append(Pick(one, left))
    return found


def _stock(row: StockBalance) -> Stock:
    lot = row.lot
    return Stock(
        id=row.pk,
        item_id=row.item_id,
        location_id=row.location_id,
        lot_id=row.lot_id,
        owner_id=row.owner_id,
        site_id=row.site_id,
        used_by_id=row.used_by_id,
        quantity=row.quantity,
        reserved=row.reserved,
        location_kind=row.location.kind,
        pick_order=row.location.pick_order,
        lot_number=lot.number if lot else None,
        lot_state=lot.state if lot else None,
        lot_expires_on=lot.expires_on if lot else None,
        lot_began_on=lot.began_on if lot else None,
    )
