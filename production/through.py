"""What an order needs of a component that stands behind phantoms: exact fractions in, quantities of a unit out.

A phantom is never stocked, so nothing is rounded on the way: the lines that lead to a component are one factor and one
fixed part, and the need is rounded up once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

_SIX, _TEN = Decimal("0.000001"), Decimal("0.0000000001")


class Per(NamedTuple):
    """A line: `quantity_per` `per_quantity` started ones, plus `fixed_quantity`; `yield_factor` of what it is for.

    The first one's yield is 1: the order has started for it already.
    """

    quantity_per: Decimal
    fixed_quantity: Decimal
    scrap_factor: Decimal
    per_quantity: Decimal
    yield_factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Share:
    """A component's need = started × `factor` + `fixed`; `kept` is what scrap leaves over all levels."""

    factor: Fraction
    fixed: Fraction
    kept: Fraction

    def quantity_for(self, started: Decimal, decimals: int, *, is_output: bool = False) -> Decimal:
        """The need, rounded up to the component's unit; of what comes out, down: not more is promised than comes."""
        exact = (Fraction(started) * self.factor + self.fixed) * 10**decimals
        return Decimal(floor(exact) if is_output else ceil(exact)).scaleb(-decimals)

    def quantity_per(self, per_quantity: Decimal) -> Decimal:
        """For so many started ones, before scrap; six decimals."""
        return _decimal(self.factor * self.kept * Fraction(per_quantity), _SIX)

    @property
    def fixed_quantity(self) -> Decimal:
        """Per order, whatever its size; six decimals."""
        return _decimal(self.fixed, _SIX)

    @property
    def scrap_factor(self) -> Decimal:
        """What is lost over all levels: 1 − (1 − first) × (1 − second) …; ten decimals."""
        return _decimal(1 - self.kept, _TEN)


def share_of(lines: Sequence[Per]) -> Share:
    """One line after another, from the order's bill down to the component.

    Each level: need = need above ÷ yield ÷ per quantity × quantity per ÷ (1 − scrap) + fixed.
    """
    factor, fixed, kept = Fraction(1), Fraction(0), Fraction(1)
    for line in lines:
        left = 1 - Fraction(line.scrap_factor)
        step = Fraction(line.quantity_per) / (Fraction(line.yield_factor) * Fraction(line.per_quantity) * left)
        factor, fixed, kept = factor * step, fixed * step + Fraction(line.fixed_quantity), kept * left
    return Share(factor, fixed, kept)


def _decimal(value: Fraction, step: Decimal) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, rounding=ROUND_HALF_UP)
