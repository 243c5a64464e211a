"""Which item is kept where, where it comes from, and how much of it is safe. Plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from random import Random
from typing import NamedTuple

from integrations.demo.catalog import WOODS, Item, items
from integrations.demo.recipes import cost_of, level_of, recipes

D = Decimal
SITES = ("TLL", "OPO", "CHI", "RIX", "HAM")
MAIN_WOODS = ("OAK", "ASH")


class Spot(NamedTuple):
    """An item at a site."""

    sku: str
    site: str


class Way(StrEnum):
    """How stock comes to a spot."""

    MAKE = "make"
    BUY = "buy"
    MOVE = "move"
    CONSIGN = "consign"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a spot's stock comes from: made there, bought of `supplier`, or moved from `origin`."""

    way: Way
    origin: str = ""
    supplier: str = ""


# Who sells where: the others are the item's own suppliers.
_LOCAL_SUPPLIERS = {
    ("OPO", "Planks"): "SERRA-DOURO", ("OPO", "Packaging"): "SERRA-DOURO", ("CHI", "Hardware"): "GREAT-LAKES",
    ("CHI", "Packaging"): "GREAT-LAKES",
}  # fmt: skip


@cache
def spots() -> dict[Spot, Source]:
    """Every item at every site that keeps it, in the order of catalog and sites."""
    known = {site: set(_kept_at(site)) for site in SITES}
    return {
        Spot(sku, site): _source(item, site) for sku, item in items().items() for site in SITES if sku in known[site]
    }


@cache
def in_order() -> tuple[Spot, ...]:
    """The spots so that whoever takes from another comes before it: by level, then from the destination back."""

    def depth(spot: Spot) -> int:
        source = spots()[spot]
        return 0 if source.way != Way.MOVE else 1 + depth(Spot(spot.sku, source.origin))

    return tuple(sorted(spots(), key=lambda spot: (level_of(spot.sku), -depth(spot), spot)))


def _kept_at(site: str) -> Iterator[str]:
    if site == "TLL":
        yield from (sku for sku in items() if sku not in {"CARE-KIT", "THINNER"})
    elif site == "OPO":
        made = [
            sku
            for sku, item in items().items()
            if item.wood in MAIN_WOODS and item.category in {"Chairs", "Benches", "Shelves", "Stools"}
        ]
        yield from made
        yield from _below(made)
        yield from ("TABLE-OAK-160", "TABLE-OAK-200", "TABLE-ASH-120", "DESK-ASH-140", "DESK-OAK-140")
        yield from ("LEG-OAK-72", "CARTON-160")
    elif site == "CHI":
        made = [f"TABLE-OAK-{size}" for size in (120, 140, 160, 180, 200)] + ["TABLE-ASH-140", "TABLE-ASH-160"]
        yield from made
        yield from (part.sku for sku in made for part in recipes()[sku])
        yield from ("CHAIR-ASH-2", "CHAIR-OAK-1", "CHAIR-OAK-2", "BENCH-OAK-140", "BENCH-OAK-160", "SHELF-OAK-80")
        yield from ("SHELF-OAK-100", "DESK-ASH-140", "DESK-OAK-160", "STOOL-OAK-75")
    elif site == "RIX":
        for sku, item in items().items():
            if item.category in {"Tops", "Blanks"} or (item.category == "Seats" and sku.endswith(("-2", "-2-RAW"))):
                yield sku
        yield from ("LACQUER-MATT", "LACQUER-GLOSS", "HARDENER")
    else:
        for wood in MAIN_WOODS:
            yield from (f"TABLE-{wood}-{size}" for size in (120, 140, 160, 180, 200))
            yield from (f"CHAIR-{wood}-{number}" for number in (1, 2))
            yield from (f"STOOL-{wood}-{height}" for height in (65, 75))
            yield from (f"SHELF-{wood}-{size}" for size in (80, 100))
        yield from (sku for sku in items() if sku.startswith("CUSHION-"))
        yield from ("CARE-KIT", "CARTON-160")


def _below(skus: list[str]) -> Iterator[str]:
    for sku in skus:
        parts = [part.sku for part in recipes().get(sku, ())]
        yield from parts
        yield from _below(parts)


def _source(item: Item, site: str) -> Source:
    if item.sku == "CARE-KIT":
        return Source(Way.CONSIGN)
    if not item.is_made:
        if site == "HAM" and item.is_sold:
            return Source(Way.MOVE, origin="TLL")
        return Source(Way.BUY, supplier=_LOCAL_SUPPLIERS.get((site, item.category), item.supplier))
    is_coated = item.category == "Tops" or (item.category == "Seats" and item.sku.endswith("-2"))
    if is_coated and site in {"TLL", "CHI"}:
        return Source(Way.MOVE, origin="RIX")
    if site == "RIX" and not is_coated:
        return Source(Way.MOVE, origin="TLL")
    if site == "HAM":
        return Source(Way.MOVE, origin="OPO" if item.sku.startswith("CHAIR-OAK") else "TLL")
    if site == "OPO" and item.category in {"Tables", "Desks"}:
        return Source(Way.MOVE, origin="TLL")
    if site == "CHI" and item.category != "Tables":
        return Source(Way.MOVE, origin="TLL")
    return Source(Way.MAKE)


# What of a category is worth in stock at a site, on average an item, in EUR.
_WORTH = {"TLL": 1450, "OPO": 2800, "CHI": 7600, "RIX": 2600, "HAM": 8200}


def usual_stock(spot: Spot, random: Random) -> Decimal:
    """What lies there beyond what is open, a round number; nothing of what a contract manufacturer only passes on."""
    item = items()[spot.sku]
    if spot.site == "RIX" and item.wood and (item.wood not in MAIN_WOODS or level_of(spot.sku) > 1):
        return D(0)
    if spot.sku == "CARE-KIT":
        return D(120)
    quantity = D(_WORTH[spot.site]) * D(round(random.uniform(0.5, 1.6), 3)) / cost_of(spot.sku)
    return rounded(min(quantity, D(5000)))


def usual_safety(spot: Spot, stock: Decimal) -> Decimal:
    """About a third of what usually lies there."""
    return rounded(stock / 3) if stock > 2 else D(0)


def rounded(quantity: Decimal) -> Decimal:
    """Two digits are enough for people: 1,234 becomes 1,200."""
    if quantity < 20:
        return quantity.quantize(D(1))
    step = D(10) ** (len(str(int(quantity))) - 2)
    return (quantity / step).quantize(D(1)) * step


def popularity(sku: str) -> float:
    """How often it is sold, by wood and kind, beside the others of its site."""
    item = items()[sku]
    wood = next((wood.popularity for wood in WOODS if wood.code == item.wood), 0.3)
    kind = {"Tables": 1.0, "Chairs": 1.6, "Benches": 0.5, "Stools": 0.6, "Shelves": 0.6, "Desks": 0.5}
    return wood * kind.get(item.category, 0.6)
