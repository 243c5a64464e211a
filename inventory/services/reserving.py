"""Reserving stock on hand: it stays where it is, and is refused to everybody but whom it is reserved for."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from core.prepared import Statement
from inventory.choices import LocationKind
from inventory.drafts import LevelKey, Withdrawal
from inventory.locks import stock as locks
from inventory.rules.taking import Taken, candidates, release, take
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


def reserve(key: LevelKey, difference: Decimal, *, now: datetime) -> None:
    """Reserve so much more of a key's stock on hand, in the order that it would be taken; below 0: let go of it.

    Locks the balances. The caller keeps whom it is for.

    :raises InvalidInput: naming `quantity` with what is free.
    """
    if difference == 0:
        return
    stocks = locks.lock_balances([], [(key.item_id, key.site_id, key.used_by_id, None)])
    zone = Site.objects.only("time_zone").get(pk=key.site_id).time_zone
    wish = Withdrawal(
        item_id=key.item_id,
        quantity=abs(difference),
        site_id=key.site_id,
        used_by_id=key.used_by_id,
        to_location_id=virtual_location(key.site_id, LocationKind.CUSTOMER),
    )
    if difference < 0:
        # What is held or expired by now may have been reserved before.
        _write(release(-difference, [stock for stock in stocks if stock.key == key]), -1)
        return
    parts = take(wish, candidates(wish, stocks, now.astimezone(ZoneInfo(zone)).date()))
    found = sum((part.quantity for part in parts), ZERO)
    if found < difference:
        raise InvalidInput(errors={"quantity": f"{difference:f} more can't be reserved: {found:f} are free."})
    _write(parts, 1)


def _write(parts: list[Taken], sign: int) -> None:
    _RESERVE.all({"ids": [part.stock.id for part in parts], "differences": [sign * part.quantity for part in parts]})
