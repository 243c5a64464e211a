"""Which balances a withdrawal takes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory.choices import KEEPING_KINDS, ON_HAND_KINDS, LotState
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

    Its own company's first, then consigned; each by earliest expiry, lot age, pick order, id. Naming an owner opens
    nobody's stock: it must be what the company may use, unless the ledger is corrected. What is sold or used stands
    on hand, in lots that are not blocked. A transfer or correction that names the place takes what stands there,
    blocked or in quarantine. A lot that is named fits, and whoever sells or uses it looks whether it is blocked.
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
    if stock.used_by_id != withdrawal.used_by_id and not withdrawal.is_correction:
        return False
    if withdrawal.owner_id is not None and stock.owner_id != withdrawal.owner_id:
        return False
    if withdrawal.location_id is not None and stock.location_id != withdrawal.location_id:
        return False
    is_sold_or_used = withdrawal.passes_title or withdrawal.location_id is None
    if is_sold_or_used and stock.location_kind not in (KEEPING_KINDS if withdrawal.is_repair else ON_HAND_KINDS):
        return False
    if withdrawal.lot_id is None:
        return not is_sold_or_used or stock.blocked_reason(today) is None
    return stock.lot_id == withdrawal.lot_id
