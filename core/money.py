"""The one place where money is rounded: half up, as Postgres rounds numeric."""

from decimal import ROUND_HALF_UP, Decimal

# Minor units other than two; ISO 4217.
MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "TND": 3, "OMR": 3}


def minor_units(currency: str) -> int:
    """How many decimals a currency's smallest coin has."""
    return MINOR_UNITS.get(currency, 2)


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """`value` with so many decimals, half away from zero, like `round(numeric, int)` in Postgres."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def round_money(value: Decimal, currency: str) -> Decimal:
    """`value` in a currency's minor unit."""
    return round_half_up(value, minor_units(currency))


def share(value: Decimal, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """What `part` of `whole` is worth when the whole is worth `value`; the whole takes all of it.

    So value in = value out to the last cent: whoever takes the rest takes the remainder too.
    """
    return value if part == whole else round_money(value * part / whole, currency)


def parts(value: Decimal, count: int, currency: str) -> list[Decimal]:
    """`value` in `count` parts as alike as coins allow, which add up to it."""
    found: list[Decimal] = []
    for left in range(count, 0, -1):
        found.append(share(value, Decimal(1), Decimal(left), currency))
        value -= found[-1]
    return found
