"""Dates that people and programs send: within years that every place and every database driver can count in.

At the calendar's edges a time zone, a lead time or a week more leads out of it: Python then refuses to count, and
what Postgres has counted nobody can read any more.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.errors import InvalidInput

EARLIEST = date(1970, 1, 1)
LATEST = date(2999, 12, 31)
LONGEST_DAYS = 10_000


def check_dates(values: Mapping[str, Any], *, prefix: str = "") -> None:
    """Refuse dates and moments outside of `EARLIEST` to `LATEST`, and spans (names in `_days`) over `LONGEST_DAYS`.

    Other values pass.

    :raises InvalidInput: naming each such field behind the prefix.
    """
    errors = {f"{prefix}{name}": text for name, value in values.items() if (text := _refusal(name, value))}
    if errors:
        raise InvalidInput(errors=errors)


def happened_at(moment: datetime | None, *, now: datetime, field: str = "effective_at") -> datetime:
    """When something took place: the moment given, else now.

    :raises InvalidInput: naming the field, for a moment in the future or outside of the years we count in.
    """
    if moment is None:
        return now
    if moment > now:
        raise InvalidInput(errors={field: f"{moment} lies in the future."})
    check_dates({field: moment})
    return moment


def _refusal(name: str, value: Any) -> str:
    if isinstance(value, date):  # a datetime is one as well
        day = value.date() if isinstance(value, datetime) else value
        return "" if EARLIEST <= day <= LATEST else f"{day} is out of range; dates are from {EARLIEST} to {LATEST}."
    if name.endswith("_days") and isinstance(value, int) and value > LONGEST_DAYS:
        return f"{value} is not allowed; at most {LONGEST_DAYS} days."
    return ""
