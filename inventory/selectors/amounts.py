"""What order lines are worth, in SQL: the same rounding as `core.money`."""

from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Round

from core.fields import AmountField
from core.money import MINOR_UNITS, minor_units


def net_amount(amount: Combinable, currency: str) -> Round:
    """An amount rounded half up to the minor unit of the currency in that column (`order__currency`)."""
    cases = [When(**{currency: code}, then=Value(units)) for code, units in MINOR_UNITS.items()]
    decimals: Any = Case(*cases, default=Value(minor_units("EUR")), output_field=IntegerField())
    return Round(amount, precision=decimals, output_field=AmountField())


def ordered_value() -> Combinable:
    """Ordered quantity × unit price, unrounded."""
    return F("ordered_quantity") * F("unit_price")
