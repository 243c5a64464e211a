"""What was sold and corrected before the demo's day. Plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from integrations.demo import story
from integrations.demo.catalog import items
from integrations.demo.days import Days
from integrations.demo.keeping import Spot, Way, popularity, spots
from integrations.demo.parties import customers_of
from integrations.demo.recipes import recipes

D = Decimal

_PER_DAY = (2, 3, 3, 4)
_SITE_SHARES = {"TLL": 0.34, "HAM": 0.26, "OPO": 0.2, "CHI": 0.2}
# Of a hundred orders so many leave after the day they were needed.
_LATE_PERCENT = 6
# Of the orders from Hamburg this part comes with care kits, which are consigned there.
_CARE_KIT_SHARE = 0.2
# The last orders of the past carry the product's own numbers, those before the numbers of what was used before it.
OWN_NUMBERS = 41
FIRST_OLD_NUMBER = 4101


@dataclass(frozen=True, slots=True)
class PastSale:
    """A sales order that was shipped on a day (a place in `Days.past`), was ordered and needed so many days before."""

    day: int
    customer: str
    site: str
    lines: dict[str, Decimal]
    ordered_days_before: int
    needed_days_after: int
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """Found (or, below 0, missed) on a day."""

    day: int
    sku: str
    site: str
    quantity: Decimal
    reason: str
    is_count: bool = False


def past_sales(days: Days, random: Random) -> list[PastSale]:
    """All that was shipped, in the order in which it was ordered."""
    sold = [*_any(days, random), *_given(len(days.past))]
    return sorted(sold, key=lambda sale: (days.past[sale.day].toordinal() - sale.ordered_days_before, sale.day))


def corrections(days: Days, random: Random) -> list[Correction]:
    """Counts every second week, what broke between them, and what the workshop used of things in no recipe."""
    last = len(days.past)
    used = {part.sku for parts in recipes().values() for part in parts}
    small = [spot for spot in spots() if spot.site == "TLL" and _is_small(spot.sku) and spot.sku not in used]
    kept = [
        spot
        for spot, source in spots().items()
        if items()[spot.sku].tracking == "none" and spot not in story.SOLD and source.way != Way.CONSIGN
    ]
    found = [Correction(last - 4, story.TABLE, "CHI", D(-1), "Count difference", is_count=True)]
    for day in range(8, last - 6, 10):
        for spot in random.sample(kept, 3):
            difference = random.choice((-3, -2, -1, -1))
            found.append(Correction(day, spot.sku, spot.site, D(difference), "Count difference", is_count=True))
        for spot in random.sample(small, 6):
            found.append(Correction(day + 1, spot.sku, spot.site, D(-2), "Used in the workshop"))
        broken = random.choice([spot for spot in kept if items()[spot.sku].is_sold])
        found.append(Correction(day + 3, broken.sku, broken.site, D(-1), "Damaged in handling"))
    return found


def _is_small(sku: str) -> bool:
    return items()[sku].category in {"Hardware", "Packaging", "Coatings and glue"}


def _any(days: Days, random: Random) -> Iterator[PastSale]:
    last = len(days.past)
    shown = Spot(story.TABLE, "CHI")
    sold = {
        site: [spot for spot in spots() if spot.site == site and items()[spot.sku].is_sold] for site in _SITE_SHARES
    }
    for day in range(4, last):
        for _ in range(random.choice(_PER_DAY)):
            (site,) = random.choices(list(_SITE_SHARES), list(_SITE_SHARES.values()))
            wanted = [spot for spot in sold[site] if spot != shown or day < last - 4]
            chosen = random.choices(wanted, [popularity(spot.sku) for spot in wanted], k=random.choice((1, 1, 2, 3)))
            if site == "HAM" and random.random() < _CARE_KIT_SHARE:
                chosen.append(Spot("CARE-KIT", site))
            yield PastSale(
                day=day,
                customer=random.choice(customers_of(site)),
                site=site,
                lines={spot.sku: D(_quantity(spot.sku, random)) for spot in chosen},
                ordered_days_before=random.randint(4, 16),
                needed_days_after=random.choice((-3, -2, -1)) if random.randrange(100) < _LATE_PERCENT else 0,
            )


def _given(last: int) -> Iterator[PastSale]:
    """The two shipments that the story shows; found again by `is_given`."""
    yield PastSale(last - 3, "NORTHSIDE", "CHI", {story.TABLE: D(6)}, 9, 1, is_given=True)
    yield PastSale(last - 1, "MARLOW", "CHI", {story.TABLE: D(4)}, 8, 1, is_given=True)


def _quantity(sku: str, random: Random) -> int:
    kind = items()[sku].category
    most = {"Chairs": 16, "Stools": 12, "Shelves": 10, "Accessories": 20}.get(kind, 6)
    return random.randint(1, most)


def order_numbers(sold: list[PastSale]) -> list[tuple[PastSale, str]]:
    """The orders with their old numbers, then, without one, those that get the product's own: the 33rd and the 38th
    of these are the two that the story shows.
    """
    given = [sale for sale in sold if sale.is_given]
    others = [sale for sale in sold if not sale.is_given]
    old, new = others[: len(sold) - OWN_NUMBERS], others[len(sold) - OWN_NUMBERS :]
    for place, sale in zip((32, 37), given, strict=True):
        new.insert(place, sale)
    return [(sale, f"P-{FIRST_OLD_NUMBER + place}") for place, sale in enumerate(old)] + [(sale, "") for sale in new]
