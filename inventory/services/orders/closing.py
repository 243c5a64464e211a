"""Closing order lines short: what is open on them is released."""

from collections.abc import Sequence
from typing import TypeVar

from core.errors import InvalidInput
from inventory.errors import NothingOpen
from inventory.models import OrderLine
from inventory.rules.order_steps import open_quantity
from inventory.services.order_lines import close_open

Line = TypeVar("Line", bound=OrderLine)


def to_close(number: str, lines: Sequence[Line], line_ids: Sequence[int] | None) -> list[Line]:
    """The lines of order `number` that are named, or with None all that are open.

    :raises InvalidInput: when none is named, or one that is not the order's.
    :raises NothingOpen: when nothing is open on a line named.
    """
    if line_ids is None:
        return [line for line in lines if open_quantity(line) > 0]
    known = {line.pk: line for line in lines}
    if not line_ids:
        raise InvalidInput(errors={"lines": "Name at least one line, or leave the lines out to close the order."})
    if errors := {
        f"lines.{place}": f"The order has no line {line_id}."
        for place, line_id in enumerate(line_ids)
        if line_id not in known
    }:
        raise InvalidInput(errors=errors)
    wanted = [known[line_id] for line_id in dict.fromkeys(line_ids)]
    for line in wanted:
        if open_quantity(line) == 0:
            raise NothingOpen(number=f"{number}, line {line.line_no}")
    return wanted


def close_lines(model: type[Line], lines: Sequence[Line], *, reason: str) -> None:
    """Count what is open on these lines as closed, in the table and in memory; the caller holds the order's lock."""
    close_open(model, [line.pk for line in lines], reason=reason)
    for line in lines:
        line.closed_quantity, line.close_reason = line.quantity - line.posted_quantity, reason
