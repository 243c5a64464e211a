"""The stock grid: a page of items with their live figures at each site."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from inventory.models import Item, StockLevel
from inventory.selectors import items as item_selectors
from inventory.selectors.levels import SetFigures, figures_for_sites
from sites.access import Access

ZERO = Decimal(0)
# Each tab counts on each view: two thousand cost a few milliseconds, and nobody reads the tab as a figure.
MOST_COUNTED = 2_000


class Figures(NamedTuple):
    """The figures of an item at a site, in the stocking unit."""

    on_hand: Decimal = ZERO
    committed: Decimal = ZERO
    expected: Decimal = ZERO
    safety_stock: Decimal = ZERO
    missing: Decimal = ZERO
    excess: Decimal = ZERO
    in_transit: Decimal = ZERO
    blocked: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.committed

    @property
    def projected(self) -> Decimal:
        return self.on_hand - self.committed + self.expected

    @property
    def bar(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """What a stock bar draws."""
        return self.on_hand, self.committed, self.expected, self.safety_stock


@dataclass(frozen=True)
class GridRow:
    """An item, its figures by site, and over all of them."""

    item: Item
    sites: dict[int, Figures]
    total: SetFigures

    @property
    def total_bar(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """What the bar over all sites draws: what moves between them is to come."""
        total = self.total
        return total.on_hand, total.committed, total.expected + total.in_transit_inside, total.safety_stock


@dataclass(frozen=True)
class Choice:
    """Which items the grid shows: text to search, a category, and `state`: missing, excess, blocked or all ("")."""

    search: str = ""
    category_id: int | None = None
    state: str = ""


_STATES = {
    "missing": Q(missing__gt=0),
    "excess": Q(excess__gt=0),
    "blocked": Q(blocked__gt=0),
}

# Different using companies at one site are added: they are the same item in the same unit.
_LEVELS = """
SELECT item_id, site_id, sum(on_hand), sum(committed), sum(expected), sum(safety_stock), sum(missing), sum(excess),
       sum(in_transit), sum(blocked)
FROM inventory_stocklevel
WHERE item_id = ANY(%(items)s) AND site_id = ANY(%(at)s) AND {scope}
GROUP BY item_id, site_id
"""


def stocked_items(access: Access, site_ids: Sequence[int], choice: Choice) -> QuerySet[Item]:
    """Items with a level at these sites that the reader may see, in the order of their SKU."""
    seen = access.q(companies=["used_by"], sites=["site"]) & _STATES.get(choice.state, Q())
    levels = StockLevel.objects.filter(seen, item=OuterRef("pk"), site__in=list(site_ids))
    rows = Item.objects.filter(Exists(levels)).select_related("unit")
    if choice.category_id is not None:
        rows = rows.filter(category_id=choice.category_id)
    if choice.search:
        rows = item_selectors.matching(rows, choice.search, access)
    return rows.annotate(key=Lower("sku")).order_by("key", "id")


def grid_rows(access: Access, site_ids: Sequence[int], items: Collection[Item]) -> list[GridRow]:
    """The figures of some items, in two queries."""
    ids = [item.pk for item in items]
    cells: dict[int, dict[int, Figures]] = {}
    scope, params = access.sql(companies=["used_by_id"], sites=["site_id"])
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS.format(scope=scope), {**params, "items": ids, "at": list(site_ids)})
        for item_id, site_id, *figures in cursor.fetchall():
            cells.setdefault(item_id, {})[site_id] = Figures(*figures)
    totals = figures_for_sites(ids, site_ids, access=access)
    return [GridRow(item, cells.get(item.pk, {}), totals[item.pk]) for item in items if item.pk in totals]


def count_items(rows: QuerySet[Item]) -> int:
    """How many there are, counted up to `MOST_COUNTED` and one more."""
    return rows.order_by()[: MOST_COUNTED + 1].count()
