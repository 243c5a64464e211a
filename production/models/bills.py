"""Bills of materials."""

from django.db import models
from django.db.models import F, Q

from core.fields import QuantityField, RateField
from core.models import Editable, Master
from production.choices import BillKind, BillLineKind


class BillOfMaterials(Master):
    """How `quantity` of an item is made. Of a site, of a company, or shared by all: the closest is taken.

    `yield_factor` is the good part of what is started (0.98: two in a hundred fail).
    """

    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="bills_of_materials")
    company = models.ForeignKey("sites.Company", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=BillKind.choices, default=BillKind.MAKE)
    code = models.CharField(max_length=64, blank=True, default="")
    revision = models.CharField(max_length=32, blank=True, default="")
    quantity = QuantityField(default=1)
    yield_factor = RateField(default=1)
    lead_time_days = models.PositiveIntegerField(null=True, blank=True)
    valid_from_on = models.DateField(null=True, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "bills of materials"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "company", "site", "kind", "revision", "valid_from_on"],
                name="production_bom_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, yield_factor__gt=0, yield_factor__lte=1), name="production_bom_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_until_on__isnull=True)
                | Q(valid_from_on__isnull=True)
                | Q(valid_until_on__gt=F("valid_from_on")),
                name="production_bom_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"BOM {self.pk}"


class BillOfMaterialsLine(Editable):
    """A component: `quantity_per` bill quantity plus `fixed_quantity` per order, in its stocking unit.

    `scrap_factor` is the part lost on the way (0.05: one in twenty). Valid from a date on and before another. Used at
    the operation with `operation_number` (null: the first), and brought there from `supply_site`, if it names one. Of
    a by-product or co-product so much comes out; a co-product takes `cost_share` of the order's cost.
    """

    bill = models.ForeignKey(BillOfMaterials, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=BillLineKind.choices, default=BillLineKind.COMPONENT)
    component = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="used_in")
    operation_number = models.PositiveIntegerField(null=True, blank=True)
    supply_site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cost_share = RateField(default=0)
    quantity_per = QuantityField()
    fixed_quantity = QuantityField(default=0)
    scrap_factor = RateField(default=0)
    valid_from_on = models.DateField(null=True, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill", "line_no"], name="production_bom_line_once"),
            models.CheckConstraint(
                condition=Q(quantity_per__gte=0, fixed_quantity__gte=0) & ~Q(quantity_per=0, fixed_quantity=0),
                name="production_bom_line_positive",
            ),
            models.CheckConstraint(
                condition=Q(scrap_factor__gte=0, scrap_factor__lt=1), name="production_bom_line_scrap"
            ),
            models.CheckConstraint(
                condition=Q(cost_share__gte=0, cost_share__lte=1) & (Q(cost_share=0) | Q(kind=BillLineKind.CO_PRODUCT)),
                name="production_bom_line_share",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_no}"


class BillOfMaterialsSubstitute(Editable):
    """Another item that may be used for a component: `factor` of it stand for one of the component's.

    Lower `preference` is offered first.
    """

    line = models.ForeignKey(BillOfMaterialsLine, on_delete=models.CASCADE, related_name="substitutes")
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    factor = RateField(default=1)
    preference = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "item"], name="production_substitute_once"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="production_substitute_factor"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} for {self.line_id}"
