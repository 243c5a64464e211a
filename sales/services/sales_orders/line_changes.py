"""Changing one line of a sales order in memory; the caller holds the order's lock and writes it."""

from collections.abc import Mapping
from typing import Any

from core.errors import InvalidInput
from inventory.rules.order_lines import check_price
from inventory.services.orders.line_changes import check, set_quantity, set_unit
from sales.models import SalesOrderLine
from sales.services.sales_orders.lines import check_discount

# Columns that a change may write.
WRITTEN = (
    "ordered_quantity",
    "unit",
    "unit_factor",
    "quantity",
    "unit_price",
    "discount",
    "site",
    "need_by_on",
    "promised_on",
    "description",
)
# What may be changed of a line that something was posted or closed on.
_SOFT = frozenset({"need_by_on", "promised_on", "description"})
_HARD = frozenset({"quantity", "unit_id", "unit_price", "discount", "site_id"})


def apply(line: SalesOrderLine, values: Mapping[str, Any], *, field: str, actor: Any) -> None:
    """Set the values named on a line that was read with its unit, item and the item's unit.

    The factor of its unit stays frozen unless the unit itself is changed, and then the price must come along.

    :raises LineTouched: when something was posted or closed on the line and more than a date or text would change.
    :raises InvalidInput: naming the field.
    """
    check(line, values.keys(), dates_and_texts=_SOFT, substance=_HARD, verb="shipped", field=field)
    try:
        _apply(line, values, actor)
    except InvalidInput as error:
        raise InvalidInput(errors={f"{field}.{name}": text for name, text in error.errors.items()}) from None


def _apply(line: SalesOrderLine, values: Mapping[str, Any], actor: Any) -> None:
    for name in _SOFT & values.keys():
        setattr(line, name, values[name])
    if values.get("site_id") is not None:
        line.site_id = values["site_id"]
    if values.get("unit_id", line.unit_id) != line.unit_id:
        set_unit(line, values, actor=actor)
    elif "quantity" in values:
        set_quantity(line, values["quantity"], unit=line.unit.code, decimals=line.unit.decimals)
    if "unit_price" in values:
        line.unit_price = check_price(values["unit_price"], field="unit_price")
    if "discount" in values:
        line.discount = check_discount(values["discount"])
