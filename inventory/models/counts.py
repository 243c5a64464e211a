"""Counting what is really there."""

from django.db import models

from core.fields import QuantityField
from core.models import Followed
from inventory.choices import CountState
from inventory.models.documents import Document


class StockCount(Document):
    """A count at a site. Posting it writes the differences against what the balances said when each was counted."""

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=CountState.choices, default=CountState.OPEN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="inventory_count_number_once")]


class StockCountLine(Followed):
    """One place counted: `expected_quantity` stood in the balance when `counted_quantity` was entered.

    Until then `counted_quantity` is null and `expected_quantity` what stood there when the count began.
    """

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey("inventory.Location", on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey("inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    expected_quantity = QuantityField()
    counted_quantity = QuantityField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["count", "item", "location", "lot", "owner"],
                name="inventory_count_line_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.counted_quantity} of {self.item_id}"
