"""Postings in the making: the locked balances and pools, and the moves and entries that change them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from inventory.choices import CostKind, EntryKind, LocationKind, PoolKind
from inventory.drafts import OrderPool
from inventory.errors import PeriodClosed
from inventory.locks.stock import Owner, Place, PoolKey
from inventory.rules.taking import Stock
from inventory.rules.valuing import ZERO, Pool

_VIRTUAL = {
    LocationKind.SUPPLIER.value,
    LocationKind.CUSTOMER.value,
    LocationKind.PRODUCTION.value,
    LocationKind.SCRAP.value,
    LocationKind.COUNT.value,
}


class Spot(NamedTuple):
    """What a posting must know of a location."""

    id: int
    site_id: int
    kind: str
    transfer_id: int | None

    @property
    def is_virtual(self) -> bool:
        return self.kind in _VIRTUAL


class Side(NamedTuple):
    """One end of a move."""

    spot: Spot
    lot_id: int | None
    owner_id: int


@dataclass
class Move:
    """A move about to be written; `amount` in the currency of the pool that gave it, else of the one that got it.

    `piece` is the place of its posting in the series.
    """

    item_id: int
    quantity: Decimal
    source: Side
    target: Side
    line_id: int | None
    amount: Decimal = ZERO
    piece: int = 0


class Entry(NamedTuple):
    """A value entry about to be written; quantity and amount are signed, `move` is an index or None."""

    pool: Pool
    move: int | None
    kind: EntryKind
    quantity: Decimal
    amount: Decimal
    cost_kind: CostKind = CostKind.MATERIAL
    piece: int = 0


def pool_key(side: Side, item_id: int, order_pool: OrderPool | None) -> PoolKey | None:
    """The cost pool that a side of a move belongs to; None for the world outside.

    Work in progress never leaves its order's pool, not even on its way between two sites.
    """
    kind = side.spot.kind
    if kind == LocationKind.TRANSIT and order_pool is None:
        return (PoolKind.TRANSFER.value, item_id, side.owner_id, None, side.spot.transfer_id)
    if kind in {LocationKind.WIP, LocationKind.TRANSIT} or (kind == LocationKind.PRODUCTION and order_pool):
        return order_pool_key(order_pool) if order_pool else None
    if side.spot.is_virtual:
        return None
    return (PoolKind.STOCK.value, item_id, side.owner_id, side.spot.site_id, None)


def order_pool_key(order_pool: OrderPool) -> PoolKey:
    """The key of a manufacturing order's cost pool."""
    return (PoolKind.MO.value, order_pool.item_id, order_pool.company_id, None, order_pool.order_id)


@dataclass
class WorkingSet:
    """Everything that a posting changes, or a series of them. Balances and pools in it are locked.

    What is added belongs to the posting at place `piece` of the series.
    """

    stocks: dict[Place, Stock]
    order_pool: OrderPool | None = None
    pools: dict[PoolKey, Pool] = field(default_factory=dict)
    owners: dict[int, Owner] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    differences: dict[Place, Decimal] = field(default_factory=dict)
    released: dict[Place, Decimal] = field(default_factory=dict)
    piece: int = 0

    def pool_of(self, side: Side, item_id: int) -> Pool | None:
        key = pool_key(side, item_id, self.order_pool)
        return None if key is None else self.pools[key]

    def stock_pool(self, side: Side, item_id: int) -> Pool:
        """The pool of a side that stands in a physical place."""
        return self.pools[(PoolKind.STOCK.value, item_id, side.owner_id, side.spot.site_id, None)]

    def add(self, move: Move) -> int:
        """Append a move and change the balances at its physical ends; returns its index."""
        for side, sign in ((move.source, -1), (move.target, 1)):
            if not side.spot.is_virtual:
                place = (move.item_id, side.spot.id, side.lot_id, side.owner_id)
                self.differences[place] = self.differences.get(place, ZERO) + sign * move.quantity
        move.piece = self.piece
        self.moves.append(move)
        return len(self.moves) - 1

    def release(self, place: Place, quantity: Decimal) -> None:
        """Record that so much of a balance is no longer reserved; below 0: that it is."""
        self.released[place] = self.released.get(place, ZERO) + quantity

    def give(
        self,
        pool: Pool,
        index: int | None,
        quantity: Decimal,
        amount: Decimal,
        cost_kind: CostKind = CostKind.MATERIAL,
    ) -> None:
        """Record that a pool (already reduced) gave so much."""
        kind = EntryKind.OUT if quantity else EntryKind.COST
        self.entries.append(Entry(pool, index, kind, -quantity, -amount, cost_kind, self.piece))

    def get(self, pool: Pool, index: int | None, quantity: Decimal, amount: Decimal) -> None:
        """Put into a pool and record it."""
        pool.put(quantity, amount)
        kind = EntryKind.IN if quantity else EntryKind.COST
        self.entries.append(Entry(pool, index, kind, quantity, amount, piece=self.piece))

    def absorb(self, pool: Pool, amount: Decimal, kind: CostKind) -> None:
        """Put cost without a quantity and without a move into a pool."""
        pool.put(ZERO, amount)
        self.entries.append(Entry(pool, None, EntryKind.COST, ZERO, amount, kind, self.piece))

    def check_open(self, effective_on: date) -> None:
        """:raises PeriodClosed: when one of the owners has closed its books on that date."""
        for owner in self.owners.values():
            if owner.closed_through_on and effective_on <= owner.closed_through_on:
                raise PeriodClosed(
                    company=owner.code, closed_through_on=owner.closed_through_on, effective_on=effective_on
                )

    def changed_pools(self) -> Iterable[Pool]:
        """The pools with an entry, once each."""
        return {id(entry.pool): entry.pool for entry in self.entries}.values()
