"""What a receipt brings, checked against the order's lines; nothing is written here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.errors import InvalidInput
from core.quantities import check_quantity, fits, to_decimal
from inventory.choices import Tracking
from inventory.rules.order_steps import open_quantity
from purchasing.choices import PurchaseLineKind
from purchasing.drafts import Planned, ReceiveDraft, ReceiveLine
from purchasing.errors import NothingOpen, OverReceipt
from purchasing.models import PurchaseOrder, PurchaseOrderLine

_ZERO = Decimal(0)


def plan(
    order: PurchaseOrder, lines: Mapping[int, PurchaseOrderLine], draft: ReceiveDraft
) -> tuple[int, list[Planned]]:
    """The site that receives and the parts of the receipt, in the caller's order.

    Without lines, all that is open at the site named, or at the one site where something is open. Lines come with
    their item, its unit and their site.

    :raises InvalidInput: naming the field: a line that is not the order's, lines of several sites, a tracked item
        without a lot.
    :raises OverReceipt: with what is open.
    :raises NothingOpen: when nothing is.
    """
    wanted = _all_open(order, lines, draft.site_id) if draft.lines is None else draft.lines
    if not wanted:
        raise InvalidInput(errors={"lines": "Name at least one line, or leave the lines out to receive all."})
    parts = _parts(lines, wanted)
    _check_lots(lines, parts)
    return _site_of(lines, parts, draft.site_id), parts


def _all_open(order: PurchaseOrder, lines: Mapping[int, PurchaseOrderLine], site_id: int | None) -> list[ReceiveLine]:
    still_open = [line for line in lines.values() if open_quantity(line) > 0 and not _is_service(line)]
    if site_id is not None:
        still_open = [line for line in still_open if line.site_id == site_id]
    if not still_open:
        raise NothingOpen(number=order.number)
    sites = {line.site_id: line.site.code for line in still_open}
    if len(sites) > 1:
        names = ", ".join(sorted(sites.values()))
        raise InvalidInput(errors={"site": f"Lines are open at {names}; a receipt is at one site, so name it."})
    return [ReceiveLine(line_id=line.pk) for line in still_open]


def _is_service(line: PurchaseOrderLine) -> bool:
    """Work on goods that are ours brings nothing in; it is accepted where its step is reported."""
    return line.kind == PurchaseLineKind.SERVICE


def _parts(lines: Mapping[int, PurchaseOrderLine], wanted: Sequence[ReceiveLine]) -> list[Planned]:
    left = {line_id: open_quantity(line) for line_id, line in lines.items()}
    parts: list[Planned] = []
    errors: dict[str, str] = {}
    for place, want in enumerate(wanted):
        field = f"lines.{place}"
        line = lines.get(want.line_id)
        if line is None:
            errors[f"{field}.line"] = f"The order has no line {want.line_id}."
            continue
        if _is_service(line):
            errors[f"{field}.line"] = "It is a service; report it on the step of the order that it is done for."
            continue
        try:
            part = _part(line, want, left[line.pk], field)
        except InvalidInput as error:
            errors |= error.errors
            continue
        left[line.pk] -= part.quantity
        parts.append(part)
    if errors:
        raise InvalidInput(errors=errors)
    return parts


def _part(line: PurchaseOrderLine, want: ReceiveLine, left: Decimal, field: str) -> Planned:
    rejected = _rejected(line, want, f"{field}.rejected_quantity")
    quantity = _quantity(line, want, left, rejected, f"{field}.quantity")
    if quantity > left or left == 0:
        raise OverReceipt(
            item=line.item.sku,
            line_no=line.line_no,
            requested=quantity,
            open_quantity=left,
            quantity=line.quantity,
            field=f"{field}.quantity",
        )
    return Planned(
        line_id=line.pk,
        item_id=line.item_id,
        quantity=quantity,
        rejected_quantity=rejected,
        lot_id=want.lot_id,
        lot_number=want.lot_number.strip(),
        began_on=want.began_on,
        expires_on=want.expires_on,
        location_id=want.location_id,
        field=field,
    )


def _quantity(line: PurchaseOrderLine, want: ReceiveLine, left: Decimal, rejected: Decimal, field: str) -> Decimal:
    """The accepted quantity; 0 only where all that came was rejected."""
    if want.quantity is None:
        return max(left - rejected, _ZERO)
    if rejected > 0 and to_decimal(want.quantity, field=field) == 0:
        return _ZERO
    unit = line.item.unit
    return check_quantity(want.quantity, decimals=unit.decimals, unit=unit.code, field=field)


def _rejected(line: PurchaseOrderLine, want: ReceiveLine, field: str) -> Decimal:
    rejected = to_decimal(want.rejected_quantity, field=field)
    unit = line.item.unit
    if rejected < 0 or not fits(rejected, unit.decimals):
        text = f"{rejected} is not allowed; it is 0 or more, in {unit.code} with {unit.decimals} decimals."
        raise InvalidInput(errors={field: text})
    return rejected


def _check_lots(lines: Mapping[int, PurchaseOrderLine], parts: Sequence[Planned]) -> None:
    errors: dict[str, str] = {}
    for part in parts:
        item = lines[part.line_id].item
        is_named = part.lot_id is not None or bool(part.lot_number)
        if part.quantity > 0 and item.tracking != Tracking.NONE and not is_named:
            errors[f"{part.field}.lot"] = f"{item.sku} is tracked by {item.tracking}; name the lot."
        if item.tracking == Tracking.NONE and is_named:
            errors[f"{part.field}.lot"] = f"{item.sku} is not tracked; it has no lots."
        if item.tracking == Tracking.SERIAL and part.quantity > 1:
            errors[f"{part.field}.quantity"] = f"{part.quantity} of one serial number; it is 1."
    if errors:
        raise InvalidInput(errors=errors)


def _site_of(lines: Mapping[int, PurchaseOrderLine], parts: Sequence[Planned], site_id: int | None) -> int:
    wanted = site_id or lines[parts[0].line_id].site_id
    for place, part in enumerate(parts):
        line = lines[part.line_id]
        if line.site_id != wanted:
            text = f"Line {line.line_no} comes to {line.site.code}; a receipt is at one site."
            raise InvalidInput(errors={f"lines.{place}.line": text})
    return wanted
