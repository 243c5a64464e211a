"""The dates of an order and of its lines, as they come in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from core.dates import check_dates
from inventory.drafts import LineChange


class Drafted(Protocol):
    """An order to be, with its lines."""

    @property
    def lines(self) -> Sequence[Any]: ...


def check_drafts(drafts: Iterable[Drafted], prefixes: Iterable[str]) -> None:
    """:raises InvalidInput: naming a date that is out of range, of an order to be or of one of its lines."""
    for draft, prefix in zip(drafts, prefixes, strict=True):
        check_dates(vars(draft), prefix=prefix)
        check_lines(draft.lines, prefix=prefix)


def check_edits(changes: Mapping[str, Any], lines: Iterable[Any]) -> None:
    """The same for changes of an order's head, and for lines to add or to change."""
    check_dates(changes)
    check_lines(lines)


def check_lines(lines: Iterable[Any], *, prefix: str = "") -> None:
    """The same for lines alone."""
    for place, line in enumerate(lines):
        values = line.values if isinstance(line, LineChange) else vars(line)
        check_dates(values, prefix=f"{prefix}lines.{place}.")
