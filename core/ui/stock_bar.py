"""The stock bar: a level as a small drawing, wherever it stands in a row.

From 0: committed (slate) · free (green) · expected (hatched). The tick is the need, committed + safety stock;
right of it is excess. Red fills what lacks up to the tick, and so equals `missing`.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from core.ui import formats
from core.ui.states import state_of

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
    parts += [f'<path class="{css}" d="M{x:g} {TOP}h{span:g}v{THICK}h-{span:g}z"/>' for css, x, span in bar.spans]
    if bar.tick is not None:
        parts.append(f'<path class="f-text" d="M{bar.tick:g} 1h1.5v14h-1.5z"/>')
    parts.append("</svg>")
    return "".join(parts)


@lru_cache(maxsize=32)
def _names(_language: str | None) -> tuple[str, str, str, str]:
    return gettext("on hand"), gettext("committed"), gettext("expected"), gettext("safety stock")


def words(figures: tuple[Number, Number, Number, Number]) -> str:
    """The four figures for a screen reader: "on hand 14, committed 49, expected 32, safety stock 15"."""
    return ", ".join(
        f"{name} {formats.number(value)}" for name, value in zip(_names(get_language()), figures, strict=True)
    )


def stock_cell(
    figures: tuple[Number, Number, Number, Number], *, scale: Number, state: str, text: str, url: str, width: int = 36
) -> SafeString:
    """A cell of the stock grid: mark, bar and number, a link that opens the drawer.

    Where the column is wide enough it also shows on hand − committed + expected.

    `figures` are on hand, committed, expected and safety stock; `state` a key of the state vocabulary or ""; `text`
    the number as shown; `url` the drawer's. For grids of thousands of cells, which templates would draw too slowly.
    """
    link, mark, tone = escape(url), "", ""
    if state:
        found = state_of(state)
        tone = f" {found.tone}"
        icon = f'<svg class="i s" aria-hidden="true"><use href="#i-{found.icon}"/></svg>'
        mark = f'{icon}<span class="sr">{escape(str(found.word))}</span>'
    bar = stock_bar(*figures, scale=scale, width=width, label=escape(words(figures)))
    on_hand, committed, expected = (formats.number(figure) for figure in figures[:3])
    detail = f'<span class="wide" aria-hidden="true">{on_hand} {formats.MINUS} {committed} + {expected}</span>'
    return mark_safe(
        f'<a class="cell{tone}" href="{link}" data-drawer="{link}"><span class="slot">{mark}</span>{detail}{bar}'
        f'<span class="num m" data-flash>{escape(text)}</span></a>'
    )
