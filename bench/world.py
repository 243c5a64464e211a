"""A company with many items, stocked at several sites, made by services where they are fast enough."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from core import clock
from inventory.choices import LocationKind, PostingKind
from inventory.models import Item, Location, UnitOfMeasure
from inventory.selectors.places import virtual_location
from inventory.services.adjustments import AdjustmentLine, adjust
from sites.models import Company, Site
from sites.services import companies
from sites.services import sites as site_services

STOCK = Decimal(1_000_000)


@dataclass(frozen=True)
class World:
    """Ids of what the benchmarks post on; every item has stock at every site."""

    now: datetime
    company: Company
    sites: list[Site]
    item_ids: list[int]
    location_ids: dict[int, int]
    count_location_ids: dict[int, int]
    customer_location_ids: dict[int, int]

    def site_of(self, number: int) -> Site:
        """The site that process or document `number` works at."""
        return self.sites[number % len(self.sites)]


def make_world(code: str, *, items: int, sites: int, stock: Decimal = STOCK) -> World:
    """A company with `items` items at cost 2, and `stock` of each (a million) at each of `sites` sites."""
    now = clock.now()
    company = companies.create(code=code, name=code, is_own=True, actor=None)
    places = [
        site_services.create(
            code=f"{code}-{number}", name=f"Site {number}", company=company, is_making=True, actor=None
        )
        for number in range(sites)
    ]
    unit = UnitOfMeasure.objects.get(code="pcs")
    rows = Item.objects.bulk_create(
        [Item(sku=f"{code}-{number:06}", name=f"Item {number}", unit=unit) for number in range(items)], batch_size=5000
    )
    ids = [row.pk for row in rows]
    for site in places:
        _stock(site, ids, stock, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(
        now,
        company,
        places,
        ids,
        dict(Location.objects.filter(site__in=places, is_default_receipt=True).values_list("site_id", "id")),
        {site.pk: virtual_location(site.pk, LocationKind.COUNT) for site in places},
        {site.pk: virtual_location(site.pk, LocationKind.CUSTOMER) for site in places},
    )


def _stock(site: Site, item_ids: list[int], quantity: Decimal, now: datetime) -> None:
    for start in range(0, len(item_ids), 1000):
        adjust(
            site_id=site.pk,
            reason="Opening stock",
            kind=PostingKind.OPENING,
            lines=[AdjustmentLine(item_id, quantity, Decimal(2)) for item_id in item_ids[start : start + 1000]],
            now=now,
            actor=None,
        )
