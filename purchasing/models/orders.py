"""Purchase orders."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from core.fields import PriceField, QuantityField
from inventory.models import Document, OrderLine
from inventory.models.documents import line_checks
from purchasing.choices import PurchaseLineKind, PurchaseOrderState


class PurchaseOrder(Document):
    """What a company orders from a supplier; `site` receives it. Prices are in `currency`."""

    supplier = models.ForeignKey("purchasing.Supplier", on_delete=models.PROTECT, related_name="orders")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=PurchaseOrderState.choices, default=PurchaseOrderState.DRAFT)
    currency = models.CharField(max_length=3)
    ordered_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    is_historical = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="purchasing_order_number_once")]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="purchasing_order_state"),
            models.Index(fields=["company", "site", "-id"], name="purchasing_order_site"),
            GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="purchasing_order_search",
            ),
        ]


class PurchaseOrderLine(OrderLine):
    """One item of a purchase order. `unit_price` is per ordered unit; `rejected_quantity` was sent back.

    A service is done on the item, which stays ours: no supply, no stock; `source_kind` and `source_id` name the step.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=8, choices=PurchaseLineKind.choices, default=PurchaseLineKind.GOODS)
    description = models.CharField(max_length=200, blank=True, default="")
    unit_label = models.CharField(max_length=16, blank=True, default="")
    unit_price = PriceField(default=0)
    rejected_quantity = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="purchasing_line_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, rejected_quantity__gte=0), name="purchasing_line_price"
            ),
            *line_checks("purchasing_line"),
        ]
