"""Orders in plain Python: what they post, how far they are, and what they ask and bring."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count

from tests.property.ledger_model import ZERO, Ledger, Posting, Refused, Take, half_up

# TABLE is made of 1 TOP and 2 LEG for each, and 1 LEG for the order; TOP of 1.5 PLANK, a tenth of which is lost.
RECIPES = {
    "TABLE": [("TOP", Fraction(1), ZERO), ("LEG", Fraction(2), Decimal(1))],
    "TOP": [("PLANK", Fraction(3, 2) / Fraction(9, 10), ZERO)],
}
DECIMALS = {"PLANK": 3}

_steps = count(1)


@dataclass
class Line:
    """`born` orders the rows of the registers; `id` is the real line's."""

    item: str
    quantity: Decimal
    due: date
    price: Decimal = ZERO
    posted: Decimal = ZERO
    closed: Decimal = ZERO
    received: Decimal = ZERO
    lost: Decimal = ZERO
    id: int = 0
    born: int = field(default_factory=lambda: next(_steps))

    @property
    def open(self) -> Decimal:
        return max(self.quantity - self.posted - self.closed, ZERO)

    @property
    def in_transit(self) -> Decimal:
        return self.posted - self.received - self.lost


@dataclass
class Order:
    """`id` is the real order's, `coins` how many of the owner's smallest coin one of its currency is worth."""

    company: str
    site: str
    lines: list[Line]
    id: int = 0
    state: str = ""
    coins: Fraction = Fraction(100)

    def need(self, step: str, *states: str) -> None:
        if self.state not in states:
            raise Refused("wrong_state")

    def release(self) -> None:
        """What is open is not going to happen."""
        for line in self.lines:
            line.closed += line.open

    def follow(self, untouched: str, partly: str, done: str) -> None:
        """The state follows from the lines."""
        if any(line.posted for line in self.lines):
            self.state = partly if any(line.open for line in self.lines) else done
        else:
            self.state = untouched if any(line.open for line in self.lines) else "closed"


class SalesOrder(Order):
    kind = "sales_order"

    def open(self) -> None:
        self.need("open", "quote")
        self.state = "open"

    def ship(self, ledger: Ledger, wanted: dict[int, Decimal] | None) -> None:
        """`wanted` maps a line's place to a quantity; None is all that is open."""
        self.need("ship", "open", "partly_shipped")
        wanted = self._wanted(wanted, "over_shipment")
        takes = [Take(self.lines[n].item, self.site, self.company, quantity) for n, quantity in wanted.items()]
        chosen = ledger.choose(takes)
        posting = Posting(self, {"posted": wanted})
        ledger.withdraw(posting, chosen, passes_title=True, to=None)
        self.add(ledger, posting)

    def _wanted(self, wanted, code):
        if wanted is None:
            return {n: line.open for n, line in enumerate(self.lines) if line.open}
        if any(quantity > self.lines[n].open for n, quantity in wanted.items()):
            raise Refused(code)
        return wanted

    def add(self, ledger: Ledger, posting: Posting) -> None:
        ledger.postings.append(posting)
        self._move_on(posting, 1)

    def undo(self, ledger: Ledger, posting: Posting) -> None:
        ledger.reverse(posting)
        self._move_on(posting, -1)

    def _move_on(self, posting: Posting, sign: int) -> None:
        for n, quantity in posting.effect["posted"].items():
            self.lines[n].posted += sign * quantity
        self.follow("open", "partly_shipped", "shipped")

    def close(self, ledger: Ledger) -> None:
        self.need("close", "open", "partly_shipped", "shipped")
        self.release()
        self.state = "closed"

    def cancel(self, ledger: Ledger) -> None:
        self.need("cancel", "quote", "open")
        self.release()
        self.state = "canceled"


class PurchaseOrder(SalesOrder):
    kind = "purchase_order"

    def order(self) -> None:
        self.need("order", "draft")
        self.state = "ordered"

    def receive(self, ledger: Ledger, wanted: dict[int, Decimal] | None) -> None:
        self.need("receive", "ordered", "partly_received")
        wanted = self._wanted(wanted, "over_receipt")
        posting = Posting(self, {"posted": wanted})
        for n, quantity in wanted.items():
            line = self.lines[n]
            amount = self._worth(line, line.posted + quantity) - self._worth(line, line.posted)
            ledger.deposit(posting, line.item, quantity, (self.site, "MAIN"), self.company, amount)
        self.add(ledger, posting)

    def _worth(self, line: Line, quantity: Decimal) -> int:
        return half_up(Fraction(line.price) * Fraction(quantity) * self.coins)

    def _move_on(self, posting: Posting, sign: int) -> None:
        for n, quantity in posting.effect["posted"].items():
            self.lines[n].posted += sign * quantity
        self.follow("ordered", "partly_received", "received")

    def close(self, ledger: Ledger) -> None:
        self.need("close", "ordered", "partly_received", "received")
        self.release()
        self.state = "closed"

    def cancel(self, ledger: Ledger) -> None:
        self.need("cancel", "draft", "ordered")
        self.release()
        self.state = "canceled"


@dataclass
class Transfer(Order):
    """One line, from `site` to `destination`, where it is expected on `arrives`."""

    kind = "transfer"
    destination: str = ""
    arrives: date = date.max

    def confirm(self) -> None:
        self.need("confirm", "draft")
        self.state = "confirmed"

    def dispatch(self, ledger: Ledger, quantity: Decimal | None) -> None:
        self.need("dispatch", "confirmed", "in_transit", "partly_received")
        line = self.lines[0]
        quantity = self._wanted(quantity, line.open)
        chosen = ledger.choose([Take(line.item, self.site, self.company, quantity)])
        for _, parts in chosen:
            for (item, _, owner), _ in parts:
                if ledger.used_by(item, self.destination, owner) != self.company:
                    raise Refused("no_consignment_agreement")
        posting = Posting(self, {"posted": quantity})
        ledger.withdraw(posting, chosen, passes_title=False, to=("transit", self.id), into="transfer")
        self._add(ledger, posting)

    def receive(self, ledger: Ledger, quantity: Decimal | None, *, is_lost: bool = False) -> None:
        self.need("receive", "in_transit", "partly_received")
        line = self.lines[0]
        quantity = self._wanted(quantity, line.in_transit)
        posting = Posting(self, {"lost" if is_lost else "received": quantity})
        waiting = [b for b in ledger.balances if b[1] == ("transit", self.id)]
        for item, place, owner in waiting:
            part = min(quantity, ledger.balances[item, place, owner])
            if part <= 0:
                continue
            quantity -= part
            if is_lost:
                ledger.lose(posting, item, part, self.id, owner)
            else:
                ledger.arrive(posting, item, part, self.id, (self.destination, "MAIN"), owner)
        self._add(ledger, posting)

    def _wanted(self, quantity, possible):
        if quantity is None:
            quantity = possible
        if quantity > possible:
            raise Refused("more_than_open")
        if quantity == 0:
            raise Refused("nothing_to_post")
        return quantity

    def _add(self, ledger: Ledger, posting: Posting) -> None:
        ledger.postings.append(posting)
        self._move_on(posting, 1)

    def undo(self, ledger: Ledger, posting: Posting) -> None:
        self.need("reverse", "in_transit", "partly_received", "received", "closed")
        ledger.reverse(posting)
        self._move_on(posting, -1)

    def _move_on(self, posting: Posting, sign: int) -> None:
        line = self.lines[0]
        for name, quantity in posting.effect.items():
            setattr(line, name, getattr(line, name) + sign * quantity)
        if line.received or line.lost:
            self.state = "partly_received" if line.open or line.in_transit else "received"
        else:
            self.state = "in_transit" if line.posted else "confirmed"

    def close(self, ledger: Ledger) -> None:
        self.need("close", "confirmed", "in_transit", "partly_received", "received")
        if self.lines[0].in_transit:
            raise Refused("goods_on_the_way")
        self.release()
        self.state = "closed"

    def cancel(self, ledger: Ledger) -> None:
        self.need("cancel", "draft", "confirmed")
        self.release()
        self.state = "canceled"


def round_up(quantity: Fraction, decimals: int) -> Decimal:
    steps = -(-quantity.numerator * 10**decimals // quantity.denominator)
    return Decimal(steps).scaleb(-decimals)


@dataclass
class ManufacturingOrder(Order):
    """`lines` are its components; `made` is what it makes."""

    kind = "manufacturing_order"
    made: Line | None = None
    reports: int = 0

    OPEN = ("planned", "released", "in_progress", "partly_completed")

    @classmethod
    def plan(cls, company: str, site: str, item: str, quantity: Decimal, due: date) -> "ManufacturingOrder":
        lines = [
            Line(part, round_up(per * Fraction(quantity) + Fraction(fixed), DECIMALS.get(part, 0)), due)
            for part, per, fixed in RECIPES[item]
        ]
        return cls(company, site, lines, state="planned", made=Line(item, quantity, due))

    @property
    def pool(self):
        return "mo", self.made.item, self.company, self.id

    def to_release(self) -> None:
        self.need("release", "planned")
        self.state = "released"

    def complete(self, ledger: Ledger, good: Decimal, scrapped: Decimal, used: dict[int, Decimal] | None) -> None:
        """`used` maps a component's place to a quantity; None is the planned share."""
        self.need("complete", *self.OPEN[1:])
        if good == scrapped == 0:
            raise Refused("invalid")
        if good > self.made.open:
            raise Refused("over_completion")
        before, ordered = self.made.posted, self.made.quantity
        used = self._share(before + good) if used is None else used
        takes = [Take(self.lines[n].item, self.site, self.company, quantity) for n, quantity in used.items()]
        chosen = ledger.choose(takes)

        posting = Posting(self, {"good": good, "used": used, "pool": self.pool})
        ledger.withdraw(posting, chosen, passes_title=True, to=None, into="mo")
        if good:
            whole = self._covered(before + good, used) - Fraction(before)
            part = Fraction(good)
            ledger.make(posting, good, (self.site, "MAIN"), part, part if before + good >= ordered else whole)
        ledger.postings.append(posting)
        self._move_on(posting, 1)

    def _share(self, completed: Decimal) -> dict[int, Decimal]:
        shares = {}
        for n, line in enumerate(self.lines):
            due = line.quantity
            if completed < self.made.quantity:
                part = Fraction(line.quantity) * Fraction(completed) / Fraction(self.made.quantity)
                due = min(round_up(part, DECIMALS.get(line.item, 0)), due)
            if due > line.posted:
                shares[n] = due - line.posted
        return shares

    def _covered(self, completed: Decimal, used: dict[int, Decimal]) -> Fraction:
        """How many good ones the components used so far are enough for."""
        ordered = Fraction(self.made.quantity)
        reach = [
            ordered * Fraction(line.posted + used.get(n, ZERO)) / Fraction(line.quantity)
            for n, line in enumerate(self.lines)
        ]
        return min(max(min(reach), Fraction(completed)), ordered)

    def undo(self, ledger: Ledger, posting: Posting) -> None:
        self.need("reverse", "in_progress", "partly_completed", "done", "closed")
        is_write_off = "good" not in posting.effect
        if self.state == "closed" and not is_write_off and self._written_off(ledger):
            raise Refused("wrong_state")
        ledger.reverse(posting)
        self._move_on(posting, -1)

    def _written_off(self, ledger: Ledger) -> bool:
        own = [one for one in ledger.postings if one.document is self and not one.is_reversed]
        return any("good" not in one.effect for one in own)

    def _move_on(self, posting: Posting, sign: int) -> None:
        if "good" in posting.effect:
            self.reports += sign
            self.made.posted += sign * posting.effect["good"]
            for n, quantity in posting.effect["used"].items():
                self.lines[n].posted += sign * quantity
        if sign < 0:
            self.made.closed = ZERO
        if self.made.posted >= self.made.quantity:
            self.state = "done"
        elif self.made.posted:
            self.state = "partly_completed"
        else:
            self.state = "in_progress" if self.reports else "released"
        for line in self.lines:
            line.closed = ZERO
            if self.state == "done":
                line.closed = line.open

    def close(self, ledger: Ledger) -> None:
        self.need("close", *self.OPEN, "done")
        self._end(ledger, "closed")

    def cancel(self, ledger: Ledger) -> None:
        self.need("cancel", "planned", "released")
        self._end(ledger, "canceled")

    def _end(self, ledger: Ledger, state: str) -> None:
        posting = Posting(self)
        if ledger.write_off(posting, self.pool):
            ledger.postings.append(posting)
        if state == "closed":
            self.made.closed += self.made.open
        for line in self.lines:
            line.closed = max(line.quantity - line.posted, ZERO)
        self.state = state


@dataclass
class Adjustment:
    """A posting of its own."""

    kind = "adjustment"

    def undo(self, ledger: Ledger, posting: Posting) -> None:
        ledger.reverse(posting)
