"""The transition table of purchase orders, price breaks and the value of receipts."""

from datetime import date
from decimal import Decimal
from itertools import product
from types import SimpleNamespace

import pytest

from core.errors import WrongState
from purchasing import rules
from purchasing.choices import PurchaseOrderState as State
from purchasing.rules import Step

POSSIBLE = {
    Step.EDIT: {State.DRAFT, State.ORDERED, State.PARTLY_RECEIVED},
    Step.ORDER: {State.DRAFT},
    Step.RECEIVE: {State.ORDERED, State.PARTLY_RECEIVED},
    Step.REVERSE: {State.ORDERED, State.PARTLY_RECEIVED, State.RECEIVED, State.CLOSED},
    Step.CLOSE_LINES: {State.ORDERED, State.PARTLY_RECEIVED},
    Step.CLOSE: {State.ORDERED, State.PARTLY_RECEIVED, State.RECEIVED},
    Step.CANCEL: {State.DRAFT, State.ORDERED},
    Step.BLOCK: {State.DRAFT, State.ORDERED, State.PARTLY_RECEIVED},
}


def line(quantity: int, posted: int, closed: int = 0) -> SimpleNamespace:
    numbers = {"quantity": quantity, "posted_quantity": posted, "closed_quantity": closed}
    return SimpleNamespace(line_no=1, **{name: Decimal(value) for name, value in numbers.items()})


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_a_step_is_possible_from_these_states_alone(state, step):
    if state in POSSIBLE[step]:
        rules.check(state, step, number="PO-1")
    else:
        with pytest.raises(WrongState):
            rules.check(state, step, number="PO-1")


@pytest.mark.parametrize(
    ("state", "step", "lines", "after"),
    [
        (State.DRAFT, Step.ORDER, [line(5, 0)], State.ORDERED),
        (State.DRAFT, Step.CANCEL, [line(5, 0, 5)], State.CANCELED),
        (State.ORDERED, Step.RECEIVE, [line(5, 2)], State.PARTLY_RECEIVED),
        (State.ORDERED, Step.RECEIVE, [line(5, 5)], State.RECEIVED),
        (State.ORDERED, Step.RECEIVE, [line(5, 0)], State.ORDERED),  # all of it was rejected
        (State.ORDERED, Step.CLOSE, [line(5, 0, 5)], State.CLOSED),
        (State.ORDERED, Step.CLOSE_LINES, [line(5, 0, 5), line(1, 0)], State.ORDERED),
        (State.PARTLY_RECEIVED, Step.CLOSE_LINES, [line(5, 2, 3)], State.RECEIVED),
        (State.PARTLY_RECEIVED, Step.CLOSE, [line(5, 2, 3)], State.CLOSED),
        (State.PARTLY_RECEIVED, Step.REVERSE, [line(5, 0)], State.ORDERED),
        (State.RECEIVED, Step.REVERSE, [line(5, 2)], State.PARTLY_RECEIVED),
        (State.CLOSED, Step.REVERSE, [line(5, 0, 3)], State.ORDERED),
    ],
)
def test_the_state_after_a_step_follows_from_the_lines(state, step, lines, after):
    assert rules.state_after(state, step, lines) == after
    assert after in rules.TRANSITIONS[state, step]


def price(unit_price, minimum=0, currency="EUR", since=None, until=None):
    return SimpleNamespace(
        unit_price=Decimal(unit_price),
        minimum_quantity=Decimal(minimum),
        currency=currency,
        valid_from_on=since,
        valid_until_on=until,
    )


BREAKS = [
    price("10"),
    price("9", 10),
    price("8", 10, since=date(2026, 7, 1)),
    price("7", 100, until=date(2026, 6, 30)),
    price("11", 0, "USD"),
]


@pytest.mark.parametrize(
    ("quantity", "on", "currency", "unit_price"),
    [
        ("1", date(2026, 1, 1), "EUR", "10"),
        ("9.999999", date(2026, 8, 1), "EUR", "10"),
        ("10", date(2026, 1, 1), "EUR", "9"),
        ("10", date(2026, 7, 1), "EUR", "8"),
        ("100", date(2026, 6, 30), "EUR", "7"),
        ("100", date(2026, 7, 1), "EUR", "8"),
        ("100", date(2026, 7, 1), "USD", "11"),
    ],
)
def test_the_largest_break_that_is_reached_and_in_force_counts(quantity, on, currency, unit_price):
    found = rules.best_break(BREAKS, quantity=Decimal(quantity), on=on, currency=currency)
    assert found.unit_price == Decimal(unit_price)


def test_no_break_fits():
    assert rules.best_break(BREAKS[1:], quantity=Decimal(1), on=date(2026, 1, 1), currency="EUR") is None


def test_the_receipts_of_a_line_add_up_to_its_price():
    """A box of 3 costs 10.00: the pieces come one by one at 3.33, 3.34 and 3.33."""
    amounts = [
        rules.receipt_amount(
            unit_price=Decimal(10), unit_factor=Decimal(3), before=Decimal(before), quantity=Decimal(1),
            rate=Decimal(1), currency="EUR",
        )
        for before in range(3)
    ]  # fmt: skip
    assert amounts == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_a_receipt_is_converted_and_rounded_once():
    amount = rules.receipt_amount(
        unit_price=Decimal("0.005"), unit_factor=Decimal(1), before=Decimal(0), quantity=Decimal(1),
        rate=Decimal("150.3"), currency="JPY",
    )  # fmt: skip
    assert amount == 1
