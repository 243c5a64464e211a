"""Which lines of a transfer a step is about, and how much of each."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from core.errors import InvalidInput
from core.quantities import check_quantity
from inventory.errors import MoreThanOpen
from inventory.models import Transfer, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import in_transit
from inventory.services.transfers.drafts import Part


class Chosen(NamedTuple):
    """A checked part: so much (stocking unit) of a line; `field` is where the caller said it."""

    number: str
    line: TransferLine
    quantity: Decimal
    lot_id: int | None
    owner_id: int | None
    location_id: int | None
    field: str


class Possible(NamedTuple):
    """How much of a line a step can take, and what that quantity is."""

    quantity: Decimal
    what: str


def open_to_dispatch(line: TransferLine) -> Possible:
    """What was not sent yet."""
    return Possible(open_quantity(line), "still to be dispatched")


def open_to_receive(line: TransferLine) -> Possible:
    """What was sent and neither arrived nor was given up."""
    return Possible(in_transit(line), "on their way")


def choose(
    transfer: Transfer,
    lines: Sequence[TransferLine],
    parts: Sequence[Part] | None,
    *,
    possible: Callable[[TransferLine], Possible],
) -> list[Chosen]:
    """All that is possible, or the parts that are named, checked.

    :raises InvalidInput: for a line that is not the transfer's, or a quantity that can't be.
    :raises MoreThanOpen: when a line is asked for more than is possible, by one part or several together.
    """
    if parts is None:
        return [
            Chosen(transfer.number, line, possible(line).quantity, None, None, None, f"lines.{place}.quantity")
            for place, line in enumerate(lines)
            if possible(line).quantity > 0
        ]
    by_id = {line.pk: line for line in lines}
    left = {line.pk: possible(line).quantity for line in lines}
    chosen = []
    for place, part in enumerate(parts):
        line = by_id.get(part.line_id)
        if line is None:
            raise InvalidInput(errors={f"lines.{place}.line": f"{transfer.number} has no line {part.line_id}."})
        one = _checked(transfer, line, part, left[line.pk], f"lines.{place}.quantity")
        if one.quantity > left[line.pk]:
            raise MoreThanOpen(
                number=transfer.number,
                item=line.item.sku,
                requested=one.quantity,
                possible=left[line.pk],
                what=possible(line).what,
                line_no=line.line_no,
                field=one.field,
            )
        left[line.pk] -= one.quantity
        chosen.append(one)
    return [one for one in chosen if one.quantity > 0]


def _checked(transfer: Transfer, line: TransferLine, part: Part, left: Decimal, field: str) -> Chosen:
    unit = line.item.unit
    quantity = (
        left
        if part.quantity is None
        else check_quantity(part.quantity, decimals=unit.decimals, unit=unit.code, field=field)
    )
    return Chosen(transfer.number, line, quantity, part.lot_id, part.owner_id, part.location_id, field)
