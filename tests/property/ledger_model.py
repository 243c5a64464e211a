"""Stock and its value in plain Python: what the ledger is compared with.

Balances are keyed by (item, place, owner), a place being ("TLL", "MAIN") or ("transit", transfer). Cost pools are keyed
("stock", item, owner, site), ("transfer", item, owner, transfer) or ("mo", item, owner, order). Amounts are whole
numbers of the owner's smallest coin, so every rounding is one integer division.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

ZERO = Decimal(0)
# The lowest is taken first.
PICK_ORDER = {"NEAR": -1, "MAIN": 0}

Place = tuple[str, object]
Balance = tuple[str, Place, str]
PoolKey = tuple[str, str, str, object]


class Refused(Exception):
    """The model says no; `code` is the domain error's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up (amounts are never negative)."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def share(value: int, part: Fraction, whole: Fraction) -> int:
    """What a part of something is worth; the whole takes all."""
    return value if part == whole else half_up(value * part / whole)


class Take(NamedTuple):
    """A withdrawal: for a company, or of one owner alone, or out of one place alone."""

    item: str
    site: str
    company: str
    quantity: Decimal
    owner: str | None = None
    place: Place | None = None


@dataclass
class Pool:
    quantity: Decimal = ZERO
    value: int = 0


class Move(NamedTuple):
    """A quantity from one (place, owner) to another; a place of None is the world outside."""

    item: str
    quantity: Decimal
    source: tuple[Place | None, str]
    target: tuple[Place | None, str]


class Entry(NamedTuple):
    pool: PoolKey
    move: int | None
    quantity: Decimal
    value: int


@dataclass
class Posting:
    """What was written, and what it did to its document, for undoing both."""

    document: object = None
    effect: dict = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    is_reversed: bool = False


@dataclass
class Ledger:
    """`consigned` maps (owner, item, site) to (who may use it, the price of one in his smallest coin)."""

    consigned: dict[tuple[str, str, str], tuple[str, Fraction]]
    balances: dict[Balance, Decimal] = field(default_factory=dict)
    pools: dict[PoolKey, Pool] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)

    def used_by(self, item: str, site: str, owner: str) -> str:
        return self.consigned.get((owner, item, site), (owner, None))[0]

    def on_hand(self, item: str, site: str, company: str) -> Decimal:
        """What may serve a company at a site."""
        return sum(
            (q for (i, (s, _), owner), q in self.balances.items()
             if (i, s) == (item, site) and self.used_by(item, site, owner) == company),
            ZERO,
        )  # fmt: skip

    def choose(self, takes: Iterable[Take]) -> list[tuple[Take, list[tuple[Balance, Decimal]]]]:
        """Which balances each takes from: its own first, then consigned, each by pick order."""
        left, chosen, is_short = dict(self.balances), [], False
        for take in takes:
            fitting = [balance for balance in left if self._fits(take, balance)]
            fitting.sort(key=lambda b: (b[2] != take.company, PICK_ORDER[b[1][1]]))
            is_short |= sum((left[balance] for balance in fitting), ZERO) < take.quantity
            rest, parts = take.quantity, []
            for balance in fitting:
                part = min(rest, left[balance])
                if part > 0:
                    left[balance] -= part
                    rest -= part
                    parts.append((balance, part))
            chosen.append((take, parts))
        if is_short:
            raise Refused("insufficient_stock")
        return chosen

    def _fits(self, take: Take, balance: Balance) -> bool:
        item, place, owner = balance
        if item != take.item or place[0] != take.site or take.place not in {None, place}:
            return False
        return self.used_by(item, take.site, owner) == take.company if take.owner is None else owner == take.owner

    def withdraw(self, posting: Posting, chosen, *, passes_title: bool, to: Place | None, into: str = "") -> None:
        """Take what was chosen. `into` is the kind of pool that gets its value: "transfer", or "mo" for cost alone."""
        for take, parts in chosen:
            for (item, place, owner), quantity in parts:
                if passes_title and owner != take.company:
                    self._pass_title(posting, item, quantity, place, owner, take.company)
                    owner = take.company
                index = self._move(posting, Move(item, quantity, (place, owner), (to, owner)))
                amount = self._out(posting, ("stock", item, owner, take.site), index, quantity)
                if into == "transfer":
                    self._in(posting, ("transfer", item, owner, to[1]), index, quantity, amount)
                elif into:
                    self._in(posting, posting.effect["pool"], index, ZERO, amount)

    def deposit(self, posting: Posting, item: str, quantity: Decimal, place: Place, owner: str, amount: int) -> None:
        """Put something in that is worth so much."""
        index = self._move(posting, Move(item, quantity, (None, owner), (place, owner)))
        self._in(posting, ("stock", item, owner, place[0]), index, quantity, amount)

    def arrive(self, posting: Posting, item: str, quantity: Decimal, transfer: int, place: Place, owner: str) -> None:
        """Put something in that was on its way."""
        index = self._move(posting, Move(item, quantity, (("transit", transfer), owner), (place, owner)))
        amount = self._out(posting, ("transfer", item, owner, transfer), index, quantity)
        self._in(posting, ("stock", item, owner, place[0]), index, quantity, amount)

    def lose(self, posting: Posting, item: str, quantity: Decimal, transfer: int, owner: str) -> None:
        """Give up something that was on its way."""
        index = self._move(posting, Move(item, quantity, (("transit", transfer), owner), (None, owner)))
        self._out(posting, ("transfer", item, owner, transfer), index, quantity)

    def make(self, posting: Posting, quantity: Decimal, place: Place, part: Fraction, whole: Fraction) -> None:
        """Put something in that was made, with its part of the order's cost."""
        _, item, owner, _ = key = posting.effect["pool"]
        index = self._move(posting, Move(item, quantity, (None, owner), (place, owner)))
        pool = self._pool(key)
        amount = share(pool.value, part, whole)
        self._change(posting, key, index, ZERO, -amount)
        self._in(posting, ("stock", item, owner, place[0]), index, quantity, amount)

    def write_off(self, posting: Posting, key: PoolKey) -> bool:
        """Take what an order's pool still holds; whether there was anything."""
        if not (value := self._pool(key).value):
            return False
        self._change(posting, key, None, ZERO, -value)
        return True

    def average(self, item: str, quantity: Decimal, owner: str, site: str) -> int:
        """What a quantity is worth at the average; nothing where nothing is."""
        pool = self._pool(("stock", item, owner, site))
        return half_up(pool.value * Fraction(quantity) / Fraction(pool.quantity)) if pool.quantity else 0

    def reverse(self, posting: Posting) -> Posting:
        """The other way round, at its own amounts; what a pool no longer has, its counterpart does not get."""
        if posting.is_reversed:
            raise Refused("already_reversed")
        net: Counter = Counter()
        for move in posting.moves:
            for (place, owner), sign in ((move.source, 1), (move.target, -1)):
                if place is not None:
                    net[move.item, place, owner] += sign * move.quantity
        if any(self.balances.get(balance, ZERO) + change < 0 for balance, change in net.items()):
            raise Refused("reversal_blocked")
        posting.is_reversed = True
        back = Posting(posting.document, is_reversed=True)
        for number in reversed(range(len(posting.moves))):
            self._reverse_move(back, posting, number)
        for entry in [entry for entry in posting.entries if entry.move is None]:
            self._change(back, entry.pool, None, ZERO, -entry.value)
        self.postings.append(back)
        return back

    def _reverse_move(self, back: Posting, posting: Posting, number: int) -> None:
        move = posting.moves[number]
        index = self._move(back, Move(move.item, move.quantity, move.target, move.source))
        passes_title = move.source[1] != move.target[1]
        lacking = 0
        # The pool that had got it gives it back before the one that had given it takes it.
        for entry in reversed([entry for entry in posting.entries if entry.move == number]):
            if entry.quantity > 0 or entry.value > 0:
                pool = self._pool(entry.pool)
                is_last = entry.quantity and entry.quantity == pool.quantity
                taken = pool.value if is_last else min(entry.value, pool.value)
                lacking = entry.value - taken
                self._change(back, entry.pool, index, -entry.quantity, -taken)
            else:
                value = -entry.value if passes_title else max(-entry.value - lacking, 0)
                self._change(back, entry.pool, index, -entry.quantity, value)

    def _pass_title(self, posting: Posting, item, quantity, place: Place, seller: str, buyer: str) -> None:
        index = self._move(posting, Move(item, quantity, (place, seller), (place, buyer)))
        self._out(posting, ("stock", item, seller, place[0]), index, quantity)
        price = self.consigned[seller, item, place[0]][1]
        self._in(posting, ("stock", item, buyer, place[0]), index, quantity, half_up(price * Fraction(quantity)))

    def _move(self, posting: Posting, move: Move) -> int:
        for (place, owner), sign in ((move.source, -1), (move.target, 1)):
            if place is not None:
                key = move.item, place, owner
                self.balances[key] = self.balances.get(key, ZERO) + sign * move.quantity
        posting.moves.append(move)
        return len(posting.moves) - 1

    def _out(self, posting: Posting, key: PoolKey, index: int, quantity: Decimal) -> int:
        pool = self._pool(key)
        amount = share(pool.value, Fraction(quantity), Fraction(pool.quantity))
        self._change(posting, key, index, -quantity, -amount)
        return amount

    def _in(self, posting: Posting, key: PoolKey, index: int, quantity: Decimal, amount: int) -> None:
        self._change(posting, key, index, quantity, amount)

    def _change(self, posting: Posting, key: PoolKey, index: int | None, quantity: Decimal, value: int) -> None:
        pool = self._pool(key)
        pool.quantity += quantity
        pool.value += value
        posting.entries.append(Entry(key, index, quantity, value))

    def _pool(self, key: PoolKey) -> Pool:
        return self.pools.setdefault(key, Pool())
