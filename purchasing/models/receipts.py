"""What came in."""

from django.db import models

from core.fields import QuantityField
from core.models import Followed


class Receipt(Followed):
    """One receipt of a purchase order, told by one posting. A historical one moved no stock."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("purchasing.PurchaseOrder", on_delete=models.PROTECT, related_name="receipts")
    posting = models.OneToOneField("inventory.Posting", on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=32)
    received_at = models.DateTimeField()
    supplier_reference = models.CharField(max_length=100, blank=True, default="")
    is_historical = models.BooleanField(default=False)
    reversed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="purchasing_receipt_company")]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(models.Model):
    """`quantity` (stocking unit) of an order line in a receipt, and what of the delivery was rejected beside it."""

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("purchasing.PurchaseOrderLine", on_delete=models.PROTECT, related_name="receipts")
    quantity = QuantityField()
    rejected_quantity = QuantityField(default=0)

    def __str__(self) -> str:
        return f"{self.quantity}"
