"""The ways that a lane could take between two marks."""

from collections.abc import Iterable
from itertools import pairwise

from core.ui.schematic.geometry import length
from core.ui.schematic.grid import Grid
from core.ui.schematic.shapes import EDGE, MARGIN_X, TRACKS, Mark, Path, Point


def plain_cost(path: Path) -> float:
    """The cost of a path on empty ground: its length and its bends."""
    return round(sum(length(p, q) for p, q in pairwise(path)) + 26 * (len(path) - 2), 3)


def _fitting(grid: Grid, paths: Iterable[Path]) -> list[Path]:
    """Those that stay on the drawing, without legs of no length."""
    kept = []
    for path in paths:
        lean = tuple(p for n, p in enumerate(path) if n == 0 or p != path[n - 1])
        if all(4 <= x <= grid.width - 4 and 4 <= y <= grid.height - 4 for x, y in lean):
            kept.append(lean)
    return kept


def direct_ways(grid: Grid, a: Mark, b: Mark) -> list[Path]:
    """Straight, with one diagonal, or by one gutter."""
    start, end = (a.x, a.y), (b.x, b.y)
    dx, dy = end[0] - start[0], end[1] - start[1]
    ways: list[Path] = [(start, end)] if dx == 0 or dy == 0 or abs(dx) == abs(dy) else []
    if dx and dy and abs(dx) != abs(dy):
        ways += _with_diagonal(start, end, dx, dy)
    for gutter in grid.gutters():
        for track in TRACKS:
            y = round(gutter + track, 1)
            if dx:
                ways.append((start, (start[0], y), (end[0], y), end))
    return _fitting(grid, ways)


def ways_around(grid: Grid, a: Mark, b: Mark) -> list[Path]:
    """Ways to the next gutter, along it, along a column's edge, and along the gutter next to the end.

    Where the edge is the mark's own, the way leaves it sideways: by the gutter it would turn back around the mark.
    """
    start, end, gutters = (a.x, a.y), (b.x, b.y), grid.gutters()
    by_start = sorted(gutters, key=lambda y: abs(y - start[1] - 12))[:2]
    by_end = sorted(gutters, key=lambda y: abs(y - end[1] - 12))[:2]
    edges = [round(MARGIN_X + column * grid.column_width - EDGE, 1) for column in range(grid.columns + 1)]
    ways: list[Path] = [
        (start, (start[0], y1), (x, y1), (x, y2), (end[0], y2), end)
        for x in edges
        for track in TRACKS
        for y1 in (round(y + track, 1) for y in by_start)
        for y2 in (round(y + track, 1) for y in by_end)
    ]
    ends = [round(y + track, 1) for y in by_end for track in TRACKS]
    starts = [round(y + track, 1) for y in by_start for track in TRACKS]
    own_start, own_end = round(start[0] - EDGE, 1), round(end[0] - EDGE, 1)
    ways += [(start, (own_start, start[1]), (own_start, y), (end[0], y), end) for y in ends]
    ways += [(start, (start[0], y), (own_end, y), (own_end, end[1]), end) for y in starts]
    return _fitting(grid, [way for way in ways if not _turns_back(way)])


def _turns_back(path: Path) -> bool:
    """Whether it comes back past the height of the mark that it has just left, or is about to reach."""
    return any(
        (there[1] - mark[1]) * (back[1] - mark[1]) < 0
        and abs(there[0] - mark[0]) < 1
        and abs(back[0] - mark[0]) < 2 * EDGE
        for mark, there, back in ((path[0], path[1], path[3]), (path[-1], path[-2], path[-4]))
        if len(path) > 4
    )


def _with_diagonal(start: Point, end: Point, dx: float, dy: float) -> list[Path]:
    """Ways of one straight and one 45-degree leg, in either order, and with the diagonal in the middle."""
    across, down = (1 if dx > 0 else -1), (1 if dy > 0 else -1)
    short = min(abs(dx), abs(dy))
    lead = (abs(dx) - short, abs(dy) - short)
    ways: list[Path] = [
        (start, (start[0] + across * short, start[1] + down * short), end),
        (start, (start[0] + across * lead[0], start[1] + down * lead[1]), end),
    ]
    first = (start[0] + across * lead[0] / 2, start[1] + down * lead[1] / 2)
    ways.append((start, first, (first[0] + across * short, first[1] + down * short), end))
    return ways
