"""The transition table of sales orders: what is possible, and that nothing else is."""

from decimal import Decimal
from itertools import product
from types import SimpleNamespace

import pytest

from core.errors import WrongState
from sales import rules
from sales.choices import SalesOrderState as State
from sales.rules import Step

POSSIBLE = {
    Step.EDIT: {State.QUOTE, State.OPEN, State.PARTLY_SHIPPED},
    Step.OPEN: {State.QUOTE},
    Step.RANK: {State.OPEN, State.PARTLY_SHIPPED},
    Step.SHIP: {State.OPEN, State.PARTLY_SHIPPED},
    Step.REVERSE: {State.PARTLY_SHIPPED, State.SHIPPED, State.CLOSED},
    Step.CLOSE_LINES: {State.OPEN, State.PARTLY_SHIPPED},
    Step.CLOSE: {State.OPEN, State.PARTLY_SHIPPED, State.SHIPPED},
    Step.CANCEL: {State.QUOTE, State.OPEN},
    Step.BLOCK: {State.QUOTE, State.OPEN, State.PARTLY_SHIPPED},
}


def line(quantity: int, posted: int, closed: int = 0) -> SimpleNamespace:
    numbers = {"quantity": quantity, "posted_quantity": posted, "closed_quantity": closed}
    return SimpleNamespace(line_no=1, **{name: Decimal(value) for name, value in numbers.items()})


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_a_step_is_possible_from_these_states_alone(state, step):
    if state in POSSIBLE[step]:
        rules.check(state, step, number="SO-1")
    else:
        with pytest.raises(WrongState):
            rules.check(state, step, number="SO-1")


def test_a_refusal_names_the_state_the_step_and_what_is_possible():
    with pytest.raises(WrongState) as refusal:
        rules.check(State.PARTLY_SHIPPED, Step.CANCEL, number="SO-7")

    assert refusal.value.message == (
        "The sales order SO-7 is partly shipped; “cancel” is possible when it is open or quote."
    )
    assert refusal.value.details == {"state": "partly_shipped", "step": "cancel", "possible": ["open", "quote"]}


@pytest.mark.parametrize(
    ("state", "step", "lines", "after"),
    [
        (State.QUOTE, Step.OPEN, [line(5, 0)], State.OPEN),
        (State.QUOTE, Step.CANCEL, [line(5, 0, 5)], State.CANCELED),
        (State.OPEN, Step.SHIP, [line(5, 2)], State.PARTLY_SHIPPED),
        (State.OPEN, Step.SHIP, [line(5, 5)], State.SHIPPED),
        (State.OPEN, Step.SHIP, [line(5, 5), line(1, 0)], State.PARTLY_SHIPPED),
        (State.OPEN, Step.SHIP, [line(5, 5), line(1, 0, 1)], State.SHIPPED),
        (State.OPEN, Step.CANCEL, [line(5, 0, 5)], State.CANCELED),
        (State.OPEN, Step.CLOSE, [line(5, 0, 5)], State.CLOSED),
        (State.OPEN, Step.CLOSE_LINES, [line(5, 0, 5), line(1, 0)], State.OPEN),
        (State.OPEN, Step.CLOSE_LINES, [line(5, 0, 5)], State.CLOSED),
        (State.PARTLY_SHIPPED, Step.SHIP, [line(5, 5)], State.SHIPPED),
        (State.PARTLY_SHIPPED, Step.CLOSE_LINES, [line(5, 2, 3)], State.SHIPPED),
        (State.PARTLY_SHIPPED, Step.CLOSE, [line(5, 2, 3)], State.CLOSED),
        (State.PARTLY_SHIPPED, Step.REVERSE, [line(5, 0)], State.OPEN),
        (State.SHIPPED, Step.REVERSE, [line(5, 2)], State.PARTLY_SHIPPED),
        (State.SHIPPED, Step.CLOSE, [line(5, 5)], State.CLOSED),
        (State.CLOSED, Step.REVERSE, [line(5, 0, 3)], State.OPEN),
    ],
)
def test_the_state_after_a_step_follows_from_the_lines(state, step, lines, after):
    assert rules.state_after(state, step, lines) == after
    assert after in rules.TRANSITIONS[state, step]
