"""The axes: ticks, and weekends."""

from datetime import timedelta
from math import ceil, floor, log10

from core.ui import formats
from core.ui.balance_chart.frame import BOTTOM, TOP, Frame
from core.ui.balance_chart.shapes import Tick
from core.ui.boxes import text_width


def weekends(frame: Frame) -> tuple[tuple[float, float], ...]:
    """Left edge and width of each weekend."""
    spans = []
    for offset in range(-1, frame.days):
        day = frame.start + timedelta(days=offset)
        if day.weekday() == 5:
            left, right = frame.x(day), frame.x(day + timedelta(days=2))
            if right > left:
                spans.append((left, round(right - left, 1)))
    return tuple(spans)


def y_ticks(frame: Frame, safety: Tick | None) -> tuple[Tick, ...]:
    """Round quantities, but none on the line of the safety stock."""
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


def x_ticks(frame: Frame) -> tuple[Tick, ...]:
    """Today, and the Mondays that have room."""
    ticks = [Tick(frame.x(frame.start), formats.day(frame.start, today=frame.start, weekday=True))]
    free_from = ticks[0].at + text_width(f"Today, {ticks[0].text}") + 12
    mondays = [d for d in (frame.start + timedelta(days=n) for n in range(1, frame.days)) if d.weekday() == 0]
    for monday in mondays:
        at, text = frame.x(monday), formats.day(monday, today=monday, weekday=True)
        if free_from <= at and at + text_width(text) <= frame.width:
            ticks.append(Tick(at, text))
            free_from = at + text_width(text) + 12
    return tuple(ticks)
