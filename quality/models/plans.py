"""What is checked, and when."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.fields import QuantityField
from core.models import Editable, Master
from quality.choices import CharacteristicKind, Trigger


class QualityPlan(Master):
    """What a company checks at a trigger; each narrower field that is null holds for all.

    `supplier` narrows receipts, `operation` operations; `site` and `item` all of them.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    trigger = models.CharField(max_length=12, choices=Trigger.choices)
    item = models.ForeignKey("inventory.Item", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(
        "purchasing.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    operation = models.ForeignKey(
        "production.Operation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(F("company"), Lower("code"), name="quality_plan_code_once")]

    def __str__(self) -> str:
        return self.code


class QualityCharacteristic(Editable):
    """One thing to look at: a measure between `min_value` and `max_value` (either may be open) in `unit`, a yes or no,
    or a photo."""

    plan = models.ForeignKey(QualityPlan, on_delete=models.CASCADE, related_name="characteristics")
    line_no = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=CharacteristicKind.choices, default=CharacteristicKind.PASS_FAIL)
    min_value = QuantityField(null=True, blank=True)
    max_value = QuantityField(null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True, default="")
    instruction = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "line_no"], name="quality_characteristic_once"),
            models.CheckConstraint(
                condition=Q(min_value__isnull=True) | Q(max_value__isnull=True) | Q(max_value__gte=F("min_value")),
                name="quality_characteristic_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.name
