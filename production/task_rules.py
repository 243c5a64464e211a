"""The arithmetic and the states of tasks: plain values in, plain values out. Quantities are in the stocking unit."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from core.money import round_money
from core.quantities import round_up
from inventory.rules.order_steps import check_step
from production.choices import TaskState as State

ZERO = Decimal(0)
_DIGITS = 60
# Until orders are scheduled, a work center works so many minutes of a day.
_MINUTES_A_DAY = 480


class TaskStep(StrEnum):
    """What can be done to a task."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    REPORT = "report"
    ISSUE = "issue"
    FINISH = "finish"
    REOPEN = "reopen"
    UNDO = "undo"
    ASSIGN = "assign"
    MOVE = "move"
    BLOCK = "block"
    HELP = "help"


_OPEN = (State.WAITING, State.READY, State.RUNNING, State.PAUSED)
_WORKED = frozenset({State.RUNNING, State.PAUSED, State.DONE})

# (state, step) → the states that may follow; what is not here is impossible. Whoever is at the machine knows better
# than we do whether his material has come, so a task that waits may be started; the ledger refuses what is not there.
TRANSITIONS: dict[tuple[str, str], frozenset[State]] = {
    **{(state, TaskStep.START): frozenset({State.RUNNING}) for state in (State.WAITING, State.READY)},
    (State.RUNNING, TaskStep.PAUSE): frozenset({State.PAUSED}),
    (State.PAUSED, TaskStep.RESUME): frozenset({State.RUNNING}),
    **{(state, TaskStep.REPORT): _WORKED | {State.WAITING, State.READY} for state in _OPEN},
    **{(state, TaskStep.ISSUE): frozenset({state}) for state in _OPEN},
    **{(state, TaskStep.FINISH): frozenset({State.DONE}) for state in _OPEN},
    (State.DONE, TaskStep.REOPEN): frozenset({State.PAUSED, State.WAITING}),
    **{(state, TaskStep.UNDO): frozenset({*_OPEN, State.DONE}) for state in (*_OPEN, State.DONE)},
    **{(state, TaskStep.ASSIGN): frozenset({state}) for state in _OPEN},
    **{(state, TaskStep.MOVE): frozenset({State.WAITING}) for state in (State.WAITING, State.READY)},
    **{(state, TaskStep.BLOCK): frozenset({state}) for state in _OPEN},
    **{(state, TaskStep.HELP): frozenset({state}) for state in _OPEN},
}


def check(state: str, step: TaskStep, *, number: str) -> None:
    """Refuse what the table does not have.

    :raises WrongState: naming the state and the step.
    """
    check_step(TRANSITIONS, noun="task", number=number, state=state, step=step)


class Quantities(NamedTuple):
    """How many a step starts with, and how many good ones it must give."""

    start: Decimal
    good: Decimal


def quantities(*, ordered: Decimal, yields: Sequence[Decimal], bill_yield: Decimal, decimals: int) -> list[Quantities]:
    """What each step starts with and gives, from the first to the last, so that `ordered` good ones come out.

    Backward: start = good ÷ yield, rounded up; what a step starts with is what the one before must give. The bill's
    own yield is lost at the last step.
    """
    found: list[Quantities] = []
    good = ordered
    for place, factor in enumerate(reversed(yields)):
        with localcontext() as context:
            context.prec = _DIGITS
            start = round_up(good / (factor * (bill_yield if place == 0 else 1)), decimals)
        found.append(Quantities(start, good))
        good = start
    return found[::-1]


def work_minutes(*, setup: Decimal, run_per_unit: Decimal, quantity: Decimal, efficiency: Decimal) -> Decimal:
    """How long one machine works on so many: setup + quantity × run time ÷ efficiency."""
    return setup + quantity * run_per_unit / efficiency


def elapsed(*, minutes: Decimal, machines: int, queue_minutes: Decimal) -> timedelta:
    """How long a step takes by the clock while capacity is not looked at: the queue, then whole working days of it."""
    working = minutes / machines / _MINUTES_A_DAY * 24 * 60
    return timedelta(minutes=float(queue_minutes + working))


def cost_of_time(*, minutes: Decimal, rate_per_hour: Decimal, currency: str) -> Decimal:
    """Minutes at a rate per hour, rounded to the currency's minor unit."""
    return round_money(minutes * rate_per_hour / 60, currency)


class Stage(NamedTuple):
    """A step of an order as its cost is shared out.

    `material` and `work` are what a piece costs there by plan. `live` pieces are through with it and still with the
    order, those being finished now included; for `covered` ones its material has been issued.
    """

    material: Decimal
    work: Decimal
    live: Decimal
    covered: Decimal


def finished_part(stages: Sequence[Stage], *, finished: Decimal) -> tuple[Decimal, Decimal]:
    """The part (first of second) of an order's cost that goes with `finished` good ones at the last step.

    Weighted average by equivalent units: each step weighs as much as it costs by plan, for the pieces that are through
    with it; material is also counted for pieces it was issued ahead for. Without any planned cost, all steps weigh
    the same. What is scrapped is borne by what is not.
    """
    if all(stage.material + stage.work == 0 for stage in stages):
        stages = [stage._replace(work=Decimal(1)) for stage in stages]
    with localcontext() as context:
        context.prec = _DIGITS
        whole = sum(
            (stage.work * stage.live + stage.material * max(stage.live, stage.covered) for stage in stages), ZERO
        )
        part = sum(((stage.work + stage.material) * finished for stage in stages), ZERO)
    return (part, whole) if part < whole else (Decimal(1), Decimal(1))


def covered(*, start: Decimal, uses: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """For how many pieces all material of a step was issued: the least of start × issued ÷ need; 0 for none."""
    with localcontext() as context:
        context.prec = _DIGITS
        return min((start * issued / need for need, issued in uses if need > 0), default=ZERO)


def clocked_minutes(*, since: datetime | None, until: datetime) -> Decimal:
    """The minutes between two moments, to the hundredth; 0 where nothing ran or a clock went back."""
    if since is None or until <= since:
        return ZERO
    return (Decimal((until - since).total_seconds()) / 60).quantize(Decimal("0.01"))


def live_quantities(
    goods: Sequence[Decimal], scrapped: Sequence[Decimal], lost_before: Mapping[int, Decimal], *, completed: Decimal
) -> list[Decimal]:
    """Of each step, how many pieces are through with it and still with the order: not lost, scrapped or completed.

    `lost_before` has what got lost on the way to a step, by its place.
    """
    found: list[Decimal] = []
    gone = completed
    for place in range(len(goods) - 1, -1, -1):
        found.append(max(goods[place] - gone, ZERO))
        gone += scrapped[place] + lost_before.get(place, ZERO)
    return found[::-1]
