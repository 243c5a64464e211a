"""The stock bar: a level as a small drawing, wherever it stands in a row.

From 0: committed (slate) · free (green) · expected (hatched). The tick is the need, committed + safety stock;
right of it is excess. Red fills what lacks up to the tick, and so equals `missing`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

Number = Decimal | int | float
HEIGHT, TOP, THICK = 16, 4, 8


class Span(NamedTuple):
    """A part of the bar: its class, its left edge and its width, in pixels."""

    css: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class StockBar:
    """Geometry in pixels; `tick` is where the need stands, None when nothing is needed."""

    width: int
    spans: tuple[Span, ...]
    tick: float | None


def scale_of(levels: list[tuple[Number, Number, Number, Number]]) -> float:
    """The quantity a row's bars share as their full width; each level is (on hand, committed, expected, safety)."""
    return max((_reach(*map(float, level)) for level in levels), default=0.0)


def _reach(on_hand: float, committed: float, expected: float, safety_stock: float) -> float:
    return max(on_hand + expected, committed + safety_stock, on_hand, 0.0)


def layout(
    on_hand: Number, committed: Number, expected: Number, safety_stock: Number, scale: Number = 0, width: int = 36
) -> StockBar:
    """Where each part begins and ends; `scale` 0 lets the bar fill its own width.

    What is on hand covers committed first; expected continues where on hand ends; red reaches up to the need.
    """
    hand, taken, coming, safety = (float(v) for v in (on_hand, committed, expected, safety_stock))
    full = float(scale) or _reach(hand, taken, coming, safety) or 1.0
    need, projected = taken + safety, hand + coming
    edges = [
        ("f-com", 0.0, min(hand, taken)),
        ("f-ok", min(hand, taken), hand),
        ("f-hx", hand, projected),
        ("f-no", max(projected, 0.0), need),
    ]
    room = width - 2  # the tick at the very end stays inside
    spans = tuple(
        Span(css, round(start / full * room, 1), round((end - start) / full * room, 1))
        for css, start, end in edges
        if end - start > 0 and round((end - start) / full * room, 1) > 0
    )
    return StockBar(width, spans, round(need / full * room, 1) if need > 0 else None)


def stock_bar(
    on_hand: Number,
    committed: Number,
    expected: Number,
    safety_stock: Number,
    scale: Number = 0,
    width: int = 36,
    label: str = "",
) -> str:
    """The bar as SVG text; `label` is what a screen reader says, hidden from it when empty (the row says it)."""
    bar = layout(on_hand, committed, expected, safety_stock, scale, width)
    role = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    parts = [f'<svg class="sb" width="{width}" height="{HEIGHT}" {role}>']
    parts.append(f'<rect class="f-line" y="11" width="{width}" height="1"/>')
    for css, x, span in bar.spans:
        parts.append(f'<rect class="{css}" x="{x}" y="{TOP}" width="{span}" height="{THICK}"/>')
    if bar.tick is not None:
        parts.append(f'<rect class="f-text" x="{bar.tick}" y="1" width="1.5" height="14"/>')
    parts.append("</svg>")
    return "".join(parts)
