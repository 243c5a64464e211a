"""What stands on the drawing so far: lanes and labels are laid one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from core.ui.boxes import Box
from core.ui.schematic.geometry import crosses, extent, runs_along
from core.ui.schematic.grid import Grid
from core.ui.schematic.lanes import WORST, chamfered
from core.ui.schematic.pills import spots, variants
from core.ui.schematic.shapes import MARK, Flow, Mark, Path, Pill, Point
from core.ui.schematic.ways import direct_ways, plain_cost, ways_around

_HIT = 5000.0  # what a crossed label costs; more than any detour
# A label stands beside lines: rather none at all than one that a line strikes through.
_UNLABELED, _STRUCK = 120, 1000


@dataclass(slots=True)
class Ground:
    """What stands on the drawing so far; lanes and labels are laid one after the other.

    `segments` are the lanes' legs with their extent, `drawn` the same with the corners cut.
    """

    grid: Grid
    marks: Sequence[Mark]
    segments: list[tuple[Point, Point, Box]] = field(default_factory=list)
    drawn: list[tuple[Point, Point]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    guards: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.guards = {mark.place.code: guard_of(mark) for mark in self.marks}
        self.boxes = [mark.box for mark in self.marks]
        self.boxes += [Box(m.x - MARK - 3, m.y - MARK - 3, m.x + MARK + 3, m.y + MARK + 3) for m in self.marks]

    def route(self, a: Mark, b: Mark) -> Path:
        """The cheapest way: short, few bends, no label or mark crossed, no other lane's track."""
        best: Path = ()
        least = inf
        for ways in (direct_ways, ways_around):
            for base, path in sorted((plain_cost(path), path) for path in ways(self.grid, a, b)):
                if base >= least:
                    break
                cost = self._cost(path, a, b, base, least)
                if cost < least:
                    best, least = path, cost
            if least < _HIT:  # a way that crosses nothing: no need to look at the long ones
                break
        self.drawn += pairwise(chamfered(best))
        self.segments += [(p, q, extent(p, q)) for p, q in pairwise(best)]
        return best

    def _cost(self, path: Path, a: Mark, b: Mark, base: float, limit: float) -> float:
        """The cost of a path, or any number over `limit` once it is passed."""
        cost = base
        for p, q in pairwise(path):
            for mark in self.marks:
                if mark.box.is_crossed_by(*p, *q):
                    cost += _HIT
                if mark is not a and mark is not b and self.guards[mark.place.code].is_crossed_by(*p, *q):
                    cost += 1.4 * _HIT
            if cost >= limit:
                return cost
            left, right = min(p[0], q[0]) - 6, max(p[0], q[0]) + 6
            top, bottom = min(p[1], q[1]) - 6, max(p[1], q[1]) + 6
            for r, s, box in self.segments:
                if box.left < right and left < box.right and box.top < bottom and top < box.bottom:
                    cost += 160 * runs_along(p, q, r, s) + 12 * crosses(p, q, r, s)
        return cost

    def pills(self, path: Path, goods: Sequence[Flow]) -> list[Pill]:
        """Pills for a lane's goods; more than two are one pill that counts them."""
        if len(goods) > 2:
            worst = min(goods, key=lambda flow: WORST.get(flow.state, 1))
            goods = [Flow(worst.origin, worst.destination, str(len(goods)), f"{len(goods)} transfers", worst.state)]
        found = (self._pill(path, flow) for flow in goods)
        return [pill for pill in found if pill]

    def _pill(self, path: Path, flow: Flow) -> Pill | None:
        best: tuple[float, Pill] | None = None
        for cost, x, y in spots(path):
            if best and cost >= best[0]:
                break
            for pill in variants(x, y, flow):
                total = cost + self._pill_cost(pill, path)
                if total < 1e6 and (best is None or total < best[0]):
                    best = total, pill
        if best:
            self.boxes += best[1].boxes
        return best[1] if best else None

    def _pill_cost(self, pill: Pill, path: Path) -> float:
        whole = Box(2, 2, self.grid.width - 2, self.grid.height - 2)
        if any(not box.inside(whole) or any(box.overlaps(other, 2) for other in self.boxes) for box in pill.boxes):
            return 1e9
        own = set(pairwise(path))
        body, *label = pill.boxes
        crossed = sum(body.is_crossed_by(*p, *q) for p, q, _box in self.segments if (p, q) not in own)
        struck = sum(box.is_crossed_by(*p, *q) for box in label for p, q in self.drawn)
        return 40 * crossed + _STRUCK * struck + (0 if pill.label else _UNLABELED)


def guard_of(mark: Mark) -> Box:
    """The ground around a mark that only its own lanes may cross."""
    reach = MARK + 5
    return Box(mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach)
