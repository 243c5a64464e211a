"""Where days and quantities stand in the drawing, and the days on which something changes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from core.ui.balance_chart.shapes import Change, Proposal
from core.ui.boxes import Box

LEFT, RIGHT, TOP, BOTTOM = 52, 20, 14, 26
ROOM_ABOVE, ROOM_BELOW = 34, 34  # for the labels of the highest and the lowest step


class Day(NamedTuple):
    on: date
    changes: tuple[Change, ...]
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Frame:
    start: date
    days: int
    width: int
    height: int
    low: float
    high: float

    def x(self, on: date) -> float:
        share = min(max((on - self.start).days, 0), self.days) / self.days
        return round(LEFT + share * (self.width - LEFT - RIGHT), 1)

    def y(self, value: Decimal | float) -> float:
        top, bottom = TOP + ROOM_ABOVE, self.height - BOTTOM - ROOM_BELOW
        return round(bottom - (float(value) - self.low) / (self.high - self.low) * (bottom - top), 1)

    @property
    def plot(self) -> Box:
        return Box(LEFT, TOP, self.width - RIGHT, self.height - BOTTOM)


def stages_of(start: date, days: int, on_hand: Decimal, changes: Iterable[Change]) -> list[Day]:
    """The days on which the balance changes, in order, with the balance at their end."""
    by_day: dict[date, list[Change]] = defaultdict(list)
    end = start + timedelta(days=days)
    for change in changes:
        if change.on < end:
            by_day[max(change.on, start)].append(change)
    stages, balance = [], on_hand
    for on in sorted(by_day):
        balance += sum((change.quantity for change in by_day[on]), Decimal(0))
        stages.append(Day(on, tuple(by_day[on]), balance))
    return stages


def proposed_values(values: Sequence[float], stages: Sequence[Day], proposal: Proposal | None) -> list[float]:
    """What the balance would be with the proposal, from its day on."""
    if proposal is None:
        return []
    later = [float(stage.balance) for stage in stages if stage.on >= proposal.on] or [values[-1]]
    return [value + float(proposal.quantity) for value in later]
