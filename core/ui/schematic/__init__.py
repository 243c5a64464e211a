"""The network as a schematic: sites on a grid, lanes between them, goods on the lanes. From 3 to 30 sites.

The rule. Each site takes a cell of a grid, as near to its coordinates as the others allow; its mark stands at the
cell's left, its label to the right of it, inside the cell. Lanes run where no label stands: along the cells' left
edges, in the gutters between rows, and over free ground, at 45 and 90 degrees. All goods between the same two sites
share one lane. A pill on the lane carries the quantity; its label stands where nothing else does, or not at all, for
a table beside holds the same.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.ui.schematic.grid import Grid, assigned, mark_of
from core.ui.schematic.ground import Ground
from core.ui.schematic.lanes import lanes_of, line_of
from core.ui.schematic.shapes import Flow, Place, Schematic

__all__ = ["Flow", "Place", "Schematic", "layout"]


def layout(places: Sequence[Place], flows: Iterable[Flow] = (), *, width: int = 664, height: int = 396) -> Schematic:
    """The drawing; it grows higher than `height` where that many sites need it. Same input, same drawing.

    Up to 20 sites it takes some 30 ms; with 30 sites and 45 lanes half a second, so the last few are kept.
    """
    return _layout(tuple(places), tuple(flows), width, height)


@lru_cache(maxsize=64)
def _layout(places: tuple[Place, ...], flows: tuple[Flow, ...], width: int, height: int) -> Schematic:
    grid = Grid.for_count(len(places), width, height)
    cells = assigned(places, grid)
    marks = tuple(mark_of(place, *grid.point(cell), grid) for place, cell in zip(places, cells, strict=True))
    ground = Ground(grid, marks)
    by_code = {mark.place.code: mark for mark in marks}
    lines, pills = [], []
    for (first, second), goods in lanes_of(flows, by_code):
        path = ground.route(by_code[first], by_code[second])
        lines.append(line_of(path, goods))
        pills.append((path, goods))
    placed = tuple(pill for path, goods in pills for pill in ground.pills(path, goods))
    return Schematic(width, grid.height, marks, tuple(lines), placed)
