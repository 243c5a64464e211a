"""The network as a schematic: sites on a grid, lanes between them, goods on the lanes. From 3 to 30 sites.

The rule. Each site takes a cell of a grid, as near to its coordinates as the others allow; its mark stands at the
cell's left, its label to the right of it, inside the cell. Lanes run where no label stands: along the cells' left
edges, in the gutters between rows, and over free ground, at 45 and 90 degrees. All goods between the same two sites
share one lane. A pill on the lane carries the quantity; its label stands where nothing else does, or not at all, for
a table beside holds the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import ceil, hypot, inf, sqrt
from typing import NamedTuple

from core.ui.boxes import Box, shortened, text_width
from core.ui.states import state_of

CELL_WIDTH, CELL_HEIGHT = 160, 96
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 26, 34, 26
MARK, CORNER = 9, 24
LABEL_X, LABEL_TOP, LABEL_LINE = 20, -14, 16
PILL_HALF = 9
TRACKS = (0, -9, 9)  # lanes side by side in one gutter

Point = tuple[float, float]
Path = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A site; `kind` is own, maker (contract manufacturer) or 3pl, `notes` are (state, words), `value` its stock."""

    code: str
    name: str
    kind: str
    latitude: float
    longitude: float
    notes: tuple[tuple[str, str], ...] = ()
    value: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods between two sites; `state` is in_transit, late or planned; `label` the transfer and its date."""

    origin: str
    destination: str
    quantity: str
    label: str
    state: str = "in_transit"
    url: str = ""


class Note(NamedTuple):
    """A line under a site's name."""

    y: float
    icon: str
    css: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A site as drawn: its mark at (x, y), its label in `box`."""

    place: Place
    x: float
    y: float
    box: Box
    name: str
    notes: tuple[Note, ...]
    value_y: float


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A lane as drawn; `css` is the stroke's class."""

    d: str
    css: str
    is_planned: bool


@dataclass(frozen=True, slots=True)
class Pill:
    """Goods on a lane; an empty `label` did not find room."""

    x: float
    y: float
    width: float
    text: str
    title: str
    fill: str
    tone: str
    is_planned: bool
    label: str
    label_x: float
    label_y: float
    anchor: str
    boxes: tuple[Box, ...]
    url: str = ""

    @property
    def half(self) -> float:
        return self.width / 2


@dataclass(frozen=True, slots=True)
class Schematic:
    """Everything the template draws, in pixels."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    lanes: tuple[LaneLine, ...]
    pills: tuple[Pill, ...]

    @property
    def label_boxes(self) -> list[Box]:
        """Every text's box."""
        return [mark.box for mark in self.marks] + [box for pill in self.pills for box in pill.boxes]


def layout(places: Sequence[Place], flows: Iterable[Flow] = (), *, width: int = 664, height: int = 396) -> Schematic:
    """The drawing; it grows higher than `height` where that many sites need it. Same input, same drawing.

    Up to 20 sites it takes some 30 ms; with 30 sites and 45 lanes half a second, so the last few are kept.
    """
    return _layout(tuple(places), tuple(flows), width, height)


@lru_cache(maxsize=64)
def _layout(places: tuple[Place, ...], flows: tuple[Flow, ...], width: int, height: int) -> Schematic:
    grid = _Grid.for_count(len(places), width, height)
    cells = _assigned(places, grid)
    marks = tuple(_mark(place, *grid.point(cell), grid) for place, cell in zip(places, cells, strict=True))
    ground = _Ground(grid, marks)
    by_code = {mark.place.code: mark for mark in marks}
    lines, pills = [], []
    for (first, second), goods in _lanes(flows, by_code):
        path = ground.route(by_code[first], by_code[second])
        lines.append(_line(path, goods))
        pills.append((path, goods))
    placed = tuple(pill for path, goods in pills for pill in ground.pills(path, goods))
    return Schematic(width, grid.height, marks, tuple(lines), placed)


# --- sites on the grid ----------------------------------------------------------------------------------------------


class _Grid(NamedTuple):
    columns: int
    rows: int
    width: int
    height: int

    @classmethod
    def for_count(cls, count: int, width: int, height: int) -> "_Grid":
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


def _assigned(places: Sequence[Place], grid: _Grid) -> list[tuple[int, int]]:
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


def _wanted(places: Sequence[Place], grid: _Grid) -> list[Point]:
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


def _mark(place: Place, x: float, y: float, grid: _Grid) -> Mark:
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


# --- lanes ----------------------------------------------------------------------------------------------------------


def _lanes(flows: Iterable[Flow], known: dict[str, Mark]) -> list[tuple[tuple[str, str], list[Flow]]]:
    lanes: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.origin in known and flow.destination in known and flow.origin != flow.destination:
            first, second = sorted((flow.origin, flow.destination))
            lanes[first, second].append(flow)

    def reach(item: tuple[tuple[str, str], list[Flow]]) -> tuple[float, tuple[str, str]]:
        a, b = known[item[0][0]], known[item[0][1]]
        return hypot(a.x - b.x, a.y - b.y), item[0]

    return sorted(lanes.items(), key=reach)


_WORST = {"late": 0, "in_transit": 1, "planned": 2}
_STROKES = {"late": "k-late", "in_transit": "k-tr", "planned": "k-ctl"}
_PILLS = {"late": ("f-latet", "xlate"), "in_transit": ("f-trt", "xtr"), "planned": ("f-canvas k-ctl", "x3")}


def _line(path: Path, goods: Sequence[Flow]) -> LaneLine:
    worst = min((flow.state for flow in goods), key=lambda state: _WORST.get(state, 1))
    return LaneLine(_chamfered(path), _STROKES.get(worst, "k-tr"), worst == "planned")


def _chamfered(path: Path) -> str:
    """The path with its right angles cut at 45 degrees."""
    points = [path[0]]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        is_right_angle = (before[0] == corner[0]) != (after[0] == corner[0]) and (before[1] == corner[1]) != (
            after[1] == corner[1]
        )
        if not is_right_angle:
            points.append(corner)
            continue
        cut = min(CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        points += [_towards(corner, before, cut), _towards(corner, after, cut)]
    points.append(path[-1])
    return "M" + " L".join(f"{round(x, 1)},{round(y, 1)}" for x, y in points)


def _length(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _towards(a: Point, b: Point, by: float) -> Point:
    whole = _length(a, b) or 1
    return a[0] + (b[0] - a[0]) * by / whole, a[1] + (b[1] - a[1]) * by / whole


@dataclass(slots=True)
class _Ground:
    """What stands on the drawing so far; lanes and labels are laid one after the other."""

    grid: _Grid
    marks: Sequence[Mark]
    segments: list[tuple[Point, Point, Box]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    guards: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.guards = {mark.place.code: _around_mark(mark) for mark in self.marks}
        self.boxes = [mark.box for mark in self.marks]
        self.boxes += [Box(m.x - MARK - 3, m.y - MARK - 3, m.x + MARK + 3, m.y + MARK + 3) for m in self.marks]

    def route(self, a: Mark, b: Mark) -> Path:
        """The cheapest way: short, few bends, no label or mark crossed, no other lane's track."""
        best: Path = ()
        least = inf
        for ways in (_ways, _around):
            for base, path in sorted((_plain_cost(path), path) for path in ways(self.grid, a, b)):
                if base >= least:
                    break
                cost = self._cost(path, a, b, base, least)
                if cost < least:
                    best, least = path, cost
            if least < _HIT:  # a way that crosses nothing: no need to look at the long ones
                break
        self.segments += [(p, q, _extent(p, q)) for p, q in pairwise(best)]
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
                    cost += 160 * _runs_along(p, q, r, s) + 12 * _crosses(p, q, r, s)
        return cost

    def pills(self, path: Path, goods: Sequence[Flow]) -> list[Pill]:
        """Pills for a lane's goods; more than two are one pill that counts them."""
        if len(goods) > 2:
            worst = min(goods, key=lambda flow: _WORST.get(flow.state, 1))
            goods = [Flow(worst.origin, worst.destination, str(len(goods)), f"{len(goods)} transfers", worst.state)]
        found = (self._pill(path, flow) for flow in goods)
        return [pill for pill in found if pill]

    def _pill(self, path: Path, flow: Flow) -> Pill | None:
        best: tuple[float, Pill] | None = None
        for cost, x, y in _spots(path):
            if best and cost >= best[0]:
                break
            for pill in _variants(x, y, flow):
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
        crossed = sum(
            box.is_crossed_by(*p, *q) for box in pill.boxes for p, q, _box in self.segments if (p, q) not in own
        )
        over_own = sum(box.is_crossed_by(*p, *q) for box in pill.boxes[1:] for p, q in own)
        return 40 * crossed + 30 * over_own + (0 if pill.label else 120)


_HIT = 5000.0  # what a crossed label costs; more than any detour


def _around_mark(mark: Mark) -> Box:
    reach = MARK + 5
    return Box(mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach)


def _extent(p: Point, q: Point) -> Box:
    return Box(min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1]))


def _plain_cost(path: Path) -> float:
    return round(sum(_length(p, q) for p, q in pairwise(path)) + 26 * (len(path) - 2), 3)


def _fitting(grid: _Grid, paths: Iterable[Path]) -> list[Path]:
    """Those that stay on the drawing, without legs of no length."""
    kept = []
    for path in paths:
        lean = tuple(p for n, p in enumerate(path) if n == 0 or p != path[n - 1])
        if all(4 <= x <= grid.width - 4 and 4 <= y <= grid.height - 4 for x, y in lean):
            kept.append(lean)
    return kept


def _ways(grid: _Grid, a: Mark, b: Mark) -> list[Path]:
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


def _around(grid: _Grid, a: Mark, b: Mark) -> list[Path]:
    """Ways to the next gutter, along it, along a column's edge, and along the gutter next to the end."""
    start, end, gutters = (a.x, a.y), (b.x, b.y), grid.gutters()
    by_start = sorted(gutters, key=lambda y: abs(y - start[1] - 12))[:2]
    by_end = sorted(gutters, key=lambda y: abs(y - end[1] - 12))[:2]
    edges = [round(MARGIN_X + column * grid.column_width - 18, 1) for column in range(grid.columns + 1)]
    ways = [
        (start, (start[0], y1), (x, y1), (x, y2), (end[0], y2), end)
        for x in edges
        for track in TRACKS
        for y1 in (round(y + track, 1) for y in by_start)
        for y2 in (round(y + track, 1) for y in by_end)
    ]
    return _fitting(grid, ways)


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


def _runs_along(p: Point, q: Point, r: Point, s: Point) -> bool:
    """Whether two segments lie on (almost) the same line and share more than a corner."""
    for axis, other in ((0, 1), (1, 0)):
        if p[axis] == q[axis] and r[axis] == s[axis] and abs(p[axis] - r[axis]) < 6:
            low = max(min(p[other], q[other]), min(r[other], s[other]))
            high = min(max(p[other], q[other]), max(r[other], s[other]))
            return high - low > 20
    return False


def _crosses(p: Point, q: Point, r: Point, s: Point) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


# --- pills ------------------------------------------------------------------------------------------------------------


def _spots(path: Path) -> list[tuple[float, float, float]]:
    """Cost, x and y of places along a path for a pill, cheapest first: near the middle, on long level legs."""
    whole = sum(_length(p, q) for p, q in pairwise(path)) or 1
    spots, walked = [], 0.0
    for p, q in pairwise(path):
        span = _length(p, q)
        count = max(1, int(span // 24))
        for index in range(1, count):
            x, y = _towards(p, q, span * index / count)
            middle = abs((walked + span * index / count) / whole - 0.5)
            is_sloped = p[0] != q[0] and p[1] != q[1]
            spots.append(
                (round(40 * middle + (8 if is_sloped else 0) - min(span, 200) / 20, 3), round(x, 1), round(y, 1))
            )
        walked += span
    return sorted(spots)


def _variants(x: float, y: float, flow: Flow) -> list[Pill]:
    """A pill at a spot with its label under, over, left and right of it, and without one."""
    fill, tone = _PILLS.get(flow.state, _PILLS["in_transit"])
    half = max(15.0, text_width(flow.quantity, 10.5) / 2 + 7)
    body = Box(x - half, y - PILL_HALF, x + half, y + PILL_HALF)
    wide = text_width(flow.label)
    title = f"{flow.origin} → {flow.destination}: {flow.quantity}, {flow.label}"

    def pill(label: str, lx: float, ly: float, anchor: str, box: Box | None) -> Pill:
        boxes = (body, box) if box else (body,)
        planned = flow.state == "planned"
        return Pill(x, y, 2 * half, flow.quantity, title, fill, tone, planned, label, lx, ly, anchor, boxes, flow.url)

    places = [
        (x, y + 23, "mid", Box(x - wide / 2, y + 12, x + wide / 2, y + 27)),
        (x, y - 15, "mid", Box(x - wide / 2, y - 27, x + wide / 2, y - 11)),
        (x - half - 6, y + 4, "end", Box(x - half - 6 - wide, y - 8, x - half - 4, y + 8)),
        (x + half + 6, y + 4, "", Box(x + half + 4, y - 8, x + half + 6 + wide, y + 8)),
    ]
    labeled = [pill(flow.label, lx, round(ly, 1), anchor, box) for lx, ly, anchor, box in places]
    return [*labeled, pill("", 0, 0, "", None)]
