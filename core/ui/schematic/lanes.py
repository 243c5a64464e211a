"""Lanes: all goods between the same two sites share one, drawn by the worst of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import hypot

from core.ui.schematic.geometry import length, towards
from core.ui.schematic.shapes import (
    CORNER,
    Flow,
    LaneLine,
    Mark,
    Path,
)


def lanes_of(flows: Iterable[Flow], known: dict[str, Mark]) -> list[tuple[tuple[str, str], list[Flow]]]:
    """The goods of each pair of sites, the nearest pair first."""
    lanes: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.origin in known and flow.destination in known and flow.origin != flow.destination:
            first, second = sorted((flow.origin, flow.destination))
            lanes[first, second].append(flow)

    def reach(item: tuple[tuple[str, str], list[Flow]]) -> tuple[float, tuple[str, str]]:
        a, b = known[item[0][0]], known[item[0][1]]
        return hypot(a.x - b.x, a.y - b.y), item[0]

    return sorted(lanes.items(), key=reach)


WORST = {"late": 0, "in_transit": 1, "planned": 2}
_STROKES = {"late": "k-late", "in_transit": "k-tr", "planned": "k-ctl"}


def line_of(path: Path, goods: Sequence[Flow]) -> LaneLine:
    """A lane along a path, in the stroke of its worst goods."""
    worst = min((flow.state for flow in goods), key=lambda state: WORST.get(state, 1))
    points = " L".join(f"{round(x, 1)},{round(y, 1)}" for x, y in chamfered(path))
    return LaneLine(f"M{points}", _STROKES.get(worst, "k-tr"), worst == "planned")


def chamfered(path: Path) -> Path:
    """The path with its right angles cut at 45 degrees, as it is drawn."""
    points = [path[0]]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        is_right_angle = (before[0] == corner[0]) != (after[0] == corner[0]) and (before[1] == corner[1]) != (
            after[1] == corner[1]
        )
        if not is_right_angle:
            points.append(corner)
            continue
        cut = min(CORNER, length(before, corner) / 2, length(corner, after) / 2)
        points += [towards(corner, before, cut), towards(corner, after, cut)]
    points.append(path[-1])
    return tuple(points)
