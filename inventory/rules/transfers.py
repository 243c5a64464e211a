"""The states of a transfer, when it arrives, and which of what is on its way is received first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from inventory.choices import TransferState as State
from inventory.rules.order_steps import OrderedLine, check_step, open_quantity

ZERO = Decimal(0)


class Step(StrEnum):
    """What can be done to a transfer."""

    EDIT = "edit"
    EDIT_LINES = "edit_lines"
    CONFIRM = "confirm"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    SETTLE = "settle"
    REVERSE = "reverse"
    CLOSE = "close"
    CANCEL = "cancel"
    BLOCK = "block"


_WAITING = (State.DRAFT, State.PLANNED)
_UNDER_WAY = (State.IN_TRANSIT, State.PARTLY_RECEIVED)
OPEN_STATES = (State.PLANNED, State.CONFIRMED, *_UNDER_WAY)
_MOVED = frozenset({State.IN_TRANSIT, State.PARTLY_RECEIVED, State.RECEIVED})

# (state, step) → the states that may follow; what is not here is impossible.
TRANSITIONS: dict[tuple[str, str], frozenset[State]] = {
    (State.DRAFT, Step.EDIT_LINES): frozenset({State.DRAFT}),
    (State.RECEIVED, Step.CLOSE): frozenset({State.CLOSED}),
    (State.CONFIRMED, Step.DISPATCH): _MOVED,
    (State.RECEIVED, Step.REVERSE): frozenset({State.CONFIRMED, *_UNDER_WAY}),
    (State.CLOSED, Step.REVERSE): frozenset({State.CONFIRMED, *_UNDER_WAY}),
    **{(state, Step.CONFIRM): frozenset({State.CONFIRMED}) for state in _WAITING},
    **{(state, Step.CANCEL): frozenset({State.CANCELED}) for state in (*_WAITING, State.CONFIRMED)},
    **{(state, step): _MOVED for state in _UNDER_WAY for step in (Step.DISPATCH, Step.RECEIVE, Step.SETTLE)},
    **{(state, Step.REVERSE): frozenset({State.CONFIRMED, *_UNDER_WAY}) for state in _UNDER_WAY},
    **{(state, Step.CLOSE): frozenset({State.CLOSED}) for state in OPEN_STATES},
    **{(state, step): frozenset({state}) for state in (State.DRAFT, *OPEN_STATES) for step in (Step.EDIT, Step.BLOCK)},
}


class Line(OrderedLine, Protocol):
    """A transfer line: `posted_quantity` is dispatched."""

    received_quantity: Decimal
    lost_quantity: Decimal


class Waiting(NamedTuple):
    """A balance on its way: which lot and whose, oldest first in a list of them."""

    lot_id: int | None
    owner_id: int
    quantity: Decimal


@dataclass(frozen=True)
class Piece:
    """A part of what is received or lost: of one lot and owner."""

    lot_id: int | None
    owner_id: int
    quantity: Decimal


def check(state: str, step: Step, *, number: str) -> None:
    """Refuse what the table does not have.

    :raises WrongState: naming the state and the step.
    """
    check_step(TRANSITIONS, noun="transfer", number=number, state=state, step=step)


def in_transit(line: Line) -> Decimal:
    """What was dispatched and has neither arrived nor been given up."""
    return line.posted_quantity - line.received_quantity - line.lost_quantity


def to_come(line: Line) -> Decimal:
    """What the destination may still expect of a line."""
    return open_quantity(line) + in_transit(line)


def state_of(lines: Iterable[Line]) -> State:
    """The state of a confirmed transfer that follows from its lines."""
    lines = list(lines)
    is_settled = any(line.received_quantity > 0 or line.lost_quantity > 0 for line in lines)
    is_to_come = any(to_come(line) > 0 for line in lines)
    if is_settled:
        return State.PARTLY_RECEIVED if is_to_come else State.RECEIVED
    return State.IN_TRANSIT if any(line.posted_quantity > 0 for line in lines) else State.CONFIRMED


def departure(ship_by_on: date, departure_weekdays: Sequence[int]) -> date:
    """The first day from `ship_by_on` on that the lane departs (Monday is 0; none named: every day)."""
    if not departure_weekdays:
        return ship_by_on
    return min(ship_by_on + timedelta(days=(weekday - ship_by_on.weekday()) % 7) for weekday in departure_weekdays)


def arrival(ship_by_on: date, departure_weekdays: Sequence[int], transit_days: int) -> date:
    """The day that goods arrive which are ready by `ship_by_on`: the next departure plus the transit days."""
    return departure(ship_by_on, departure_weekdays) + timedelta(days=transit_days)


def take(waiting: list[Waiting], quantity: Decimal, *, lot_id: int | None, owner_id: int | None) -> list[Piece]:
    """Take a quantity from what waits, in its order, of one lot or owner if named.

    `waiting` falls by it, so that the next line takes what is left. Falls short when there is not enough.
    """
    pieces = []
    for place, row in enumerate(waiting):
        if quantity == ZERO:
            break
        if lot_id not in {None, row.lot_id} or owner_id not in {None, row.owner_id}:
            continue
        part = min(quantity, row.quantity)
        if part > 0:
            waiting[place] = row._replace(quantity=row.quantity - part)
            quantity -= part
            pieces.append(Piece(row.lot_id, row.owner_id, part))
    return pieces
