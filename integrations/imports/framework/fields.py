"""What an importer's columns hold: names, and converters from a cell's text to a value.

A converter takes text without blanks around it, never empty, and raises ValueError with a sentence for its user.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.dates import EARLIEST, LATEST
from core.errors import InvalidInput
from core.quantities import LARGEST

Converter = Callable[[str], Any]


def text(longest: int = 200) -> Converter:
    """Text up to so many characters."""

    def convert(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"It has {len(cell)} characters; {longest} are allowed.")
        if not cell.isprintable() and not all(char.isprintable() or char in "\t\r\n" for char in cell):
            raise ValueError("It holds characters that can't be shown.")
        return cell

    return convert


def checked(check: Callable[[str], str], longest: int = 32) -> Converter:
    """Text that a rule of the product checks (`sites.rules.check_code`)."""

    def convert(cell: str) -> str:
        try:
            return check(text(longest)(cell))
        except InvalidInput as error:
            raise ValueError("; ".join(error.errors.values()) or error.message) from None

    return convert


def decimal(*, decimals: int = 6, smallest: Decimal | int | None = 0, largest: Decimal | int = LARGEST) -> Converter:
    """A number with a decimal point, without thousands separators."""

    def convert(cell: str) -> Decimal:
        try:
            number = Decimal(cell)
        except InvalidOperation:
            hint = " Write it with a point and without thousands separators." if "," in cell else ""
            raise ValueError(f"It is not a number.{hint}") from None
        if not number.is_finite():
            raise ValueError("It is not a number.")
        if smallest is not None and number < smallest:
            raise ValueError(f"It must be {smallest} or more.")
        if abs(number) > largest:
            raise ValueError(f"It is out of range; the largest is {largest}.")
        if -number.normalize().as_tuple().exponent > decimals:  # type: ignore[operator]
            raise ValueError(f"It has more than {decimals} decimals.")
        return number

    return convert


def whole(*, smallest: int = 0, largest: int = 2_000_000_000) -> Converter:
    """A whole number."""

    def convert(cell: str) -> int:
        number = decimal(decimals=6, smallest=None)(cell)
        if number != number.to_integral_value():
            raise ValueError("It must be a whole number.")
        if not smallest <= number <= largest:
            raise ValueError(f"It must be from {smallest} to {largest}.")
        return int(number)

    return convert


_YES = frozenset({"yes", "y", "true", "t", "1", "x", "on"})
_NO = frozenset({"no", "n", "false", "f", "0", "-", "off"})


def boolean(cell: str) -> bool:
    """Yes or no, as people and programs write it."""
    word = cell.lower()
    if word not in _YES | _NO:
        raise ValueError("It must be yes or no.")
    return word in _YES


def day(cell: str) -> date:
    """A date as 2026-03-31; a time behind it is left away. Other orders of day and month are ambiguous."""
    try:
        found = datetime.fromisoformat(cell).date()
    except ValueError:
        raise ValueError("It is not a date such as 2026-03-31.") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"It is out of range; dates are from {EARLIEST} to {LATEST}.")
    return found


def choice(options: Mapping[str, str] | Iterable[str]) -> Converter:
    """One of a few words, whatever their case; a mapping may give several words for one."""
    words = dict(options) if isinstance(options, Mapping) else {str(option): str(option) for option in options}
    known = {_normal(word): value for word, value in words.items()}

    def convert(cell: str) -> str:
        value = known.get(_normal(cell))
        if value is None:
            raise ValueError(f"It must be one of {', '.join(dict.fromkeys(words.values()))}.")
        return value

    return convert


def _normal(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum())


_LINE = text()


@dataclass(frozen=True)
class Field:
    """A column that an importer knows. `aliases` are other names that its column may have in a file."""

    name: str
    convert: Converter = _LINE
    is_required: bool = False
    aliases: Sequence[str] = ()
    help: str = ""

    def names(self) -> list[str]:
        """All names of it, made comparable."""
        return [_normal(name) for name in (self.name, *self.aliases)]


def comparable(name: str) -> str:
    """A column's name without case, blanks and punctuation."""
    return _normal(name)
