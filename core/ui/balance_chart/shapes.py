"""What goes into the chart and what comes out, in pixels."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from core.ui.boxes import Box


@dataclass(frozen=True, slots=True)
class Change:
    """What changes the balance on a day; `kind` is demand, supply or transit, `label` the document's number."""

    on: date
    quantity: Decimal
    label: str
    kind: str = "demand"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A supply that is only proposed: from its day on the balance would stand so much higher."""

    on: date
    quantity: Decimal
    label: str


class Tick(NamedTuple):
    """A line of an axis: where, and its words."""

    at: float
    text: str


class Step(NamedTuple):
    """A day on which the balance changes."""

    x: float
    y: float
    css: str
    title: str


class Label(NamedTuple):
    """Two lines of text centered on x; `y` is the first baseline."""

    x: float
    y: float
    amount: str
    source: str
    css: str
    box: Box


class Row(NamedTuple):
    """A line of the table beside."""

    on: date
    amount: str
    source: str
    balance: str
    is_negative: bool


@dataclass(frozen=True, slots=True)
class BalanceChart:
    """Everything the template draws, in pixels."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    weekends: tuple[tuple[float, float], ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    line: str
    area: str
    negatives: tuple[tuple[float, float, float, float], ...]  # x, width, y of the balance, height under zero
    safety: Tick | None
    note: Tick | None
    steps: tuple[Step, ...]
    labels: tuple[Label, ...]
    proposal: str
    proposal_label: Tick | None
    proposal_x: float
    rows: tuple[Row, ...]
