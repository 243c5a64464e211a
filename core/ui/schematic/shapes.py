"""What goes into the schematic and what comes out, in pixels."""

from dataclasses import dataclass
from typing import NamedTuple

from core.ui.boxes import Box

CELL_WIDTH, CELL_HEIGHT = 160, 96
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 26, 34, 26
MARK, CORNER = 9, 24
LABEL_X, LABEL_TOP, LABEL_LINE = 20, -14, 16
PILL_HALF = 9
EDGE = 18  # from a mark to its column's left edge, where lanes run
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
