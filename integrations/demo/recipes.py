"""What is made of what: the demo's bills of materials, their levels and what they cost. Plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from integrations.demo.catalog import DESK_SIZES, RAIL_SIZES, SHELF_SIZES, STOOL_HEIGHTS, TABLE_SIZES, WOODS, items
from production import rules

D = Decimal
# Liters of lacquer for a table top.
_LACQUER = {120: D("0.22"), 140: D("0.26"), 160: D("0.3"), 180: D("0.34"), 200: D("0.38"), 240: D("0.45")}
# Meters of plank for a rail: those of a table are shorter than its top.
_RAILS = {120: D("1.1"), 140: D("1.3"), 160: D("1.5"), 180: D("1.7")}


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a component for one; `scrap_factor` is the part lost on the way."""

    sku: str
    quantity: Decimal
    scrap_factor: Decimal = Decimal(0)


@cache
def recipes() -> dict[str, tuple[Part, ...]]:
    """The components of one piece, by what is made."""
    return {sku: tuple(parts) for wood in WOODS for sku, parts in _of_wood(wood.code)}


@cache
def level_of(sku: str) -> int:
    """The lowest level that an item stands at: 0 is nobody's component, planks are 3."""
    above = [made for made, parts in recipes().items() if any(part.sku == sku for part in parts)]
    return max((level_of(made) + 1 for made in above), default=0)


@cache
def cost_of(sku: str) -> Decimal:
    """What one costs in EUR: its price, or its components'. Rounded to cents."""
    item = items()[sku]
    if item.cost is not None:
        return item.cost
    total = sum((part.quantity / (1 - part.scrap_factor) * cost_of(part.sku) for part in recipes()[sku]), D(0))
    return total.quantize(D("0.01"))


def needs(sku: str, quantity: Decimal) -> dict[str, Decimal]:
    """What an order of so many needs of each component, rounded as production rounds it."""
    return {
        part.sku: rules.component_need(
            order_quantity=quantity,
            bill_quantity=D(1),
            quantity_per=part.quantity,
            scrap_factor=part.scrap_factor,
            decimals=decimals_of(part.sku),
        )
        for part in recipes()[sku]
    }


def shares(sku: str, ordered: Decimal, completed: Decimal) -> dict[str, Decimal]:
    """What the first report of so many good ones takes of each component."""
    return {
        part: rules.planned_share(
            use=rules.Use(need, D(0)), ordered=ordered, completed=completed, decimals=decimals_of(part)
        )
        for part, need in needs(sku, ordered).items()
    }


def decimals_of(sku: str) -> int:
    """How many decimals a quantity of the item may have."""
    return 0 if items()[sku].unit == "pcs" else 3


def _of_wood(w: str) -> Iterator[tuple[str, list[Part]]]:
    yield from _tables(w)
    yield from _seating(w)
    for size in SHELF_SIZES:
        yield f"SHELF-{w}-{size}", [
            Part(f"BOARD-{w}-{size}", D(4)), Part("BRACKET-SHELF", D(8)), Part("SCREW-4-40", D(16)),
            Part(f"CARTON-SHELF-{size}", D(1)),
        ]  # fmt: skip
        yield f"BOARD-{w}-{size}", [
            Part(f"{w}-PLANK-26", D(size) * D("0.011"), D("0.04")), Part("OIL-NATURAL", D("0.05")),
        ]  # fmt: skip
    for length, meters in ((72, "0.35"), (62, "0.3"), (44, "0.2")):
        yield f"LEG-{w}-{length}", [Part(f"{w}-PLANK-26", D(meters))]
    for size, rail in _RAILS.items():
        yield f"RAIL-{w}-{size}", [Part(f"{w}-PLANK-26", rail)]


def _tables(w: str) -> Iterator[tuple[str, list[Part]]]:
    for size in TABLE_SIZES:
        yield f"TABLE-{w}-{size}", [
            Part(f"{w}-TOP-{size}", D(1)), Part(f"LEG-{w}-72", D(4)), Part(f"RAIL-{w}-{min(size, 180)}", D(2)),
            Part("BOLT-M8-60", D(8)), Part("GLIDE-FELT", D(4)), Part("FOAM-CORNER", D(8)),
            Part("MANUAL-TABLE", D(1)), Part(f"CARTON-{size}", D(1)),
        ]  # fmt: skip
        yield f"{w}-TOP-{size}", [Part(f"{w}-BLANK-{size}", D(1)), Part("LACQUER-MATT", _LACQUER[size])]
        yield f"{w}-BLANK-{size}", [
            Part(f"{w}-PLANK-40", D(size) * 7 / 160, D("0.04")), Part("GLUE-D3", D("0.25")),
        ]  # fmt: skip
    for size in DESK_SIZES:
        yield f"DESK-{w}-{size}", [
            Part(f"{w}-TOP-{size}", D(1)), Part(f"LEG-{w}-72", D(4)), Part(f"RAIL-{w}-{size}", D(2)),
            Part("BRACKET-90", D(4)), Part("CABLE-60", D(1)), Part(f"CARTON-DESK-{size}", D(1)),
        ]  # fmt: skip


def _seating(w: str) -> Iterator[tuple[str, list[Part]]]:
    for number in (1, 2):
        yield f"CHAIR-{w}-{number}", [
            Part(f"FRAME-{w}-2", D(number)), Part(f"SEAT-{w}-2", D(number)), Part("BOLT-M6-40", D(8 * number)),
            Part("GLIDE-FELT", D(4 * number)), Part("MANUAL-CHAIR", D(1)), Part(f"CARTON-CHAIR-{number}", D(1)),
        ]  # fmt: skip
    yield f"FRAME-{w}-2", [Part(f"LEG-{w}-44", D(4)), Part(f"{w}-PLANK-26", D(1)), Part("GLUE-D3", D("0.1"))]
    yield f"SEAT-{w}-2", [Part(f"SEAT-{w}-2-RAW", D(1)), Part("LACQUER-MATT", D("0.06"))]
    yield f"SEAT-{w}-2-RAW", [Part(f"{w}-PLANK-26", D("0.9"), D("0.04"))]
    for size in RAIL_SIZES:
        yield f"BENCH-{w}-{size}", [
            Part(f"SEAT-{w}-{size}", D(1)), Part(f"LEG-{w}-44", D(4)), Part(f"RAIL-{w}-{size}", D(2)),
            Part("BOLT-M8-60", D(8)), Part(f"CARTON-BENCH-{size}", D(1)),
        ]  # fmt: skip
        yield f"SEAT-{w}-{size}", [Part(f"{w}-PLANK-40", D(size) * D("0.022")), Part("LACQUER-MATT", D("0.12"))]
    yield f"SEAT-{w}-R", [Part(f"{w}-PLANK-40", D("0.5"), D("0.05")), Part("OIL-NATURAL", D("0.03"))]
    for height in STOOL_HEIGHTS:
        yield f"STOOL-{w}-{height}", [
            Part(f"SEAT-{w}-R", D(1)), Part(f"LEG-{w}-{62 if height > 45 else 44}", D(4)), Part("DOWEL-10", D(8)),
            Part("CARTON-STOOL", D(1)),
        ]  # fmt: skip
