"""What a shipment takes, checked against the order's lines; nothing is written here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.errors import InvalidInput
from core.quantities import check_quantity
from inventory.rules.order_steps import open_quantity
from sales.drafts import Planned, ShipDraft, ShipLine
from sales.errors import NothingOpen, OverShipment
from sales.models import SalesOrder
from sales.services.sales_orders.shipping_sql import OpenLine


def plan(order: SalesOrder, lines: Mapping[int, OpenLine], draft: ShipDraft) -> tuple[int, list[Planned]]:
    """The site that ships and the parts of the shipment, in the caller's order.

    Without lines, all that is open at the site named, or at the one site where something is open.

    :raises InvalidInput: naming the field, for a line that is not the order's or lines of several sites.
    :raises OverShipment: with what is open.
    :raises NothingOpen: when nothing is.
    """
    if draft.lines is None:
        return _all_open(order, lines, draft.site_id)
    if not draft.lines:
        raise InvalidInput(errors={"lines": "Name at least one line, or leave the lines out to ship all."})
    parts = _named(lines, draft.lines)
    return _site_of(lines, parts, draft.site_id), parts


def _all_open(order: SalesOrder, lines: Mapping[int, OpenLine], site_id: int | None) -> tuple[int, list[Planned]]:
    still_open = [line for line in lines.values() if open_quantity(line) > 0]
    if site_id is not None:
        still_open = [line for line in still_open if line.site_id == site_id]
    if not still_open:
        raise NothingOpen(number=order.number)
    sites = {line.site_id: line.site_code for line in still_open}
    if len(sites) > 1:
        names = ", ".join(sorted(sites.values()))
        raise InvalidInput(errors={"site": f"Lines are open at {names}; a shipment leaves one site, so name it."})
    parts = [
        Planned(line.pk, line.item_id, open_quantity(line), None, None, f"lines.{place}.quantity")
        for place, line in enumerate(still_open)
    ]
    return still_open[0].site_id, parts


def _named(lines: Mapping[int, OpenLine], wanted: Sequence[ShipLine]) -> list[Planned]:
    left = {line_id: open_quantity(line) for line_id, line in lines.items()}
    parts: list[Planned] = []
    errors: dict[str, str] = {}
    for place, want in enumerate(wanted):
        field = f"lines.{place}"
        line = lines.get(want.line_id)
        if line is None:
            errors[f"{field}.line"] = f"The order has no line {want.line_id}."
            continue
        try:
            quantity = _quantity(line, want, left[line.pk], f"{field}.quantity")
        except InvalidInput as error:
            errors |= error.errors
            continue
        left[line.pk] -= quantity
        parts.append(Planned(line.pk, line.item_id, quantity, want.lot_id, want.location_id, f"{field}.quantity"))
    if errors:
        raise InvalidInput(errors=errors)
    return parts


def _quantity(line: OpenLine, want: ShipLine, left: Decimal, field: str) -> Decimal:
    quantity = left
    if want.quantity is not None:
        quantity = check_quantity(want.quantity, decimals=line.decimals, unit=line.unit, field=field)
    if quantity > left or left == 0:
        raise OverShipment(
            item=line.sku,
            line_no=line.line_no,
            requested=quantity,
            open_quantity=left,
            quantity=line.quantity,
            field=field,
        )
    return quantity


def _site_of(lines: Mapping[int, OpenLine], parts: Sequence[Planned], site_id: int | None) -> int:
    wanted = site_id or lines[parts[0].line_id].site_id
    for place, part in enumerate(parts):
        line = lines[part.line_id]
        if line.site_id != wanted:
            text = f"Line {line.line_no} leaves from {line.site_code}; a shipment leaves one site."
            raise InvalidInput(errors={f"lines.{place}.line": text})
    return wanted
