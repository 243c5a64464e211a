"""The terms a supplier gives a company."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.fields import PriceField, QuantityField, RateField
from core.models import Editable, Followed, Master


class Supplier(Master):
    """`company` buys from `party`, the supplier's own company; `code` is unique per buyer."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="suppliers")
    party = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR")
    payment_terms_days = models.PositiveIntegerField(default=30)
    lead_time_days = models.PositiveIntegerField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    is_preferred = models.BooleanField(default=False)
    email = models.EmailField(blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(F("company"), Lower("code"), name="purchasing_supplier_code_once")]

    def __str__(self) -> str:
        return self.code


class SupplierItem(Editable):
    """An item as a supplier sells it to the company.

    `unit_label` is what the supplier calls his unit; one of it is `unit_factor` stocking units. Minimum, multiple
    and maximum are in his unit. `last_cost` is what the last receipt cost per his unit.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey("inventory.Item", on_delete=models.CASCADE, related_name="supplier_items")
    supplier_sku = models.CharField(max_length=64, blank=True, default="")
    unit_label = models.CharField(max_length=16, blank=True, default="")
    unit_factor = RateField(default=1)
    lead_time_days = models.PositiveIntegerField(null=True, blank=True)
    order_minimum = QuantityField(default=0)
    order_multiple = QuantityField(default=0)
    order_maximum = QuantityField(null=True, blank=True)
    last_cost = PriceField(null=True, blank=True)
    last_received_on = models.DateField(null=True, blank=True)
    preference = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "item"], name="purchasing_supplier_item_once"),
            models.CheckConstraint(condition=Q(unit_factor__gt=0), name="purchasing_supplier_item_factor"),
        ]
        indexes = [models.Index(fields=["company", "item"], name="purchasing_supplier_item_key")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.item_id}"


class SupplierPrice(Followed):
    """A price break: `unit_price` per the supplier's unit from `minimum_quantity` on, between two dates."""

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier_item = models.ForeignKey(SupplierItem, on_delete=models.CASCADE, related_name="prices")
    minimum_quantity = QuantityField(default=0)
    unit_price = PriceField()
    currency = models.CharField(max_length=3)
    valid_from_on = models.DateField(null=True, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_item", "minimum_quantity", "valid_from_on"],
                name="purchasing_price_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, minimum_quantity__gte=0), name="purchasing_price_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_price} from {self.minimum_quantity}"
