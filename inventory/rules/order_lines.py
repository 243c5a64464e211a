"""From what somebody orders in a unit to what is stocked; and prices."""

from decimal import Decimal

from core.errors import InvalidInput
from core.money import round_half_up
from core.quantities import fits, round_up, to_decimal

# numeric(20,8)
LARGEST_PRICE = Decimal("999999999999")
PRICE_DECIMALS = 8


def stocking_quantity(ordered: Decimal, factor: Decimal, *, unit: str, stocked_in: str, decimals: int) -> Decimal:
    """`ordered` of a unit, of which one is `factor` stocking units, in the stocking unit.

    What is measured (a stocking unit with decimals) is rounded up to them; what is counted must fit.

    :raises InvalidInput: for a fraction of a piece, on the field `quantity`.
    """
    quantity = ordered * factor
    if not fits(quantity, decimals):
        if decimals == 0:
            text = f"{_plain(ordered)} {unit} are {_plain(quantity)} {stocked_in}, which has no decimals."
            raise InvalidInput(errors={"quantity": text})
        quantity = round_up(quantity, decimals)
    return to_decimal(quantity, field="quantity")


def check_price(value: object, *, field: str) -> Decimal:
    """A unit price: 0 or more, with at most eight decimals.

    :raises InvalidInput: naming the field.
    """
    price = to_decimal(value, field=field)
    if price < 0:
        raise InvalidInput(errors={field: f"{_plain(price)} is not allowed; a price is 0 or more."})
    if price > LARGEST_PRICE:
        raise InvalidInput(errors={field: f"{_plain(price)} is out of range; the largest price is {LARGEST_PRICE}."})
    if not fits(price, PRICE_DECIMALS):
        raise InvalidInput(errors={field: f"{_plain(price)} has more than {PRICE_DECIMALS} decimals."})
    return price


def price_in_unit(price: Decimal, factor: Decimal) -> Decimal:
    """A price per stocking unit as a price per unit of `factor` stocking units."""
    return round_half_up(price * factor, PRICE_DECIMALS)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
