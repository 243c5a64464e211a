"""Items that are missing somewhere, who waits for them, and where the same item lies in excess."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from analytics.selectors.scope import View
from analytics.selectors.value import Value
from inventory.choices import Availability
from inventory.models import Allocation, Demand, ItemCompany, StockLevel
from sites.models import Company, Site


@dataclass(frozen=True)
class Excess:
    """What another site has beyond its need."""

    site: Site
    quantity: Decimal


@dataclass(frozen=True)
class Short:
    """An order that stays short by `quantity`."""

    number: str
    quantity: Decimal


@dataclass(frozen=True)
class Shortage:
    """An item that is missing at a site; `cost` is what is missing at its price, else at its cost,
    for people of its company."""

    level: StockLevel
    cost: Value | None
    shorts: list[Short] = field(default_factory=list)
    excess: Excess | None = None
    is_made: bool = False
    is_bought: bool = False

    @property
    def order_by_on(self) -> date | None:
        return self.level.order_by_on


def shortages(view: View, *, most: int) -> list[Shortage]:
    """The dearest shortages at the view's sites, in five queries."""
    levels = list(_missing(view)[:most])
    item_ids = [level.item_id for level in levels]
    waiting, excess = _waiting(view, levels), _excess(view, item_ids)
    sources = {(row.item_id, row.company_id): row for row in ItemCompany.objects.filter(item_id__in=item_ids)}
    currencies = dict(Company.objects.values_list("id", "currency"))
    return [
        Shortage(
            level,
            _cost(level, currencies) if level.used_by_id in view.access.valued_company_ids else None,
            waiting.get((level.item_id, level.site_id, level.used_by_id), []),
            _best(excess.get((level.item_id, level.used_by_id), []), level),
            _flag(sources.get((level.item_id, level.used_by_id)), "is_made"),
            _flag(sources.get((level.item_id, level.used_by_id)), "is_bought"),
        )
        for level in levels
    ]


def _missing(view: View):  # a query with annotations
    own = ItemCompany.objects.filter(item=OuterRef("item"), company=OuterRef("used_by"))
    price = Coalesce(Subquery(own.values("list_price")[:1]), Subquery(own.values("standard_cost")[:1]), Decimal(0))
    return (
        StockLevel.objects.filter(view.levels(), missing__gt=0)
        .annotate(cost=F("missing") * price)
        .select_related("item__unit", "site")
        .order_by("-cost", F("stock_out_on").asc(nulls_last=True), "id")
    )


def _waiting(view: View, levels: list[StockLevel]) -> dict[tuple[int, int, int], list[Short]]:
    """Demands that stay short at these levels, in the order they are needed."""
    rows = (
        Allocation.objects.filter(
            view.levels(), item__in=[level.item_id for level in levels], availability=Availability.NOT_AVAILABLE
        )
        .annotate(
            number=Subquery(Demand.objects.filter(pk=OuterRef("demand_id")).values("document_number")[:1]),
            due_on=Subquery(Demand.objects.filter(pk=OuterRef("demand_id")).values("due_on")[:1]),
        )
        .order_by("due_on", "demand_id")
    )
    found = defaultdict(list)
    for row in rows:
        short = Short(row.number, row.quantity - row.served_quantity)
        found[row.item_id, row.site_id, row.used_by_id].append(short)
    return found


def _excess(view: View, item_ids: list[int]) -> dict[tuple[int, int], list[Excess]]:
    rows = (
        StockLevel.objects.filter(view.access.q(companies=["used_by"]), item__in=item_ids, excess__gt=0)
        .values("item_id", "used_by_id", "site_id")
        .annotate(total=Sum("excess"))
        .order_by("-total", "site_id")
    )
    sites = Site.objects.in_bulk([row["site_id"] for row in rows])
    found = defaultdict(list)
    for row in rows:
        found[row["item_id"], row["used_by_id"]].append(Excess(sites[row["site_id"]], row["total"]))
    return found


def _best(places: list[Excess], level: StockLevel) -> Excess | None:
    """The other site with the most."""
    return next((place for place in places if place.site.pk != level.site_id), None)


def _cost(level: StockLevel, currencies: dict[int, str]) -> Value | None:
    amount = level.cost  # type: ignore[attr-defined]
    return Value(currencies[level.used_by_id], amount) if amount else None


def _flag(row: ItemCompany | None, name: str) -> bool:
    return bool(row and getattr(row, name))
