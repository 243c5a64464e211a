"""Changing the size of one order line in memory; the caller holds the order's lock and writes it."""

from collections.abc import Collection, Mapping
from typing import Any

from core.errors import InvalidInput
from core.quantities import check_quantity
from inventory.models import OrderLine
from inventory.rules.order_lines import stocking_quantity
from inventory.rules.order_steps import check_untouched
from inventory.selectors.ordering import Asked, measured


def check(
    line: OrderLine,
    names: Collection[str],
    *,
    dates_and_texts: Collection[str],
    substance: Collection[str],
    verb: str,
    field: str,
) -> None:
    """Refuse a change of fields that can't be changed, or of a line's substance once something was posted on it.

    :raises InvalidInput: naming the fields.
    :raises LineTouched: with what was posted (`verb`: shipped) or closed.
    """
    if unknown := set(names).difference(dates_and_texts, substance):
        raise InvalidInput(errors={f"{field}.{name}": "This can't be changed." for name in sorted(unknown)})
    if not set(names).isdisjoint(substance):
        check_untouched(line, verb=verb, field=field)


def set_quantity(line: OrderLine, quantity: object, *, unit: str, decimals: int) -> None:
    """Order another quantity in the line's unit, whose name and decimals these are; its factor stays frozen.

    :raises InvalidInput: on the field `quantity`.
    """
    stocked_in = line.item.unit
    line.ordered_quantity = check_quantity(quantity, decimals=decimals, unit=unit)
    line.quantity = stocking_quantity(
        line.ordered_quantity,
        line.unit_factor,
        unit=unit,
        stocked_in=stocked_in.code,
        decimals=stocked_in.decimals,
    )


def set_unit(line: OrderLine, values: Mapping[str, Any], *, actor: Any) -> None:
    """Order in another unit, whose factor is frozen now; the price must come along.

    :raises InvalidInput: naming the field.
    """
    if values.get("unit_price") is None:
        raise InvalidInput(errors={"unit_price": "Give the price per the new unit as well."})
    quantity = values.get("quantity", line.ordered_quantity)
    try:
        (size,) = measured([Asked(line.company_id, line.item_id, quantity, "line", values["unit_id"])], actor=actor)
    except InvalidInput as error:
        raise InvalidInput(errors={name.removeprefix("line."): text for name, text in error.errors.items()}) from None
    line.unit_id, line.unit_factor = size.unit_id, size.unit_factor
    line.ordered_quantity, line.quantity = size.ordered_quantity, size.quantity
