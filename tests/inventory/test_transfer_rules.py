"""States, dates and pieces of transfers, worked by hand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D

import pytest

from core.errors import WrongState
from inventory.choices import TransferState as State
from inventory.rules import transfers as rules
from inventory.rules.transfers import Piece, Step, Waiting

MONDAY = date(2026, 11, 23)


@dataclass
class Line:
    quantity: D
    posted_quantity: D = D(0)
    received_quantity: D = D(0)
    lost_quantity: D = D(0)
    closed_quantity: D = D(0)


def test_arrives_the_transit_days_after_it_leaves():
    assert rules.arrival(MONDAY, [], 14) == date(2026, 12, 7)


def test_leaves_on_the_next_departure():
    """Departures on Tuesday and Friday: ready on Wednesday, gone on Friday."""
    assert rules.departure(date(2026, 11, 25), [1, 4]) == date(2026, 11, 27)
    assert rules.departure(date(2026, 11, 27), [1, 4]) == date(2026, 11, 27)
    assert rules.departure(date(2026, 11, 28), [1, 4]) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (Line(D(10)), State.CONFIRMED),
        (Line(D(10), posted_quantity=D(4)), State.IN_TRANSIT),
        (Line(D(10), posted_quantity=D(4), received_quantity=D(4)), State.PARTLY_RECEIVED),
        (Line(D(10), posted_quantity=D(10), received_quantity=D(7)), State.PARTLY_RECEIVED),
        (Line(D(10), posted_quantity=D(10), received_quantity=D(7), lost_quantity=D(3)), State.RECEIVED),
        (Line(D(10), posted_quantity=D(4), received_quantity=D(4), closed_quantity=D(6)), State.RECEIVED),
    ],
)
def test_the_state_follows_from_the_lines(line, state):
    assert rules.state_of([line]) == state


def test_takes_the_oldest_first_and_leaves_the_rest_to_the_next():
    waiting = [Waiting(1, 7, D(3)), Waiting(2, 7, D(5))]

    assert rules.take(waiting, D(4), lot_id=None, owner_id=None) == [Piece(1, 7, D(3)), Piece(2, 7, D(1))]
    assert rules.take(waiting, D(9), lot_id=None, owner_id=None) == [Piece(2, 7, D(4))]


def test_takes_the_lot_that_is_named():
    waiting = [Waiting(1, 7, D(3)), Waiting(2, 7, D(5))]

    assert rules.take(waiting, D(4), lot_id=2, owner_id=None) == [Piece(2, 7, D(4))]


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.DRAFT, Step.DISPATCH),
        (State.CONFIRMED, Step.RECEIVE),
        (State.IN_TRANSIT, Step.CANCEL),
        (State.RECEIVED, Step.DISPATCH),
        (State.CLOSED, Step.DISPATCH),
        (State.CONFIRMED, Step.EDIT_LINES),
    ],
)
def test_what_the_table_does_not_have_is_refused(state, step):
    with pytest.raises(WrongState, match="TR-1"):
        rules.check(state, step, number="TR-1")
