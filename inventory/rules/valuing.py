"""Moving average: what a quantity is worth that goes into or comes out of a cost pool.

Amounts are in the pool's currency, rounded half up to its minor unit. Whoever takes the last of a pool takes all
its value, so value in = value out to the last cent.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.money import round_money, share

ZERO = Decimal(0)
ONE = Decimal(1)
# What a pool's columns hold: numeric(20,6) and numeric(20,4).
LARGEST_QUANTITY = Decimal("99999999999999")
LARGEST_VALUE = Decimal("9999999999999999")


@dataclass
class Pool:
    """A locked cost pool; quantity and value change as moves are valued."""

    id: int
    kind: str
    item_id: int
    owner_id: int
    site_id: int | None
    source_id: int | None
    quantity: Decimal
    value: Decimal
    currency: str

    def take(self, quantity: Decimal) -> Decimal:
        """Take a quantity out at the average; returns its amount. The last takes all."""
        amount = share(self.value, quantity, self.quantity, self.currency)
        self.quantity -= quantity
        self.value -= amount
        return amount

    def take_value(self, part: Decimal, whole: Decimal) -> Decimal:
        """Take `part` of `whole` of the value and no quantity: what an order's pool gives to what it made."""
        amount = share(self.value, part, whole, self.currency)
        self.value -= amount
        return amount

    def put(self, quantity: Decimal, amount: Decimal) -> None:
        """Put a quantity (0: cost alone) with its amount in."""
        self.quantity += quantity
        self.value += amount

    def give_back(self, quantity: Decimal, amount: Decimal) -> Decimal:
        """Take out what a reversed posting had put in: its own amount, as far as the pool still has it.

        The last quantity takes all the value along, so an empty pool is worth nothing. Returns the amount taken.
        """
        taken = self.value if quantity and quantity == self.quantity else min(amount, self.value)
        self.quantity -= quantity
        self.value -= taken
        return taken

    def average_amount(self, quantity: Decimal) -> Decimal | None:
        """What a quantity would be worth at the pool's average; None when it is empty."""
        if self.quantity == ZERO:
            return None
        return round_money(self.value * quantity / self.quantity, self.currency)
