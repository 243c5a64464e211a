"""What the states of all orders have in common: how far the lines are, and which step a state allows."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Protocol

from core.errors import WrongState, plain
from inventory.errors import LineTouched

Transitions = Mapping[tuple[str, str], Collection[str]]


class OrderedLine(Protocol):
    """A line's quantities, in the stocking unit."""

    quantity: Decimal
    posted_quantity: Decimal
    closed_quantity: Decimal


class NumberedLine(OrderedLine, Protocol):
    """A line with its number in the order."""

    line_no: int


class Progress(Enum):
    """How far an order is, by its lines alone."""

    UNTOUCHED = "nothing posted, something open"
    PARTLY = "something posted, something open"
    DONE = "something posted, nothing open"
    RELEASED = "nothing posted, nothing open"


def open_quantity(line: OrderedLine) -> Decimal:
    """What is still to be posted; the database keeps the same figure in a generated column."""
    return max(line.quantity - line.posted_quantity - line.closed_quantity, Decimal(0))


def is_line_open(line: OrderedLine) -> bool:
    """Whether something of it is still to be posted."""
    return open_quantity(line) > 0


def check_untouched(line: NumberedLine, *, verb: str, field: str) -> None:
    """Refuse to change a line's substance once something was posted (`verb`: shipped) or closed on it.

    :raises LineTouched: with what was.
    """
    if line.posted_quantity > 0:
        raise LineTouched(line_no=line.line_no, what=f"has {plain(line.posted_quantity)} {verb}", field=field)
    if line.closed_quantity > 0:
        raise LineTouched(line_no=line.line_no, what=f"has {plain(line.closed_quantity)} closed short", field=field)


def progress(lines: Iterable[OrderedLine]) -> Progress:
    """How far these lines are, together."""
    lines = list(lines)
    is_posted = any(line.posted_quantity > 0 for line in lines)
    is_open = any(open_quantity(line) > 0 for line in lines)
    if is_posted:
        return Progress.PARTLY if is_open else Progress.DONE
    return Progress.UNTOUCHED if is_open else Progress.RELEASED


def check_step(transitions: Transitions, *, noun: str, number: str, state: str, step: str) -> None:
    """Refuse a step that the table does not have.

    :raises WrongState: naming the state, the step, and the states from which the step is possible.
    """
    if (state, step) in transitions:
        return
    possible = sorted({str(known) for known, name in transitions if name == step})
    raise WrongState(
        f"The {noun} {number} is {_words(state)}; “{_words(step)}” is possible when it is "
        f"{' or '.join(map(_words, possible))}.",
        state=str(state),
        step=str(step),
        possible=possible,
    )


def _words(name: str) -> str:
    return str(name).replace("_", " ")
