"""Manufacturing orders."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Upper

from core.fields import PriceField, QuantityField, RateField
from inventory.models import Document, OrderLine
from production.choices import BillLineKind, ManufacturingOrderState, OrderKind


class ManufacturingOrder(Document):
    """An order to make `quantity` (good, in the stocking unit) of an item at a site (MO).

    `start_quantity` = quantity ÷ yield. The bill of materials is frozen into the components on release.
    Make to stock, or made for a demand that `source_kind` and `source_id` name. `site` is where it is finished. Its
    operations are its tasks, frozen on release with the routing; without any it is made in one step. `split_from` is
    the order it was split off. `review_reason` says what of its recipe has changed since. A rework or a disassembly
    uses pieces of its own item, which stand among its components: a rework those of the held lot `source_lot`, if it
    names one; of a disassembly `quantity` is how many are taken apart.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(
        "production.BillOfMaterials", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    kind = models.CharField(max_length=12, choices=OrderKind.choices, default=OrderKind.MAKE)
    routing = models.ForeignKey(
        "production.Routing", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="splits")
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
    review_reason = models.CharField(max_length=200, blank=True, default="")
    lot_number = models.CharField(max_length=64, blank=True, default="")
    source_lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
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
            models.CheckConstraint(
                condition=Q(source_lot=None) | Q(kind=OrderKind.REWORK), name="production_order_source_lot"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="production_order_state"),
            models.Index(fields=["company", "site", "-id"], name="production_order_site"),
            models.Index(fields=["source_id"], name="production_order_source", condition=Q(source_id__isnull=False)),
            GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="production_order_search",
            ),
        ]


class ManufacturingOrderComponent(OrderLine):
    """A component of a manufacturing order, frozen on release.

    `quantity` = order quantity ÷ bill quantity × quantity per ÷ (1 − scrap factor) + fixed quantity, rounded up
    once. More than that may be used: `posted_quantity` is what really was. An item used without being planned stands
    here with quantity 0. Used at `task` (null: with the completion), at that one's site. `planned_unit_cost` is what a
    unit cost on release, in the company's currency. A by-product or co-product stands here with what comes out of it.
    """

    order = models.ForeignKey(ManufacturingOrder, on_delete=models.CASCADE, related_name="components")
    kind = models.CharField(max_length=12, choices=BillLineKind.choices, default=BillLineKind.COMPONENT)
    task = models.ForeignKey(
        "production.Task", null=True, blank=True, on_delete=models.SET_NULL, related_name="components"
    )
    bill_line = models.ForeignKey(
        "production.BillOfMaterialsLine", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    planned_unit_cost = PriceField(default=0)
    cost_share = RateField(default=0)
    quantity_per = QuantityField()
    fixed_quantity = QuantityField(default=0)
    scrap_factor = RateField(default=0)

    # Where the recipe says that it is used and comes from: known while the order is being built, kept in `task`.
    operation_number: int | None = None
    supply_site_id: int | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="production_component_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, posted_quantity__gte=0, closed_quantity__gte=0),
                name="production_component_positive",
            ),
        ]
