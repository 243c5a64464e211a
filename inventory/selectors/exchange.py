"""What a currency buys, by a company's own books."""

from datetime import date
from decimal import Decimal

from inventory.errors import NoExchangeRate
from sites import selectors
from sites.models import Company


def rate_on(*, books_of: Company, from_currency: str, to_currency: str, on: date) -> Decimal:
    """How much of `to_currency` one `from_currency` is worth on that day; 1 for the same currency.

    :raises NoExchangeRate: when the company has no rate yet on that day.
    """
    rate = selectors.rate(books_of.pk, from_currency, to_currency, on)
    if rate is None:
        raise NoExchangeRate(company=books_of.code, from_currency=from_currency, to_currency=to_currency, on=on)
    return rate
