"""Pills: goods on a lane, with a label where there is room."""

from itertools import pairwise

from core.ui.boxes import Box, text_width
from core.ui.schematic.geometry import length, towards
from core.ui.schematic.shapes import PILL_HALF, Flow, Path, Pill

_PILLS = {"late": ("f-latet", "xlate"), "in_transit": ("f-trt", "xtr"), "planned": ("f-canvas k-ctl", "x3")}


def spots(path: Path) -> list[tuple[float, float, float]]:
    """Cost, x and y of places along a path for a pill, cheapest first: near the middle, on long level legs."""
    whole = sum(length(p, q) for p, q in pairwise(path)) or 1
    spots, walked = [], 0.0
    for p, q in pairwise(path):
        span = length(p, q)
        count = max(1, int(span // 24))
        for index in range(1, count):
            x, y = towards(p, q, span * index / count)
            middle = abs((walked + span * index / count) / whole - 0.5)
            is_sloped = p[0] != q[0] and p[1] != q[1]
            spots.append(
                (round(40 * middle + (8 if is_sloped else 0) - min(span, 200) / 20, 3), round(x, 1), round(y, 1))
            )
        walked += span
    return sorted(spots)


def variants(x: float, y: float, flow: Flow) -> list[Pill]:
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
