"""Whose demand may use stock that somebody else owns."""

from django.db import models
from django.db.models import Q

from core.fields import PriceField
from core.models import Editable


class ConsignmentAgreement(Editable):
    """`owner`'s stock of an item (or of every item) at a site may serve `used_by`'s demand, at `unit_price`.

    Title passes when it is used. One is in force per owner × site × item; one that names the item goes before one
    that does not. A start or end rewrites `StockBalance.used_by` by a service, under the balances' lock.
    """

    owner = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("inventory.Item", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    used_by = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    unit_price = PriceField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    valid_from_on = models.DateField()
    valid_until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=models.F("used_by")), name="inventory_agreement_two_parties"),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0), name="inventory_agreement_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}→{self.used_by_id} at {self.site_id}"
