"""The projected balance, day by day: geometry of a step chart, at most about 90 days.

A step stands at the day of its change; demands are hollow dots, supplies full ones. The part under zero is red, the
safety stock dotted, weekends shaded, a proposal dashed. Labels that would collide are left out: the table has them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from core.ui import formats
from core.ui.boxes import Box, shortened, text_width

LEFT, RIGHT, TOP, BOTTOM = 52, 20, 14, 26
ROOM_ABOVE, ROOM_BELOW = 34, 34  # for the labels of the highest and the lowest step
LABEL_LINE = 13
# A chart of more steps than this keeps only the labels that cross no line.
MANY_STEPS = 16


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


class _Day(NamedTuple):
    on: date
    changes: tuple[Change, ...]
    balance: Decimal


def layout(
    *,
    start: date,
    days: int,
    on_hand: Decimal,
    changes: Iterable[Change],
    safety_stock: Decimal = Decimal(0),
    proposal: Proposal | None = None,
    note: str = "",
    width: int = 1248,
    height: int = 232,
) -> BalanceChart:
    """The chart of `days` days from `start`; a change before it counts on the first day (past due counts as today).

    `note` says what is short; it stands under the last negative part.
    """
    stages = _stages(start, days, on_hand, changes)
    values = [float(on_hand), *(float(stage.balance) for stage in stages)]
    top_value = max(*values, float(safety_stock), *_proposed_values(values, stages, proposal), 1.0)
    frame = _Frame(start, days, width, height, min(0.0, *values), top_value)
    path, negatives = _path(frame, on_hand, stages), _negatives(frame, on_hand, stages)
    safety = Tick(frame.y(safety_stock), formats.number(safety_stock)) if safety_stock > 0 else None
    remark = Tick(negatives[-1][2] + 15, note) if note and negatives else None
    offer = _proposal_label(frame, stages, on_hand, proposal)
    proposal_x = frame.x(proposal.on) if proposal else 0
    reserved = _reserved(frame, safety, remark, offer, proposal_x)
    steps, labels = _steps_and_labels(frame, on_hand, stages, reserved)
    return BalanceChart(
        width=width,
        height=height,
        left=LEFT,
        right=width - RIGHT,
        top=TOP,
        bottom=height - BOTTOM,
        zero=frame.y(0),
        weekends=_weekends(frame),
        y_ticks=_y_ticks(frame, safety),
        x_ticks=_x_ticks(frame),
        line=path,
        area=f"{path} V{frame.y(0)} H{LEFT} Z",
        negatives=negatives,
        safety=safety,
        note=remark,
        steps=steps,
        labels=labels,
        proposal=_proposal_path(frame, on_hand, stages, proposal),
        proposal_label=offer,
        proposal_x=proposal_x,
        rows=tuple(_row(stage) for stage in stages),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
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


def _stages(start: date, days: int, on_hand: Decimal, changes: Iterable[Change]) -> list[_Day]:
    by_day: dict[date, list[Change]] = defaultdict(list)
    end = start + timedelta(days=days)
    for change in changes:
        if change.on < end:
            by_day[max(change.on, start)].append(change)
    stages, balance = [], on_hand
    for on in sorted(by_day):
        balance += sum((change.quantity for change in by_day[on]), Decimal(0))
        stages.append(_Day(on, tuple(by_day[on]), balance))
    return stages


def _proposed_values(values: Sequence[float], stages: Sequence[_Day], proposal: Proposal | None) -> list[float]:
    if proposal is None:
        return []
    later = [float(stage.balance) for stage in stages if stage.on >= proposal.on] or [values[-1]]
    return [value + float(proposal.quantity) for value in later]


# --- axes -----------------------------------------------------------------------------------------------------------


def _weekends(frame: _Frame) -> tuple[tuple[float, float], ...]:
    spans = []
    for offset in range(-1, frame.days):
        day = frame.start + timedelta(days=offset)
        if day.weekday() == 5:
            left, right = frame.x(day), frame.x(day + timedelta(days=2))
            if right > left:
                spans.append((left, round(right - left, 1)))
    return tuple(spans)


def _y_ticks(frame: _Frame, safety: Tick | None) -> tuple[Tick, ...]:
    step = _nice_step((frame.high - frame.low) / 5)
    first = ceil(frame.low / step - 0.6) * step
    ticks = []
    for index in range(floor((frame.high - first) / step) + 2):
        value = first + index * step
        at = frame.y(value)
        if TOP + 4 <= at <= frame.height - BOTTOM - 4 and (safety is None or abs(safety.at - at) > 9):
            ticks.append(Tick(at, formats.number(round(value, 6))))
    return tuple(ticks)


def _nice_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least `rough`; whole from 1 on."""
    power = 10 ** floor(log10(max(rough, 1e-6)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _x_ticks(frame: _Frame) -> tuple[Tick, ...]:
    ticks = [Tick(frame.x(frame.start), formats.day(frame.start, today=frame.start, weekday=True))]
    free_from = ticks[0].at + text_width(f"Today, {ticks[0].text}") + 12
    mondays = [d for d in (frame.start + timedelta(days=n) for n in range(1, frame.days)) if d.weekday() == 0]
    for monday in mondays:
        at, text = frame.x(monday), formats.day(monday, today=monday, weekday=True)
        if free_from <= at and at + text_width(text) <= frame.width:
            ticks.append(Tick(at, text))
            free_from = at + text_width(text) + 12
    return tuple(ticks)


# --- the line -------------------------------------------------------------------------------------------------------


def _path(frame: _Frame, on_hand: Decimal, stages: Sequence[_Day]) -> str:
    moves = [f"M{LEFT} {frame.y(on_hand)}"]
    moves += [f"H{frame.x(stage.on)} V{frame.y(stage.balance)}" for stage in stages]
    return " ".join([*moves, f"H{frame.width - RIGHT}"])


def _spans(frame: _Frame, on_hand: Decimal, stages: Sequence[_Day]) -> list[tuple[float, float, Decimal]]:
    """From, to and balance of each level part of the line."""
    edges = [float(LEFT), *(frame.x(stage.on) for stage in stages), float(frame.width - RIGHT)]
    balances = [on_hand, *(stage.balance for stage in stages)]
    return [(a, b, value) for (a, b), value in zip(pairwise(edges), balances, strict=True) if b > a]


def _negatives(
    frame: _Frame, on_hand: Decimal, stages: Sequence[_Day]
) -> tuple[tuple[float, float, float, float], ...]:
    zero = frame.y(0)
    return tuple(
        (a, round(b - a, 1), frame.y(value), round(frame.y(value) - zero, 1))
        for a, b, value in _spans(frame, on_hand, stages)
        if value < 0
    )


def _proposal_path(frame: _Frame, on_hand: Decimal, stages: Sequence[_Day], proposal: Proposal | None) -> str:
    if proposal is None:
        return ""
    x = frame.x(proposal.on)
    before = [stage.balance for stage in stages if stage.on <= proposal.on]
    level = before[-1] if before else on_hand
    moves = [f"M{x} {frame.y(level)} V{frame.y(level + proposal.quantity)}"]
    for stage in stages:
        if stage.on > proposal.on:
            moves.append(f"H{frame.x(stage.on)} V{frame.y(stage.balance + proposal.quantity)}")
    return " ".join([*moves, f"H{frame.width - RIGHT}"])


def _proposal_label(frame: _Frame, stages: Sequence[_Day], on_hand: Decimal, proposal: Proposal | None) -> Tick | None:
    if proposal is None:
        return None
    before = [stage.balance for stage in stages if stage.on <= proposal.on]
    level = before[-1] if before else on_hand
    middle = (frame.y(level) + frame.y(level + proposal.quantity)) / 2
    return Tick(round(middle, 1), proposal.label)


# --- steps and their labels -------------------------------------------------------------------------------------------


def _steps_and_labels(
    frame: _Frame, on_hand: Decimal, stages: Sequence[_Day], reserved: Sequence[Box]
) -> tuple[tuple[Step, ...], tuple[Label, ...]]:
    steps, labels = [], []
    taken = list(reserved)
    spans = _spans(frame, on_hand, stages)
    for stage in stages:
        x, y = frame.x(stage.on), frame.y(stage.balance)
        amount, source = _words(stage)
        steps.append(Step(x, y, _css(stage), f"{formats.day(stage.on)}: {amount}, {source}"))
        label = _placed(frame, x, y, amount, source, _css(stage), taken, spans)
        if label and (len(stages) <= MANY_STEPS or not _crossings(frame, label.box, spans)):
            taken.append(label.box)
            labels.append(label)
    return tuple(steps), tuple(labels)


def _reserved(frame: _Frame, safety: Tick | None, note: Tick | None, offer: Tick | None, offer_x: float) -> list[Box]:
    """Where other words already stand."""
    right, boxes = frame.width - RIGHT, []
    if safety:
        boxes.append(Box(right - text_width(f"safety stock {safety.text}"), safety.at - 16, right, safety.at))
    if note:
        boxes.append(Box(right - text_width(note.text), note.at - 11, right, note.at + 4))
    if offer:
        boxes.append(Box(offer_x + 8, offer.at - 11, offer_x + 12 + text_width(offer.text), offer.at + 4))
    return boxes


def _words(stage: _Day) -> tuple[str, str]:
    supplies = sum((c.quantity for c in stage.changes if c.quantity > 0), Decimal(0))
    demands = sum((c.quantity for c in stage.changes if c.quantity < 0), Decimal(0))
    amounts = [formats.number(total, signed=True) for total in (supplies, demands) if total]
    names = [change.label for change in stage.changes]
    source = ", ".join(names) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more"
    return " ".join(amounts), shortened(source, 150, 10.5)


def _css(stage: _Day) -> str:
    kinds = {change.kind for change in stage.changes}
    if stage.balance < 0:
        return "no"
    if "transit" in kinds:
        return "tr"
    return "exp" if "supply" in kinds else "com"


def _placed(
    frame: _Frame,
    x: float,
    y: float,
    amount: str,
    source: str,
    css: str,
    taken: Sequence[Box],
    spans: Sequence[tuple[float, float, Decimal]],
) -> Label | None:
    """The first free place above or below the step, a little aside if need be; None where there is none."""
    half = max(text_width(amount), text_width(source, 10.5)) / 2 + 2
    above, below = y - 21, y + 16
    order = (above, below) if css in ("exp", "tr") else (below, above)
    best: tuple[float, Label] | None = None
    for rank, baseline in enumerate(order):
        for shift in (0.0, -half - 8, half + 8):
            center = min(max(x + shift, LEFT + half), frame.width - RIGHT - half)
            box = Box(center - half, baseline - 11, center + half, baseline + LABEL_LINE + 3)
            if not box.inside(frame.plot) or any(box.overlaps(other, 2) for other in taken):
                continue
            cost = rank * 2 + abs(center - x) / 40 + 4 * _crossings(frame, box, spans)
            if best is None or cost < best[0]:
                best = cost, Label(round(center, 1), round(baseline, 1), amount, source, css, box)
    return best[1] if best else None


def _crossings(frame: _Frame, box: Box, spans: Sequence[tuple[float, float, Decimal]]) -> int:
    flats = sum(box.is_crossed_by(a, frame.y(v), b, frame.y(v)) for a, b, v in spans)
    rises = sum(box.is_crossed_by(b, frame.y(v), b, frame.y(w)) for (_a, b, v), (_c, _d, w) in pairwise(spans))
    return flats + rises


def _row(stage: _Day) -> Row:
    amount, _short = _words(stage)
    source = ", ".join(change.label for change in stage.changes)
    return Row(stage.on, amount, source, formats.number(stage.balance), stage.balance < 0)
