"""Manufacturing orders."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from core.fields import QuantityField, RateField
from inventory.models import Document, OrderLine
from production.choices import ManufacturingOrderState


class ManufacturingOrder(Document):
    """An order to make `quantity` (good, in the stocking unit) of an item at a site (MO).

    `start_quantity` = quantity ÷ yield. The bill of materials is frozen into the components on release.
    Make to stock, or made for a demand that `source_kind` and `source_id` name.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(
        "production.BillOfMaterials", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    state = models.CharField(
        max_length=20, choices=ManufacturingOrderState.choices, default=ManufacturingOrderState.PLANNED
    )
    priority = models.ForeignKey(
        "inventory.Priority", null=True, blank=True, on_delete=models.PROTECT, related_name="manufacturing_orders"
    )
    quantity = QuantityField()
    start_quantity = QuantityField()
    posted_quantity = QuantityField(default=0, db_default=0)
    scrapped_quantity = QuantityField(default=0, db_default=0)
    closed_quantity = QuantityField(default=0, db_default=0)
    open_quantity = models.GeneratedField(
        expression=Greatest(F("quantity") - F("posted_quantity") - F("closed_quantity"), 0),
        output_field=QuantityField(),
        db_persist=True,
    )
    yield_factor = RateField(default=1)
    start_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField()
    due_on = models.DateField()
    promised_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    lot_number = models.CharField(max_length=64, blank=True, default="")
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)
    chain_id = models.BigIntegerField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="production_order_number_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, posted_quantity__gte=0, scrapped_quantity__gte=0, closed_quantity__gte=0),
                name="production_order_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="production_order_state"),
            models.Index(fields=["company", "site", "-id"], name="production_order_site"),
            models.Index(fields=["source_id"], name="production_order_source", condition=Q(source_id__isnull=False)),
        ]


class ManufacturingOrderComponent(OrderLine):
    """A component of a manufacturing order, frozen on release.

    `quantity` = order quantity ÷ bill quantity × quantity per ÷ (1 − scrap factor) + fixed quantity, rounded up
    once. More than that may be used: `posted_quantity` is what really was. An item used without being planned stands
    here with quantity 0.
    """

    order = models.ForeignKey(ManufacturingOrder, on_delete=models.CASCADE, related_name="components")
    quantity_per = QuantityField()
    fixed_quantity = QuantityField(default=0)
    scrap_factor = RateField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="production_component_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, posted_quantity__gte=0, closed_quantity__gte=0),
                name="production_component_positive",
            ),
        ]
