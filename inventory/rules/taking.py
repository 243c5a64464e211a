"""Which balances a withdrawal takes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory.choices import ON_HAND_KINDS, LotState
from inventory.drafts import LevelKey, Withdrawal


@dataclass
class Stock:
    """A locked balance, with what decides about taking from it. `quantity` falls as it is taken and rises as put."""

    id: int
    item_id: int
    location_id: int
    lot_id: int | None
    owner_id: int
    site_id: int
    used_by_id: int
    quantity: Decimal
    reserved: Decimal
    location_kind: str
    pick_order: int
    lot_number: str | None
    lot_state: str | None
    lot_expires_on: date | None
    lot_began_on: date | None

    @property
    def place(self) -> tuple[int, int, int | None, int]:
        return self.item_id, self.location_id, self.lot_id, self.owner_id

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.item_id, self.site_id, self.used_by_id)

    @property
    def free(self) -> Decimal:
        """What is there and not reserved."""
        return self.quantity - self.reserved

    def blocked_reason(self, today: date) -> str | None:
        """Why the lot may not be used, or None."""
        if self.lot_state == LotState.HELD:
            return "held"
        if self.lot_expires_on is not None and self.lot_expires_on < today:
            return f"expired on {self.lot_expires_on}"
        return None


@dataclass(frozen=True)
class Taken:
    """A part of a withdrawal, out of one balance."""

    stock: Stock
    quantity: Decimal


def candidates(withdrawal: Withdrawal, stocks: Iterable[Stock], today: date) -> list[Stock]:
    """The balances that a withdrawal may take from, in the order it takes them.

    Its own company's first, then consigned; each by earliest expiry, lot age, pick order, id. What is held or
    expired only serves one that names the lot; what does not stand in an on-hand place one that names the place.
    """
    fitting = [stock for stock in stocks if _fits(withdrawal, stock, today)]
    return sorted(
        fitting,
        key=lambda stock: (
            stock.owner_id != withdrawal.used_by_id,
            stock.lot_expires_on or date.max,
            stock.lot_began_on or date.max,
            stock.pick_order,
            stock.id,
        ),
    )


def take(withdrawal: Withdrawal, ordered: Sequence[Stock]) -> list[Taken]:
    """Take from each in turn until the quantity is reached; falls short when they don't hold enough."""
    open_quantity, parts = withdrawal.quantity, []
    for stock in ordered:
        if open_quantity == 0:
            break
        part = min(open_quantity, stock.free)
        if part > 0:
            stock.quantity -= part
            open_quantity -= part
            parts.append(Taken(stock, part))
    return parts


def release(quantity: Decimal, ordered: Sequence[Stock]) -> list[Taken]:
    """Free up to `quantity` of what is reserved, in the order it will be taken; returns from which balances."""
    left, parts = quantity, []
    for stock in ordered:
        part = min(left, stock.reserved)
        if part > 0:
            stock.reserved -= part
            left -= part
            parts.append(Taken(stock, part))
    return parts


def _fits(withdrawal: Withdrawal, stock: Stock, today: date) -> bool:
    if stock.item_id != withdrawal.item_id or stock.site_id != withdrawal.site_id:
        return False
    if withdrawal.owner_id is None:
        if stock.used_by_id != withdrawal.used_by_id:
            return False
    elif stock.owner_id != withdrawal.owner_id:
        return False
    if withdrawal.location_id is None:
        if stock.location_kind not in ON_HAND_KINDS:
            return False
    elif stock.location_id != withdrawal.location_id:
        return False
    if withdrawal.lot_id is None:
        return withdrawal.location_id is not None or stock.blocked_reason(today) is None
    return stock.lot_id == withdrawal.lot_id
