"""Numbers, money, days and times as text, in the reader's language; each formatted once."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language

from core import clock
from core.money import minor_units

NOTHING = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
_SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "TRY": "₺", "UAH": "₴", "PLN": "zł",
}  # fmt: skip


@lru_cache(maxsize=32)
def _separators(language: str | None) -> tuple[str, str]:
    """Thousands and decimal separator of a language; asked once, for a page formats thousands of numbers."""
    return (
        formats.get_format("THOUSAND_SEPARATOR", lang=language, use_l10n=True),
        formats.get_format("DECIMAL_SEPARATOR", lang=language, use_l10n=True),
    )


def _grouped(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator) if len(digits) > 3 else digits


def number(
    value: Decimal | int | float, decimals: int | None = None, *, signed: bool = False, keeps_zeros: bool = False
) -> str:
    """A number with the language's separators and a true minus, rounded half away from zero to `decimals`.

    Trailing zeros go, unless it `keeps_zeros` as money does: 217 m, not 217.000, which half of Europe reads as many.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    if not keeps_zeros:
        fraction = fraction.rstrip("0")
    text = whole
    if fraction or len(whole) > 3:
        thousands, point = _separators(get_language())
        text = _grouped(whole, thousands) + (point + fraction if fraction else "")
    if exact < 0:
        return MINUS + text
    return "+" + text if signed and exact > 0 else text


def money(amount: Decimal | int | float, currency: str, decimals: int | None = None, *, signed: bool = False) -> str:
    """An amount with its currency, in the minor unit unless `decimals` says otherwise: €1,284.60, −€40.00."""
    text = number(amount, minor_units(currency) if decimals is None else decimals, signed=signed, keeps_zeros=True)
    symbol = _SYMBOLS.get(currency)
    if _separators(get_language())[1] == "," or currency == "PLN":
        return f"{text}{NO_BREAK}{symbol or currency}"
    sign, digits = (text[0], text[1:]) if text[0] in "+−" else ("", text)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{currency}{NO_BREAK}{digits}"


def symbol(currency: str) -> str:
    """ "€" for EUR; the code itself where there is none. For the head of a column."""
    return _SYMBOLS.get(currency, currency)


def day(value: date | datetime, *, today: date | None = None, weekday: bool = False) -> str:
    """ "25 Nov", with the year only when it is not this year's; a datetime must already be in its zone."""
    this_year = (today or timezone.localdate(clock.now())).year
    pattern = "j M" if value.year == this_year else "j M Y"
    return formats.date_format(value, f"D {pattern}" if weekday else pattern)


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment on the clock of a zone; a naive moment counts as UTC."""
    aware = moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone))


def day_and_time(moment: datetime, zone: str, *, today: date | None = None) -> str:
    """ "23 Nov 06:32" at a place."""
    local = in_zone(moment, zone)
    return f"{day(local, today=today or timezone.localdate(clock.now(), timezone=ZoneInfo(zone)))} {local:%H:%M}"


def zone_city(zone: str) -> str:
    """ "Chicago" for America/Chicago."""
    return zone.rpartition("/")[2].replace("_", " ")
