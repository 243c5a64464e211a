"""What was reported made."""

from django.db import models

from core.fields import QuantityField
from core.models import Followed


class Completion(Followed):
    """One report of a manufacturing order, told by one posting: good and scrapped quantity (stocking unit)."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("production.ManufacturingOrder", on_delete=models.PROTECT, related_name="completions")
    posting = models.OneToOneField("inventory.Posting", on_delete=models.PROTECT, related_name="completion")
    number = models.CharField(max_length=32)
    completed_at = models.DateTimeField()
    quantity = QuantityField()
    scrapped_quantity = QuantityField(default=0)
    reversed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="production_completion_company")]

    def __str__(self) -> str:
        return self.number
