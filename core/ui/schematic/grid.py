"""Sites on the grid: a cell for each, as near to its coordinates as the others allow."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

from core.ui.boxes import Box, shortened, text_width
from core.ui.schematic.shapes import (
    CELL_HEIGHT,
    CELL_WIDTH,
    LABEL_LINE,
    LABEL_TOP,
    LABEL_X,
    MARGIN_BOTTOM,
    MARGIN_TOP,
    MARGIN_X,
    Mark,
    Note,
    Place,
    Point,
)
from core.ui.states import state_of


class Grid(NamedTuple):
    columns: int
    rows: int
    width: int
    height: int

    @classmethod
    def for_count(cls, count: int, width: int, height: int) -> "Grid":
        """Cells for all sites and about half as many free ones, for lanes to pass."""
        columns = max(1, min((width - 8) // CELL_WIDTH, max(3, ceil(sqrt(count * 1.3)))))
        rows = max(3, ceil(count * 1.5 / columns))
        needed = MARGIN_TOP + MARGIN_BOTTOM + rows * CELL_HEIGHT
        return cls(columns, rows, width, max(height, needed))

    @property
    def column_width(self) -> float:
        return (self.width - 8) / self.columns

    @property
    def row_height(self) -> float:
        return (self.height - MARGIN_TOP - MARGIN_BOTTOM) / self.rows

    def point(self, cell: tuple[int, int]) -> Point:
        column, row = cell
        x = MARGIN_X + column * self.column_width
        y = MARGIN_TOP + row * self.row_height + (self.row_height - 60) / 2 + 14
        return round(x, 1), round(y, 1)

    def gutters(self) -> list[float]:
        """The height of each gutter, over, between and under the rows."""
        first = self.point((0, 0))[1]
        over = [first + row * self.row_height - (self.row_height - 34) / 2 for row in range(self.rows)]
        return [max(12.0, over[0]), *over[1:], self.height - 14]


def assigned(places: Sequence[Place], grid: Grid) -> list[tuple[int, int]]:
    """A cell for each place: greedy, then swaps as long as the sum of squared distances falls."""
    wanted = _wanted(places, grid)
    free = [(column, row) for column in range(grid.columns) for row in range(grid.rows)]
    cells: dict[int, tuple[int, int]] = {}
    for index in sorted(range(len(places)), key=lambda i: (wanted[i], places[i].code)):
        best = min(free, key=lambda cell: (_distance(cell, wanted[index]), cell))
        cells[index] = best
        free.remove(best)
    for _round in range(20):
        if not _improved(cells, free, wanted):
            break
    return [cells[index] for index in range(len(places))]


def _wanted(places: Sequence[Place], grid: Grid) -> list[Point]:
    """Where each place would stand: half its coordinates, half its order, so that a far one doesn't crush the rest."""
    across = _spread([place.longitude for place in places], grid.columns - 1)
    down = _spread([-place.latitude for place in places], grid.rows - 1)
    return list(zip(across, down, strict=True))


def _spread(values: Sequence[float], span: int) -> list[float]:
    low, high = min(values), max(values)
    order = {value: rank for rank, value in enumerate(sorted(set(values)))}
    last = max(1, len(order) - 1)
    return [span * (0.5 * (v - low) / ((high - low) or 1) + 0.5 * order[v] / last) for v in values]


def _distance(cell: tuple[int, int], wanted: Point) -> float:
    return float((cell[0] - wanted[0]) ** 2 + (cell[1] - wanted[1]) ** 2)


def _improved(cells: dict[int, tuple[int, int]], free: list[tuple[int, int]], wanted: Sequence[Point]) -> bool:
    gained = False
    for index in cells:
        for slot, cell in enumerate(free):
            if _distance(cell, wanted[index]) < _distance(cells[index], wanted[index]) - 1e-9:
                cells[index], free[slot] = cell, cells[index]
                gained = True
        for other in cells:
            now = _distance(cells[index], wanted[index]) + _distance(cells[other], wanted[other])
            then = _distance(cells[other], wanted[index]) + _distance(cells[index], wanted[other])
            if then < now - 1e-9:
                cells[index], cells[other] = cells[other], cells[index]
                gained = True
    return gained


def mark_of(place: Place, x: float, y: float, grid: Grid) -> Mark:
    """A site at its point, with as much of its name and first note as the cell has room for."""
    left = x + LABEL_X
    room = grid.column_width - LABEL_X - 22
    title = shortened(place.name, room - text_width(place.code, 12) - 6)
    notes, at, widest = [], y + 4, text_width(place.code, 12) + 6 + text_width(title)
    for key, words in place.notes[:1]:
        at += LABEL_LINE
        state = state_of(key)
        text = shortened(words, room - 18)
        notes.append(Note(at, state.icon, state.tone, text))
        widest = max(widest, 18 + text_width(text))
    value_y = at + LABEL_LINE if place.value else at
    box = Box(left, y + LABEL_TOP + 4, left + min(room, max(widest, text_width(place.value))), value_y + 4)
    return Mark(place, x, y, box, title, tuple(notes), value_y)
