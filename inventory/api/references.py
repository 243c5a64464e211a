"""References to items, units, places and lots in a body: what the reader sees and is not archived."""

from typing import Any

from django.db.models import QuerySet

from core.api.fields import ReferenceField
from inventory.choices import PHYSICAL_KINDS
from inventory.models import Item, ItemCategory, Location, Lot, UnitOfMeasure
from inventory.selectors import items as item_selectors
from inventory.selectors import masters
from sites.access import access_of


def items(user: Any) -> QuerySet[Item]:
    """Items that may be named, with their units."""
    return item_selectors.items(access_of(user)).filter(archived_at=None).select_related("unit")


def units(user: Any) -> QuerySet[UnitOfMeasure]:
    """Units that may be named: all see them."""
    return UnitOfMeasure.objects.filter(archived_at=None)


def categories(user: Any) -> QuerySet[ItemCategory]:
    """Categories that may be named: all see them."""
    return ItemCategory.objects.filter(archived_at=None)


def locations(user: Any) -> QuerySet[Location]:
    """Places that may be named; those of transfers and of the world outside are nobody's to name."""
    return masters.locations(access_of(user)).filter(archived_at=None, transfer_id=None, kind__in=PHYSICAL_KINDS)


def lots(user: Any) -> QuerySet[Lot]:
    """Lots that may be named."""
    return masters.lots(access_of(user))


def item_field(**options: Any) -> ReferenceField:
    """An item by id or SKU."""
    return ReferenceField(items, key="sku", **options)


def unit_field(**options: Any) -> ReferenceField:
    """A unit by id or code."""
    return ReferenceField(units, **options)


def category_field(**options: Any) -> ReferenceField:
    """A category by id or name."""
    return ReferenceField(categories, key="name", **options)


def location_field(*, site: str = "site", **options: Any) -> ReferenceField:
    """A place by id, or by its code within the site that the field `site` names."""
    return ReferenceField(locations, within={"site_id": site}, **options)


def lot_field(*, item: str = "item", **options: Any) -> ReferenceField:
    """A lot by id, or by its number within the item that the field `item` names."""
    return ReferenceField(lots, key="number", within={"item_id": item}, **options)
