"""Reserving stock on hand: it stays where it is, and is refused to everybody but whom it is reserved for."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.clock import local_date
from core.errors import InvalidInput, plain
from core.prepared import Statement
from inventory.choices import LocationKind
from inventory.drafts import LevelKey, Withdrawal
from inventory.locks import stock as locks
from inventory.rules.taking import Stock, Taken, candidates, release, take
from inventory.rules.valuing import ZERO
from inventory.selectors.places import virtual_location
from sites.models import Site

_RESERVE = Statement(
    "reserve",
    """
UPDATE inventory_stockbalance b SET reserved = b.reserved + d.difference
FROM unnest(%(ids)s::bigint[], %(differences)s::numeric[]) AS d(id, difference) WHERE b.id = d.id
RETURNING b.id
""",
)


def lock_stock(*keys: LevelKey) -> list[Stock]:
    """Lock the balances with stock that serve these keys, by id.

    Only then read whose the reserved stock is: whoever ships it takes balance and pin in one transaction.
    """
    return locks.lock_balances([], [(key.item_id, key.site_id, key.used_by_id, None) for key in keys])


def reserve(key: LevelKey, stocks: Sequence[Stock], difference: Decimal, *, now: datetime) -> None:
    """Reserve so much more of a key's stock on hand, in the order that it would be taken; below 0: let go of it.

    The caller holds the balances' locks and keeps whom it is for.

    :raises InvalidInput: naming `quantity` with what is free.
    """
    if difference < 0:
        # What is held or expired by now may have been reserved before.
        _write(release(-difference, [stock for stock in stocks if stock.key == key]), -1)
    elif difference > 0:
        _write(_found(key, stocks, difference, now), 1)


def _found(key: LevelKey, stocks: Sequence[Stock], wanted: Decimal, now: datetime) -> list[Taken]:
    zone = Site.objects.only("time_zone").get(pk=key.site_id).time_zone
    wish = Withdrawal(
        item_id=key.item_id,
        quantity=wanted,
        site_id=key.site_id,
        used_by_id=key.used_by_id,
        to_location_id=virtual_location(key.site_id, LocationKind.CUSTOMER),
    )
    parts = take(wish, candidates(wish, stocks, local_date(now, zone)))
    found = sum((part.quantity for part in parts), ZERO)
    if found < wanted:
        raise InvalidInput(errors={"quantity": f"{plain(wanted)} more can't be reserved: {plain(found)} are free."})
    return parts


def _write(parts: list[Taken], sign: int) -> None:
    _RESERVE.all({"ids": [part.stock.id for part in parts], "differences": [sign * part.quantity for part in parts]})
