"""Whole numbers in an address or a form: whatever stands there, reading it never fails."""

# Fewer than a bigint has: longer ones are no row's id, and Python refuses to read thousands of digits.
MOST_DIGITS = 18


def whole(text: object) -> int | None:
    """A number of digits alone, such as a row's id or a rank; None for anything else."""
    said = str(text or "")
    return int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else None
