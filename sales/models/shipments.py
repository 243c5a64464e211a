"""What left."""

from django.db import models

from core.fields import QuantityField
from core.models import Followed


class Shipment(Followed):
    """One shipment of a sales order, told by one posting. `posting_id` names it."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("sales.SalesOrder", on_delete=models.PROTECT, related_name="shipments")
    posting = models.OneToOneField("inventory.Posting", on_delete=models.PROTECT, related_name="shipment")
    number = models.CharField(max_length=32)
    shipped_at = models.DateTimeField()
    carrier = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=100, blank=True, default="")
    reversed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="sales_shipment_company")]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """`quantity` (stocking unit) of an order line in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("sales.SalesOrderLine", on_delete=models.PROTECT, related_name="shipments")
    quantity = QuantityField()

    def __str__(self) -> str:
        return f"{self.quantity}"
