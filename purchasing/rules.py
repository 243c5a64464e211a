"""The states of a purchase order, what follows from its lines, prices and the value of a receipt: all pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Protocol, TypeVar

from core.money import round_money
from inventory.rules.order_steps import OrderedLine, Progress, check_step, progress
from purchasing.choices import PurchaseOrderState as State

# Two numbers of 20 digits multiplied need 40; the default context would round before we do.
_DIGITS = 60


class Step(StrEnum):
    """What can be done to a purchase order."""

    EDIT = "edit"
    ORDER = "order"
    RECEIVE = "receive"
    REVERSE = "reverse"
    CLOSE_LINES = "close_lines"
    CLOSE = "close"
    CANCEL = "cancel"
    BLOCK = "block"


OPEN_STATES = (State.ORDERED, State.PARTLY_RECEIVED)

# (state, step) → the states that may follow; what is not here is impossible.
TRANSITIONS: dict[tuple[str, str], frozenset[State]] = {
    (State.DRAFT, Step.EDIT): frozenset({State.DRAFT}),
    (State.DRAFT, Step.ORDER): frozenset({State.ORDERED}),
    (State.DRAFT, Step.CANCEL): frozenset({State.CANCELED}),
    (State.DRAFT, Step.BLOCK): frozenset({State.DRAFT}),
    (State.ORDERED, Step.EDIT): frozenset({State.ORDERED, State.CLOSED}),
    (State.ORDERED, Step.RECEIVE): frozenset({State.ORDERED, State.PARTLY_RECEIVED, State.RECEIVED}),
    (State.ORDERED, Step.REVERSE): frozenset({State.ORDERED, State.PARTLY_RECEIVED}),
    (State.ORDERED, Step.CLOSE_LINES): frozenset({State.ORDERED, State.CLOSED}),
    (State.ORDERED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.ORDERED, Step.CANCEL): frozenset({State.CANCELED}),
    (State.ORDERED, Step.BLOCK): frozenset({State.ORDERED}),
    (State.PARTLY_RECEIVED, Step.EDIT): frozenset({State.PARTLY_RECEIVED, State.RECEIVED}),
    (State.PARTLY_RECEIVED, Step.RECEIVE): frozenset({State.PARTLY_RECEIVED, State.RECEIVED}),
    (State.PARTLY_RECEIVED, Step.REVERSE): frozenset({State.ORDERED, State.PARTLY_RECEIVED}),
    (State.PARTLY_RECEIVED, Step.CLOSE_LINES): frozenset({State.PARTLY_RECEIVED, State.RECEIVED}),
    (State.PARTLY_RECEIVED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.PARTLY_RECEIVED, Step.BLOCK): frozenset({State.PARTLY_RECEIVED}),
    (State.RECEIVED, Step.REVERSE): frozenset({State.ORDERED, State.PARTLY_RECEIVED}),
    (State.RECEIVED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.CLOSED, Step.REVERSE): frozenset({State.ORDERED, State.PARTLY_RECEIVED, State.RECEIVED, State.CLOSED}),
}

_FOLLOWING = {
    Progress.UNTOUCHED: State.ORDERED,
    Progress.PARTLY: State.PARTLY_RECEIVED,
    Progress.DONE: State.RECEIVED,
    Progress.RELEASED: State.CLOSED,
}
_FIXED = {Step.ORDER: State.ORDERED, Step.CLOSE: State.CLOSED, Step.CANCEL: State.CANCELED}


def check(state: str, step: Step, *, number: str) -> None:
    """Refuse what the table does not have.

    :raises WrongState: naming the state and the step.
    """
    check_step(TRANSITIONS, noun="purchase order", number=number, state=state, step=step)


def state_after(state: str, step: Step, lines: Iterable[OrderedLine]) -> State:
    """The state that an allowed step leads to, given the lines as they stand after it."""
    following = TRANSITIONS[state, step]
    if len(following) == 1:
        return next(iter(following))
    return _FIXED.get(step) or state_of(lines)


def state_of(lines: Iterable[OrderedLine]) -> State:
    """The state of an order that was ordered, by its lines alone."""
    return _FOLLOWING[progress(lines)]


class PriceBreak(Protocol):
    """A price per the supplier's unit from a quantity on, between two dates; the last date counts."""

    minimum_quantity: Decimal
    unit_price: Decimal
    currency: str
    valid_from_on: date | None
    valid_until_on: date | None


Break = TypeVar("Break", bound=PriceBreak)


def best_break(breaks: Iterable[Break], *, quantity: Decimal, on: date, currency: str) -> Break | None:
    """The break that holds for a quantity (in the supplier's unit) on a day: the largest minimum that it reaches,
    and of several the one that began last; None when there is none in that currency.
    """
    fitting = [
        price
        for price in breaks
        if price.currency == currency
        and price.minimum_quantity <= quantity
        and (price.valid_from_on is None or price.valid_from_on <= on)
        and (price.valid_until_on is None or price.valid_until_on >= on)
    ]
    return max(fitting, key=lambda price: (price.minimum_quantity, price.valid_from_on or date.min), default=None)


def receipt_amount(
    *,
    unit_price: Decimal,
    unit_factor: Decimal,
    before: Decimal,
    quantity: Decimal,
    rate: Decimal,
    currency: str,
) -> Decimal:
    """What `quantity` (stocking unit) of a line is worth in `currency`, when `before` was received earlier.

    unit price ÷ unit factor × quantity × rate, rounded as the difference of two rounded sums: so the receipts of
    a line add up to its price to the last cent, however it is split.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        until_now = round_money(unit_price * before * rate / unit_factor, currency)
        return round_money(unit_price * (before + quantity) * rate / unit_factor, currency) - until_now
