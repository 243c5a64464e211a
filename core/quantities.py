"""Quantities: checked where they come in, rounded up where they are required."""

from decimal import ROUND_CEILING, Decimal, InvalidOperation

from core.errors import InvalidInput

# What one line may say. A hundred such lines still add up to what numeric(20,6) can hold.
LARGEST = Decimal("999999999999")


def to_decimal(value: object, *, field: str) -> Decimal:
    """A finite decimal from a number or its text.

    :raises InvalidInput: naming the field, when it is not a number or beyond `LARGEST`.
    """
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise InvalidInput(errors={field: f"“{value}” is not a number."}) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise InvalidInput(errors={field: f"{value} is out of range; the largest quantity is {LARGEST}."})
    return number


def fits(quantity: Decimal, decimals: int) -> bool:
    """Whether a quantity has no more decimals than its unit allows."""
    return quantity == quantity.quantize(Decimal(1).scaleb(-decimals))


def check_quantity(
    value: object, *, decimals: int, unit: str, field: str = "quantity", is_signed: bool = False
) -> Decimal:
    """A quantity that its unit can hold: positive (or, if signed, not zero) and without a fraction too many.

    :raises InvalidInput: naming the field, the quantity and the unit.
    """
    number = to_decimal(value, field=field)
    if number == 0 or (number < 0 and not is_signed):
        wanted = "other than 0" if is_signed else "greater than 0"
        raise InvalidInput(errors={field: f"{number} is not allowed; the quantity must be {wanted}."})
    if not fits(number, decimals):
        raise InvalidInput(errors={field: f"{number} does not fit {unit}, which has {decimals} decimals."})
    return number


def round_up(quantity: Decimal, decimals: int) -> Decimal:
    """A requirement rounded up to what its unit can hold."""
    return quantity.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_CEILING)
