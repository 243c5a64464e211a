"""Points, segments and paths."""

from math import hypot

from core.ui.boxes import Box
from core.ui.schematic.shapes import Point


def length(a: Point, b: Point) -> float:
    """Between two points."""
    return hypot(a[0] - b[0], a[1] - b[1])


def towards(a: Point, b: Point, by: float) -> Point:
    """The point that lies `by` from a on the way to b."""
    whole = length(a, b) or 1
    return a[0] + (b[0] - a[0]) * by / whole, a[1] + (b[1] - a[1]) * by / whole


def runs_along(p: Point, q: Point, r: Point, s: Point) -> bool:
    """Whether two segments lie on (almost) the same line and share more than a corner."""
    for axis, other in ((0, 1), (1, 0)):
        if p[axis] == q[axis] and r[axis] == s[axis] and abs(p[axis] - r[axis]) < 6:
            low = max(min(p[other], q[other]), min(r[other], s[other]))
            high = min(max(p[other], q[other]), max(r[other], s[other]))
            return high - low > 20
    return False


def crosses(p: Point, q: Point, r: Point, s: Point) -> bool:
    """Whether two segments cut each other."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def extent(p: Point, q: Point) -> Box:
    """The box around a segment."""
    return Box(min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1]))
