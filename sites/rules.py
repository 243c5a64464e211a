"""What codes, currencies, countries and time zones look like."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import InvalidInput

# A site's code stands in addresses of pages.
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
# `/s/all/…` are the pages over every site.
RESERVED_SITE_CODES = frozenset({"all"})


def checked_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """A company's or partner's fields, with code, currency and country checked and as they are kept.

    :raises InvalidInput: naming the field.
    """
    checks: dict[str, Callable[[str], str]] = {
        "code": check_code,
        "currency": check_currency,
        "country": check_country,
    }
    return {name: checks[name](value) if name in checks else value for name, value in values.items()}


def check_code(code: str, *, field: str = "code") -> str:
    """A code of letters, digits, dots, dashes and underscores, without the blanks around it.

    :raises InvalidInput: naming the field.
    """
    code = code.strip()
    if not _CODE.fullmatch(code):
        text = f"“{code}” is no code: letters, digits, dots, dashes and underscores, beginning with one of the former."
        raise InvalidInput(errors={field: text})
    return code


def check_site_code(code: str) -> str:
    """A code that can stand in an address.

    :raises InvalidInput: naming the field.
    """
    code = check_code(code)
    if code.lower() in RESERVED_SITE_CODES:
        raise InvalidInput(errors={"code": f"“{code}” stands for every site; take another."})
    return code


def check_currency(currency: str, *, field: str = "currency") -> str:
    """An ISO 4217 code in capitals.

    :raises InvalidInput: naming the field.
    """
    currency = currency.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise InvalidInput(errors={field: f"“{currency}” is no currency; it has three letters (ISO 4217)."})
    return currency


def check_country(country: str) -> str:
    """An ISO 3166 code of two capitals, or nothing.

    :raises InvalidInput: naming the field.
    """
    country = country.strip().upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise InvalidInput(errors={"country": f"“{country}” is no country; it has two letters (ISO 3166)."})
    return country


def check_time_zone(name: str) -> str:
    """The name of a zone in the IANA database.

    :raises InvalidInput: naming the field.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(errors={"time_zone": f"“{name}” is no time zone, such as Europe/Tallinn."}) from None
    return name


def check_weekdays(weekdays: list[int]) -> list[int]:
    """Distinct weekdays in order, Monday is 0.

    :raises InvalidInput: naming the field.
    """
    if wrong := [day for day in weekdays if not 0 <= day <= 6]:
        raise InvalidInput(errors={"departure_weekdays": f"{wrong[0]} is no weekday; Monday is 0, Sunday is 6."})
    return sorted(set(weekdays))
