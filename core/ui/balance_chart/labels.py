"""Steps and their labels, and the rows of the table beside."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from core.ui import formats
from core.ui.balance_chart.frame import LEFT, RIGHT, Day, Frame
from core.ui.balance_chart.line import spans_of
from core.ui.balance_chart.shapes import Label, Row, Step, Tick
from core.ui.boxes import Box, shortened, text_width

LABEL_LINE = 13
# A chart of more steps than this keeps only the labels that cross no line.
MANY_STEPS = 16


def steps_and_labels(
    frame: Frame, on_hand: Decimal, stages: Sequence[Day], reserved: Sequence[Box]
) -> tuple[tuple[Step, ...], tuple[Label, ...]]:
    """The days of change, and those of their labels that find room; `reserved` is taken already."""
    steps, labels = [], []
    taken = list(reserved)
    spans = spans_of(frame, on_hand, stages)
    for stage in stages:
        x, y = frame.x(stage.on), frame.y(stage.balance)
        amount, source = _words(stage)
        steps.append(Step(x, y, _css(stage), f"{formats.day(stage.on)}: {amount}, {source}"))
        label = _placed(frame, x, y, amount, source, _css(stage), taken, spans)
        if label and (len(stages) <= MANY_STEPS or not _crossings(frame, label.box, spans)):
            taken.append(label.box)
            labels.append(label)
    return tuple(steps), tuple(labels)


def reserved_boxes(
    frame: Frame, safety: Tick | None, note: Tick | None, offer: Tick | None, offer_x: float
) -> list[Box]:
    """Where other words already stand."""
    right, boxes = frame.width - RIGHT, []
    if safety:
        boxes.append(Box(right - text_width(f"safety stock {safety.text}"), safety.at - 16, right, safety.at))
    if note:
        boxes.append(Box(right - text_width(note.text), note.at - 11, right, note.at + 4))
    if offer:
        boxes.append(Box(offer_x + 8, offer.at - 11, offer_x + 12 + text_width(offer.text), offer.at + 4))
    return boxes


def _words(stage: Day) -> tuple[str, str]:
    supplies = sum((c.quantity for c in stage.changes if c.quantity > 0), Decimal(0))
    demands = sum((c.quantity for c in stage.changes if c.quantity < 0), Decimal(0))
    amounts = [formats.number(total, signed=True) for total in (supplies, demands) if total]
    names = [change.label for change in stage.changes]
    source = ", ".join(names) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more"
    return " ".join(amounts), shortened(source, 150, 10.5)


def _css(stage: Day) -> str:
    kinds = {change.kind for change in stage.changes}
    if stage.balance < 0:
        return "no"
    if "transit" in kinds:
        return "tr"
    return "exp" if "supply" in kinds else "com"


def _placed(
    frame: Frame,
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


def _crossings(frame: Frame, box: Box, spans: Sequence[tuple[float, float, Decimal]]) -> int:
    flats = sum(box.is_crossed_by(a, frame.y(v), b, frame.y(v)) for a, b, v in spans)
    rises = sum(box.is_crossed_by(b, frame.y(v), b, frame.y(w)) for (_a, b, v), (_c, _d, w) in pairwise(spans))
    return flats + rises


def row_of(stage: Day) -> Row:
    """A day as a line of the table."""
    amount, _short = _words(stage)
    source = ", ".join(change.label for change in stage.changes)
    return Row(stage.on, amount, source, formats.number(stage.balance), stage.balance < 0)
