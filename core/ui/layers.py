"""A graph laid out in columns: each node in the column of its step, edges between them as lines."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 168, 40
ACROSS, DOWN = 232, 52
MARGIN = 8


class Box(NamedTuple):
    """A node: two lines of text; `url` "" has no page, `tone` is a class of color."""

    key: Hashable
    column: int
    text: str
    under: str
    url: str = ""
    tone: str = ""


class Placed(NamedTuple):
    """A box with its place in pixels."""

    box: Box
    x: int
    y: int


class Line(NamedTuple):
    """An edge as an SVG path."""

    path: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws, `width` × `height` pixels."""

    boxes: list[Placed]
    lines: list[Line]
    width: int
    height: int


def layout(boxes: Sequence[Box], edges: Sequence[tuple[Hashable, Hashable]]) -> Drawing:
    """Columns from left to right; within one, boxes stand near what they hang on, else in the order given."""
    columns: dict[int, list[Box]] = {}
    for box in boxes:
        columns.setdefault(box.column, []).append(box)
    rows: dict[Hashable, int] = {}
    before: dict[Hashable, list[Hashable]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
        before.setdefault(source, []).append(target)
    for column in sorted(columns):
        ordered = sorted(columns[column], key=lambda box: _middle(box, before, rows))
        rows |= {box.key: place for place, box in enumerate(ordered)}
    first = min(columns, default=0)
    places = {
        box.key: Placed(box, MARGIN + (box.column - first) * ACROSS, MARGIN + rows[box.key] * DOWN) for box in boxes
    }
    lines = [Line(_path(places[a], places[b])) for a, b in edges if a in places and b in places]
    tallest = max((len(column) for column in columns.values()), default=1)
    widest = max(columns, default=0) - first
    return Drawing(
        list(places.values()), lines, MARGIN * 2 + widest * ACROSS + WIDTH, MARGIN * 2 + (tallest - 1) * DOWN + HEIGHT
    )


def _middle(box: Box, near: dict[Hashable, list[Hashable]], rows: dict[Hashable, int]) -> float:
    known = [rows[key] for key in near.get(box.key, []) if key in rows]
    return sum(known) / len(known) if known else 0


def _path(source: Placed, target: Placed) -> str:
    if source.x > target.x:
        source, target = target, source
    x1, y1 = source.x + WIDTH, source.y + HEIGHT // 2
    x2, y2 = target.x, target.y + HEIGHT // 2
    half = (x1 + x2) // 2
    return f"M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"
