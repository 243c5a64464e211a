"""Changing an order's head and lines in memory. The caller holds the order's lock, and writes what changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.db.models import QuerySet

from core.errors import InvalidInput
from inventory.drafts import LineChange, LineRemoval
from inventory.errors import LineTouched
from inventory.models import Document, OrderLine
from inventory.rules.order_steps import check_untouched, is_line_open
from inventory.selectors.ordering import check_sites

Line = TypeVar("Line", bound=OrderLine)
LineT = TypeVar("LineT", bound=OrderLine, contravariant=True)


class Apply(Protocol[LineT]):
    """Sets the values named on a line; `field` is its path in the caller's input."""

    def __call__(self, line: LineT, values: Mapping[str, Any], /, *, field: str) -> None: ...


def refuse_unknown(names: Iterable[str], *, allowed: Collection[str]) -> None:
    """:raises InvalidInput: naming the fields of an order that can't be changed."""
    if unknown := set(names).difference(allowed):
        raise InvalidInput(errors=dict.fromkeys(sorted(unknown), "There is no such field to change."))


def change_head(
    order: Document, changes: Mapping[str, Any], lines: Iterable[OrderLine], *, inherited: Collection[str]
) -> set[int]:
    """Set the order's fields; returns the ids of the lines that went along.

    Those are the open ones that stood at the order's old value of an `inherited` field.
    """
    touched: set[int] = set()
    for name, value in changes.items():
        if name in inherited:
            for line in lines:
                if getattr(line, name) == getattr(order, name) and is_line_open(line):
                    setattr(line, name, value)
                    touched.add(line.pk)
        setattr(order, name, value)
    return touched


def to_remove(lines: Mapping[int, OrderLine], edits: Sequence[object], *, verb: str, parts: QuerySet[Any]) -> list[int]:
    """The ids of the lines to take out. `parts` are the parts of lines that were ever posted (`verb`: shipped).

    :raises LineTouched: for a line that something was posted or closed on, be it taken back since.
    """
    gone: dict[int, str] = {}
    for place, removal in enumerate(edits):
        if isinstance(removal, LineRemoval):
            line = _known(lines, removal.line_id, f"lines.{place}")
            check_untouched(line, verb=verb, field=f"lines.{place}")
            gone[line.pk] = f"lines.{place}"
    if not gone:
        return []
    for line_id in parts.filter(order_line__in=list(gone)).values_list("order_line_id", flat=True)[:1]:
        raise LineTouched(line_no=lines[line_id].line_no, what=f"was {verb} before; close it", field=gone[line_id])
    return list(gone)


def change_lines(lines: Mapping[int, Line], edits: Sequence[object], apply: Apply[Line]) -> set[int]:
    """Change the lines that the edits name; returns their ids."""
    changed: set[int] = set()
    site_ids: dict[str, int | None] = {}
    for place, change in enumerate(edits):
        if isinstance(change, LineChange):
            field = f"lines.{place}"
            line = _known(lines, change.line_id, field)
            apply(line, change.values, field=field)
            changed.add(line.pk)
            if "site_id" in change.values:
                site_ids[f"{field}.site"] = change.values["site_id"]
    check_sites(site_ids)
    return changed


def next_line_no(lines: Iterable[OrderLine]) -> int:
    """The number after the last."""
    return max((line.line_no for line in lines), default=0) + 1


def _known(lines: Mapping[int, Line], line_id: int, field: str) -> Line:
    if line_id not in lines:
        raise InvalidInput(errors={f"{field}.id": f"The order has no line {line_id}."})
    return lines[line_id]
