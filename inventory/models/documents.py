"""What all orders have in common."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from core.fields import QuantityField, RateField
from core.models import Editable, Followed


class Document(Editable):
    """The head of an order. `number` is unique per company; its fields only give defaults to the lines.

    Blocked is a flag beside the state: `blocked_at` is null or says since when, `blocked_reason` why.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=32)
    note = models.TextField(blank=True, default="")
    external_reference = models.CharField(max_length=100, blank=True, default="")
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(max_length=200, blank=True, default="")
    close_reason = models.CharField(max_length=200, blank=True, default="")
    created_by_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class OrderLine(Followed):
    """A line of an order.

    `ordered_quantity` in `unit`, whose `unit_factor` is frozen; `quantity`, `posted_quantity` and
    `closed_quantity` (closed short) are in the stocking unit. `source_kind` and `source_id` link to what the line
    was made for.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    line_no = models.PositiveIntegerField()
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    ordered_quantity = QuantityField()
    unit = models.ForeignKey("inventory.UnitOfMeasure", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit_factor = RateField(default=1)
    quantity = QuantityField()
    posted_quantity = QuantityField(default=0, db_default=0)
    closed_quantity = QuantityField(default=0, db_default=0)
    open_quantity = models.GeneratedField(
        expression=Greatest(F("quantity") - F("posted_quantity") - F("closed_quantity"), 0),
        output_field=QuantityField(),
        db_persist=True,
    )
    need_by_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True, default="")
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"line {self.line_no}"


def line_checks(name: str) -> list[models.CheckConstraint]:
    """What the database refuses on an order line; `name` starts the constraints' names."""
    return [
        models.CheckConstraint(
            condition=Q(quantity__gt=0, ordered_quantity__gt=0, unit_factor__gt=0), name=f"{name}_positive"
        ),
        models.CheckConstraint(
            condition=Q(posted_quantity__gte=0, closed_quantity__gte=0)
            & Q(quantity__gte=F("posted_quantity") + F("closed_quantity")),
            name=f"{name}_not_over",
        ),
    ]
