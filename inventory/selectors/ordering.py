"""What an order line needs to know of its item, for any number of lines in three queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from core.errors import InvalidInput
from core.quantities import check_quantity
from inventory.models import Item, ItemCompany, ItemUnit
from inventory.rules.order_lines import stocking_quantity


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
    """A line's quantity as ordered and in the stocking unit, with the factor to freeze, and facts of its item."""

    item_id: int
    sku: str
    tracking: str
    unit_id: int
    unit_factor: Decimal
    ordered_quantity: Decimal
    quantity: Decimal
    list_price: Decimal | None
    standard_cost: Decimal | None


class _Unit(NamedTuple):
    id: int
    code: str
    decimals: int
    factor: Decimal


def measured(asked: Sequence[Asked]) -> list[Measured]:
    """Look up the items and units, check the quantities, convert them.

    :raises InvalidInput: with all that is wrong: an item that is missing, archived or not of the company, a unit
        that the item does not have, a quantity that its unit can't hold.
    """
    items = _items(asked)
    sights = _sights(asked)
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


def _items(asked: Iterable[Asked]) -> dict[int, Item]:
    any_sight = ItemCompany.objects.filter(item_id=OuterRef("pk"))
    items = Item.objects.filter(pk__in={ask.item_id for ask in asked}).select_related("unit")
    return {item.pk: item for item in items.annotate(is_restricted=Exists(any_sight))}


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
    if item is None or (item.is_restricted and sight is None):  # type: ignore[attr-defined]
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
        list_price=sight and sight.list_price,
        standard_cost=sight and sight.standard_cost,
    )


def _unit_of(ask: Asked, item: Item, units: dict[tuple[int, int], _Unit]) -> _Unit:
    stocking = _Unit(item.unit_id, item.unit.code, item.unit.decimals, Decimal(1))
    if ask.factor is not None:
        return stocking._replace(code=ask.unit_label or stocking.code, decimals=6, factor=ask.factor)
    if ask.unit_id is None or ask.unit_id == item.unit_id:
        return stocking
    if unit := units.get((item.pk, ask.unit_id)):
        return unit
    raise InvalidInput(errors={"unit": f"{item.sku} has no such unit; it is stocked in {stocking.code}."})
