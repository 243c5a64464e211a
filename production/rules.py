"""The arithmetic of recipes and orders: plain values in, plain values out.

All quantities are in the stocking unit of their item.
"""

from collections import deque
from collections.abc import Iterable
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from core.quantities import round_up
from inventory.rules.order_steps import check_step
from production.choices import ManufacturingOrderState as State

# Two quantities of 20 digits multiplied need 40; the default context would round before we do.
_DIGITS = 60

OPEN_STATES = (State.PLANNED, State.RELEASED, State.IN_PROGRESS, State.PARTLY_COMPLETED)
STARTED_STATES = (State.RELEASED, State.IN_PROGRESS, State.PARTLY_COMPLETED)


class Step(StrEnum):
    """What can be done to a manufacturing order."""

    EDIT = "edit"
    RESIZE = "resize"
    RANK = "rank"
    RELEASE = "release"
    COMPLETE = "complete"
    REVERSE = "reverse"
    CLOSE = "close"
    CANCEL = "cancel"
    SPLIT = "split"
    BLOCK = "block"


_REPORTED = frozenset({State.IN_PROGRESS, State.PARTLY_COMPLETED, State.DONE})
_TAKEN_BACK = frozenset({State.RELEASED, State.IN_PROGRESS, State.PARTLY_COMPLETED})

# (state, step) → the states that may follow; what is not here is impossible.
TRANSITIONS: dict[tuple[str, str], frozenset[State]] = {
    (State.PLANNED, Step.RESIZE): frozenset({State.PLANNED}),
    (State.PLANNED, Step.RELEASE): frozenset({State.RELEASED}),
    (State.PLANNED, Step.SPLIT): frozenset({State.PLANNED}),
    (State.RELEASED, Step.SPLIT): frozenset({State.RELEASED}),
    (State.PLANNED, Step.CANCEL): frozenset({State.CANCELED}),
    (State.RELEASED, Step.CANCEL): frozenset({State.CANCELED}),
    (State.IN_PROGRESS, Step.REVERSE): _TAKEN_BACK,
    (State.PARTLY_COMPLETED, Step.REVERSE): _TAKEN_BACK,
    (State.DONE, Step.REVERSE): _TAKEN_BACK,
    (State.CLOSED, Step.REVERSE): _TAKEN_BACK | {State.DONE},
    (State.DONE, Step.CLOSE): frozenset({State.CLOSED}),
    **{(state, Step.COMPLETE): _REPORTED for state in STARTED_STATES},
    **{(state, Step.CLOSE): frozenset({State.CLOSED}) for state in OPEN_STATES},
    **{(state, step): frozenset({state}) for state in OPEN_STATES for step in (Step.EDIT, Step.RANK, Step.BLOCK)},
}


def check(state: str, step: Step, *, number: str) -> None:
    """Refuse what the table does not have.

    :raises WrongState: naming the state and the step.
    """
    check_step(TRANSITIONS, noun="manufacturing order", number=number, state=state, step=step)


class Use(NamedTuple):
    """What an order needs of a component, and what of it was issued."""

    need: Decimal
    issued: Decimal


def component_need(
    *,
    order_quantity: Decimal,
    bill_quantity: Decimal,
    quantity_per: Decimal,
    scrap_factor: Decimal = Decimal(0),
    fixed_quantity: Decimal = Decimal(0),
    decimals: int = 0,
) -> Decimal:
    """What an order needs of a component, rounded up once to the `decimals` of the component's unit.

    order quantity ÷ bill quantity × quantity per ÷ (1 − scrap factor) + fixed quantity, where the order quantity is
    what is started. It is divided once, so that 2 of 3 per 3 is 2 and not a hair more, rounded up to 3.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        variable = order_quantity * quantity_per / (bill_quantity * (1 - scrap_factor))
        return round_up(variable + fixed_quantity, decimals)


def start_quantity(*, good: Decimal, yield_factor: Decimal, decimals: int) -> Decimal:
    """What must be started to get so many good ones: good ÷ yield, rounded up."""
    with localcontext() as context:
        context.prec = _DIGITS
        return round_up(good / yield_factor, decimals)


def planned_share(*, use: Use, ordered: Decimal, completed: Decimal, decimals: int) -> Decimal:
    """What to issue of a component when nobody says: need × completed ÷ ordered − already issued, never below 0.

    `completed` includes the report at hand; the one that completes the order settles the whole need. Rounded up to
    what the unit can hold, and never more than is left of the need.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        due = use.need if completed >= ordered else round_up(use.need * completed / ordered, decimals)
    return max(min(due, use.need) - use.issued, Decimal(0))


def covered_quantity(*, uses: Iterable[Use], ordered: Decimal, completed: Decimal) -> Decimal:
    """How many good ones the components issued so far are enough for.

    The least of ordered × issued ÷ need over all components that are needed, not below `completed` (this report
    included) and not above `ordered`.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        reach = min((ordered * use.issued / use.need for use in uses if use.need > 0), default=ordered)
    return min(max(reach, completed), ordered)


def pool_part(
    *, uses: Iterable[Use], ordered: Decimal, completed_before: Decimal, quantity: Decimal
) -> tuple[Decimal, Decimal]:
    """The part (first of second) of an order's cost pool that goes with `quantity` good ones.

    What was issued for later ones stays: value taken = pool × quantity ÷ (covered − completed before). The last
    completion takes all. `uses` include what this report issues.
    """
    completed = completed_before + quantity
    if completed >= ordered:
        return quantity, quantity
    covered = covered_quantity(uses=uses, ordered=ordered, completed=completed)
    return quantity, covered - completed_before


def state_of(*, ordered: Decimal, completed: Decimal, has_reports: bool) -> State:
    """The state of a released order that follows from what was reported good; scrap alone makes it in progress."""
    if completed >= ordered:
        return State.DONE
    if completed > 0:
        return State.PARTLY_COMPLETED
    return State.IN_PROGRESS if has_reports else State.RELEASED


def shortest_way_back(item_id: int, pairs: Iterable[tuple[int, int]]) -> list[int] | None:
    """The shortest way from an item through (item, component) pairs back to it, both ends included, or None."""
    below: dict[int, list[int]] = {}
    for item, component in pairs:
        below.setdefault(item, []).append(component)
    came_from: dict[int, int] = {}
    queue = deque([item_id])
    while queue:
        item = queue.popleft()
        for component in below.get(item, ()):
            if component == item_id:
                return _way(item_id, item, came_from)
            if component not in came_from:
                came_from[component] = item
                queue.append(component)
    return None


def _way(item_id: int, last: int, came_from: dict[int, int]) -> list[int]:
    way, step = [item_id], last
    while step != item_id:
        way.append(step)
        step = came_from[step]
    return [item_id, *reversed(way)]
