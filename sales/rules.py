"""The states of a sales order: a pure transition table, and what follows from the lines."""

from collections.abc import Iterable
from enum import StrEnum

from inventory.rules.order_steps import OrderedLine, Progress, check_step, progress
from sales.choices import SalesOrderState as State


class Step(StrEnum):
    """What can be done to a sales order."""

    EDIT = "edit"
    OPEN = "open"
    RANK = "rank"
    SHIP = "ship"
    REVERSE = "reverse"
    CLOSE_LINES = "close_lines"
    CLOSE = "close"
    CANCEL = "cancel"
    BLOCK = "block"


# (state, step) → the states that may follow; what is not here is impossible.
TRANSITIONS: dict[tuple[str, str], frozenset[State]] = {
    (State.QUOTE, Step.EDIT): frozenset({State.QUOTE}),
    (State.QUOTE, Step.OPEN): frozenset({State.OPEN}),
    (State.QUOTE, Step.CANCEL): frozenset({State.CANCELED}),
    (State.QUOTE, Step.BLOCK): frozenset({State.QUOTE}),
    (State.OPEN, Step.EDIT): frozenset({State.OPEN, State.CLOSED}),
    (State.OPEN, Step.RANK): frozenset({State.OPEN}),
    (State.OPEN, Step.SHIP): frozenset({State.PARTLY_SHIPPED, State.SHIPPED}),
    (State.OPEN, Step.CLOSE_LINES): frozenset({State.OPEN, State.CLOSED}),
    (State.OPEN, Step.CLOSE): frozenset({State.CLOSED}),
    (State.OPEN, Step.CANCEL): frozenset({State.CANCELED}),
    (State.OPEN, Step.BLOCK): frozenset({State.OPEN}),
    (State.PARTLY_SHIPPED, Step.EDIT): frozenset({State.PARTLY_SHIPPED, State.SHIPPED}),
    (State.PARTLY_SHIPPED, Step.RANK): frozenset({State.PARTLY_SHIPPED}),
    (State.PARTLY_SHIPPED, Step.SHIP): frozenset({State.PARTLY_SHIPPED, State.SHIPPED}),
    (State.PARTLY_SHIPPED, Step.REVERSE): frozenset({State.OPEN, State.PARTLY_SHIPPED}),
    (State.PARTLY_SHIPPED, Step.CLOSE_LINES): frozenset({State.PARTLY_SHIPPED, State.SHIPPED}),
    (State.PARTLY_SHIPPED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.PARTLY_SHIPPED, Step.BLOCK): frozenset({State.PARTLY_SHIPPED}),
    (State.SHIPPED, Step.REVERSE): frozenset({State.OPEN, State.PARTLY_SHIPPED}),
    (State.SHIPPED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.CLOSED, Step.REVERSE): frozenset({State.OPEN, State.PARTLY_SHIPPED}),
}

OPEN_STATES = (State.OPEN, State.PARTLY_SHIPPED)

_FOLLOWING = {
    Progress.UNTOUCHED: State.OPEN,
    Progress.PARTLY: State.PARTLY_SHIPPED,
    Progress.DONE: State.SHIPPED,
    Progress.RELEASED: State.CLOSED,
}
_FIXED = {Step.OPEN: State.OPEN, Step.CLOSE: State.CLOSED, Step.CANCEL: State.CANCELED}


def check(state: str, step: Step, *, number: str) -> None:
    """Refuse what the table does not have.

    :raises WrongState: naming the state and the step.
    """
    check_step(TRANSITIONS, noun="sales order", number=number, state=state, step=step)


def state_after(state: str, step: Step, lines: Iterable[OrderedLine]) -> State:
    """The state that an allowed step leads to, given the lines as they stand after it."""
    following = TRANSITIONS[state, step]
    if len(following) == 1:
        return next(iter(following))
    return _FIXED.get(step) or _FOLLOWING[progress(lines)]
