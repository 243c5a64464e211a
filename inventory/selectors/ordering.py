"""What an order line needs to know of its item, for any number of lines in three queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from core.errors import InvalidInput
from core.quantities import check_quantity
from inventory.choices import ON_HAND_KINDS, LocationKind
from inventory.models import Item, ItemCompany, ItemUnit, Location, Lot, UnitOfMeasure
from inventory.rules.order_lines import stocking_quantity
from inventory.selectors.items import items as visible_items
from sites.access import access_of
from sites.models import Site

# Where people put goods and take them from; work in progress and transit have documents of their own.
_HANDLED_KINDS = (*ON_HAND_KINDS, LocationKind.QUARANTINE)


class Asked(NamedTuple):
    """A quantity of an item for a company; `field` is the line's path (`lines.0`).

    `unit_id` is the unit of the quantity (None: the stocking unit). `factor` overrules it, for a unit that only the
    other party knows: so many stocking units are one, and the quantity may have six decimals.
    """

    company_id: int
    item_id: int
    quantity: object
    field: str
    unit_id: int | None = None
    factor: Decimal | None = None
    unit_label: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A line's quantity as ordered and in the stocking unit, with the factor to freeze, and facts of its item.

    With `is_first_use` the company has no sight of the item yet: `inventory.services.items.give_sight` gives it.
    """

    item_id: int
    sku: str
    tracking: str
    unit_id: int
    unit_factor: Decimal
    ordered_quantity: Decimal
    quantity: Decimal
    list_price: Decimal | None
    standard_cost: Decimal | None
    is_first_use: bool


class _Unit(NamedTuple):
    id: int
    code: str
    decimals: int
    factor: Decimal


def measured(asked: Sequence[Asked], *, actor: Any) -> list[Measured]:
    """Look up the items and units, check the quantities, convert them.

    An item that the company does not see passes when the actor sees it: the company uses it for the first time.

    :raises InvalidInput: with all that is wrong: an item that is missing, archived or not the company's, a unit
        that the item does not have, a quantity that its unit can't hold.
    """
    sights = _sights(asked)
    items = _items(asked, sights, actor)
    units = _units(asked)
    lines: list[Measured] = []
    errors: dict[str, str] = {}
    for ask in asked:
        try:
            lines.append(_measure(ask, items.get(ask.item_id), sights.get((ask.item_id, ask.company_id)), units))
        except InvalidInput as error:
            errors |= {f"{ask.field}.{name}": text for name, text in error.errors.items()}
    if errors:
        raise InvalidInput(errors=errors)
    return lines


def _items(asked: Iterable[Asked], sights: Collection[tuple[int, int]], actor: Any) -> dict[int, Item]:
    """The items by id; without those that are somebody else's."""
    any_sight = ItemCompany.objects.filter(item_id=OuterRef("pk"))
    found = Item.objects.filter(pk__in={ask.item_id for ask in asked}).select_related("unit")
    items = {item.pk: item for item in found.annotate(is_restricted=Exists(any_sight))}
    unseen = {
        ask.item_id
        for ask in asked
        if ask.item_id in items and items[ask.item_id].is_restricted and (ask.item_id, ask.company_id) not in sights
    }
    if unseen and actor is not None:
        seen = visible_items(access_of(actor)).filter(pk__in=unseen)
        unseen -= set(seen.values_list("pk", flat=True))
    return {item_id: item for item_id, item in items.items() if item_id not in unseen}


def _sights(asked: Iterable[Asked]) -> dict[tuple[int, int], ItemCompany]:
    rows = ItemCompany.objects.filter(
        item_id__in={ask.item_id for ask in asked}, company_id__in={ask.company_id for ask in asked}
    )
    return {(row.item_id, row.company_id): row for row in rows}


def _units(asked: Iterable[Asked]) -> dict[tuple[int, int], _Unit]:
    wanted = {ask.unit_id for ask in asked if ask.unit_id is not None}
    if not wanted:
        return {}
    rows = ItemUnit.objects.filter(item_id__in={ask.item_id for ask in asked}, unit_id__in=wanted)
    return {
        (row.item_id, row.unit_id): _Unit(row.unit_id, row.unit.code, row.unit.decimals, row.factor)
        for row in rows.select_related("unit")
    }


def _measure(ask: Asked, item: Item | None, sight: ItemCompany | None, units: dict[tuple[int, int], _Unit]) -> Measured:
    if item is None:
        raise InvalidInput(errors={"item": "Not found."})
    if item.archived_at is not None:
        raise InvalidInput(errors={"item": f"{item.sku} is archived."})
    unit = _unit_of(ask, item, units)
    ordered = check_quantity(ask.quantity, decimals=unit.decimals, unit=unit.code)
    return Measured(
        item_id=item.pk,
        sku=item.sku,
        tracking=item.tracking,
        unit_id=unit.id,
        unit_factor=unit.factor,
        ordered_quantity=ordered,
        quantity=stocking_quantity(
            ordered, unit.factor, unit=unit.code, stocked_in=item.unit.code, decimals=item.unit.decimals
        ),
        list_price=sight.list_price if sight else None,
        standard_cost=sight.standard_cost if sight else None,
        is_first_use=sight is None and item.is_restricted,  # type: ignore[attr-defined]
    )


def _unit_of(ask: Asked, item: Item, units: dict[tuple[int, int], _Unit]) -> _Unit:
    stocking = _Unit(item.unit_id, item.unit.code, item.unit.decimals, Decimal(1))
    if ask.factor is not None:
        return stocking._replace(code=ask.unit_label or stocking.code, decimals=6, factor=ask.factor)
    if ask.unit_id is None or ask.unit_id == item.unit_id:
        return stocking
    if unit := units.get((item.pk, ask.unit_id)):
        return unit
    named = UnitOfMeasure.objects.filter(pk=ask.unit_id).values_list("code", flat=True).first()
    raise InvalidInput(
        errors={"unit": f"{item.sku} has no unit {named or ask.unit_id}; it is stocked in {stocking.code}."}
    )


def check_sites(site_ids: Mapping[str, int | None]) -> None:
    """One query at most.

    :raises InvalidInput: naming the fields whose site is missing or archived.
    """
    wanted = {site_id for site_id in site_ids.values() if site_id is not None}
    if not wanted:
        return
    known = set(Site.objects.filter(pk__in=wanted, archived_at=None).values_list("pk", flat=True))
    if errors := {field: "Not found." for field, site_id in site_ids.items() if site_id and site_id not in known}:
        raise InvalidInput(errors=errors)


class Place(NamedTuple):
    """A place and a lot that a line names; `field` is the path of the line's quantity."""

    field: str
    site_id: int
    location_id: int | None
    item_id: int
    lot_id: int | None


def check_places(places: Sequence[Place]) -> None:
    """A location that is named must be a physical one of the site; a lot one of the item's. Two queries at most.

    :raises InvalidInput: naming each `location` and `lot` that is not.
    """
    location_ids = {place.location_id for place in places if place.location_id is not None}
    lot_ids = {place.lot_id for place in places if place.lot_id is not None}
    locations = Location.objects.in_bulk(location_ids) if location_ids else {}
    lots = dict(Lot.objects.filter(pk__in=lot_ids).values_list("pk", "item_id")) if lot_ids else {}
    errors: dict[str, str] = {}
    for place in places:
        line = place.field.rpartition(".")[0]
        if place.location_id is not None:
            location = locations.get(place.location_id)
            if location is None or location.site_id != place.site_id:
                errors[f"{line}.location"] = "The site has no such location."
            elif location.archived_at is not None or location.kind not in _HANDLED_KINDS:
                errors[f"{line}.location"] = f"{location.code} is no place to put goods into or take them from."
        if place.lot_id is not None and lots.get(place.lot_id) != place.item_id:
            errors[f"{line}.lot"] = "The item has no such lot."
    if errors:
        raise InvalidInput(errors=errors)
