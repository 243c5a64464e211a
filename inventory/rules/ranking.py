"""Ranks: texts that sort byte by byte, so that one row can go between two others without moving them.

A rank is a whole number of eight digits to the base 62, and after it, where two neighbors left no whole number
free, a fraction without trailing zeros. New orders go a step further at the end, so their ranks stay short.
"""

import string
from collections.abc import Sequence

# In the order of their bytes.
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE = len(DIGITS)
_VALUE = {digit: value for value, digit in enumerate(DIGITS)}

WHOLE_LENGTH = 8
# Room between two new orders for eleven halvings before a fraction begins.
STEP = _BASE**2
FIRST = "V" + "0" * (WHOLE_LENGTH - 1)
# Beyond this the ranks around it are spread anew; the column holds 64.
LONGEST = 40


def at_end(last: str | None) -> str:
    """A rank behind the last one; the first one of all when there is none."""
    return FIRST if last is None else _text(_whole(last) + STEP)


def at_start(first: str) -> str:
    """A rank before the first one."""
    whole = _whole(first) - STEP
    return _text(whole) if whole > 0 else between("0" * WHOLE_LENGTH, first)


def between(low: str, high: str) -> str:
    """A rank strictly between two others, low < high."""
    low_whole, high_whole = _whole(low), _whole(high)
    if high_whole - low_whole > 1:
        return _text((low_whole + high_whole) // 2)
    low_fraction, high_fraction = low[WHOLE_LENGTH:], high[WHOLE_LENGTH:]
    if low_whole == high_whole:
        return low[:WHOLE_LENGTH] + _middle(low_fraction, high_fraction)
    return _text(high_whole) if high_fraction else low[:WHOLE_LENGTH] + _middle(low_fraction, None)


def spread(whole: str, count: int) -> Sequence[str]:
    """`count` ranks at even distances behind the whole number that `whole` begins with, and before the next."""
    width = 1
    while _BASE**width <= (count + 1) * _BASE:
        width += 1
    fractions = (number * _BASE**width // (count + 1) for number in range(1, count + 1))
    return [whole[:WHOLE_LENGTH] + _text(fraction, width).rstrip("0") for fraction in fractions]


def _middle(low: str, high: str | None) -> str:
    """A fraction between two others, `high` of None is 1. It ends in a digit above 0, so something fits below."""
    digits = ""
    while True:
        position = len(digits)
        least = _VALUE[low[position]] if position < len(low) else 0
        most = _BASE if high is None else _VALUE[high[position]]
        if most - least > 1:
            return digits + DIGITS[(least + most) // 2]
        if most > least:
            high = None
        digits += DIGITS[least]


def _whole(rank: str) -> int:
    number = 0
    for digit in rank[:WHOLE_LENGTH]:
        number = number * _BASE + _VALUE[digit]
    return number


def _text(number: int, length: int = WHOLE_LENGTH) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, _BASE)
        digits = DIGITS[digit] + digits
    return digits
