"""The ways in which items are made: operations at work centers, one after the other."""

from django.db import models
from django.db.models import F, Q

from core.fields import PriceField, QuantityField, RateField
from core.models import Editable, Master
from production.choices import OrderKind


class Routing(Master):
    """The operations that make an item. Of a site, of a company, or shared by all: the closest is taken.

    Its site is where the item is finished; the operations may be at others. An order follows one of its own kind.
    """

    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="routings")
    company = models.ForeignKey("sites.Company", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=OrderKind.choices, default=OrderKind.MAKE)
    code = models.CharField(max_length=64, blank=True, default="")
    revision = models.CharField(max_length=32, blank=True, default="")
    valid_from_on = models.DateField(null=True, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "company", "site", "kind", "revision", "valid_from_on"],
                name="production_routing_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(valid_until_on__isnull=True)
                | Q(valid_from_on__isnull=True)
                | Q(valid_until_on__gt=F("valid_from_on")),
                name="production_routing_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"routing {self.pk}"


class Operation(Editable):
    """A step of a routing: `number` orders the steps (10, 20 …).

    It takes the setup once per order and the run time per piece started; `queue_time_minutes` is the wait before it.
    With `overlap_quantity` the next one may begin as soon as so many are through (0: when all are). `yield_factor` is
    the good part of what it starts. At a site that another company operates it is a service at `service_unit_price`
    per good piece, in the supplier's currency.
    """

    routing = models.ForeignKey(Routing, on_delete=models.CASCADE, related_name="operations")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    work_center = models.ForeignKey("production.WorkCenter", on_delete=models.PROTECT, related_name="operations")
    setup_time_minutes = RateField(default=0)
    run_time_minutes_per_unit = RateField(default=0)
    queue_time_minutes = RateField(default=0)
    overlap_quantity = QuantityField(default=0)
    yield_factor = RateField(default=1)
    service_unit_price = PriceField(null=True, blank=True)
    skills = models.ManyToManyField("production.Skill", blank=True, related_name="+")
    tools = models.ManyToManyField("production.Tool", blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["routing", "number"], name="production_operation_once"),
            models.CheckConstraint(
                condition=Q(
                    setup_time_minutes__gte=0,
                    run_time_minutes_per_unit__gte=0,
                    queue_time_minutes__gte=0,
                    overlap_quantity__gte=0,
                    yield_factor__gt=0,
                    yield_factor__lte=1,
                ),
                name="production_operation_positive",
            ),
            models.CheckConstraint(
                condition=Q(service_unit_price__isnull=True) | Q(service_unit_price__gte=0),
                name="production_operation_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class OperationAlternative(Editable):
    """Another work center, possibly of another site, that can do an operation; lower `preference` is tried first.

    Times that are null are the operation's own.
    """

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="alternatives")
    work_center = models.ForeignKey("production.WorkCenter", on_delete=models.PROTECT, related_name="+")
    preference = models.PositiveSmallIntegerField(default=1)
    setup_time_minutes = RateField(null=True, blank=True)
    run_time_minutes_per_unit = RateField(null=True, blank=True)
    service_unit_price = PriceField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "work_center"], name="production_alternative_once"),
            models.CheckConstraint(
                condition=(Q(setup_time_minutes__isnull=True) | Q(setup_time_minutes__gte=0))
                & (Q(run_time_minutes_per_unit__isnull=True) | Q(run_time_minutes_per_unit__gte=0))
                & (Q(service_unit_price__isnull=True) | Q(service_unit_price__gte=0)),
                name="production_alternative_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} at {self.work_center_id}"


class OperationInstruction(Editable):
    """What to do, step by step, with a picture or a file."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="instructions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, default="")
    attachment = models.ForeignKey(
        "production.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="production_instruction_once")]

    def __str__(self) -> str:
        return f"step {self.number}"
