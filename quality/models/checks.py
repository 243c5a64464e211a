"""What was found."""

from django.db import models

from core.fields import QuantityField
from core.models import Editable, Followed
from quality.choices import CharacteristicKind, CheckState, Decision, Trigger


class QualityCheck(Editable):
    """One check of `quantity` (stocking unit) of an item, of one lot if it has any.

    `source_kind`, `source_id` and `source_number` name the document; `posting` what brought the goods, `task` the
    operation. A failed check `holds_lot` and `blocks_document`: what it did itself, and takes back when it is decided.
    `decision_posting` scrapped or returned the goods, `rework_order` repairs them.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey("quality.QualityPlan", on_delete=models.PROTECT, related_name="checks")
    trigger = models.CharField(max_length=12, choices=Trigger.choices)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    source_kind = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    source_number = models.CharField(max_length=32)
    posting = models.ForeignKey("inventory.Posting", null=True, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("production.Task", null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    holds_lot = models.BooleanField(default=False)
    blocks_document = models.BooleanField(default=False)
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True, default="")
    decision_reason = models.CharField(max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decision_posting = models.ForeignKey(
        "inventory.Posting", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rework_order = models.ForeignKey(
        "production.ManufacturingOrder", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "posting", "task", "item", "lot"], name="quality_check_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="quality_check_company"),
            models.Index(fields=["site", "state", "-id"], name="quality_check_site"),
            models.Index(fields=["source_kind", "source_id"], name="quality_check_source"),
        ]

    @property
    def number(self) -> str:
        """What people call it."""
        return f"QC-{self.pk}"

    def __str__(self) -> str:
        return self.number


class QualityResult(Followed):
    """What was found of one characteristic, whose limits are frozen here; `is_ok` is null until it is recorded."""

    check_row = models.ForeignKey(QualityCheck, on_delete=models.CASCADE, related_name="results")
    line_no = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=CharacteristicKind.choices)
    min_value = QuantityField(null=True)
    max_value = QuantityField(null=True)
    unit = models.CharField(max_length=16, blank=True, default="")
    instruction = models.CharField(max_length=500, blank=True, default="")
    value = QuantityField(null=True)
    is_ok = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    attachment = models.ForeignKey("production.Attachment", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_row", "line_no"], name="quality_result_once")]

    def __str__(self) -> str:
        return self.name
