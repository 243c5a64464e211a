"""Operations of manufacturing orders on the shop floor, and what was reported on them."""

from django.db import models
from django.db.models import Q

from core.fields import AmountField, PriceField, QuantityField, RateField
from core.models import Created, Editable
from production.choices import TaskEventKind, TaskState


class Task(Editable):
    """An operation of a manufacturing order, frozen on release; `company` is the order's, `site` the work center's.

    `quantity` is how many good ones it must give, `start_quantity` how many it starts with (÷ its yield). Of what came
    in, `good_quantity` went on, `scrapped_quantity` is lost, `rework_quantity` counts repairs on the way and changes
    nothing else. With `is_service` another company does it: `supplier_id` and `purchase_line_id` name whom and on
    which order's line, `service_unit_price` is in `service_currency`. Planned costs are of the whole order in the
    company's currency; transport is that of the way to the next task. `weight` is what a piece costs here by plan, by
    which the order's cost is shared out between what is finished and what is under way. `instructions` is a list of
    `{number, text, attachment_id}`.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("production.ManufacturingOrder", on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    operation = models.ForeignKey(
        "production.Operation", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    work_center = models.ForeignKey("production.WorkCenter", on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.WAITING)
    quantity = QuantityField()
    start_quantity = QuantityField()
    good_quantity = QuantityField(default=0, db_default=0)
    scrapped_quantity = QuantityField(default=0, db_default=0)
    rework_quantity = QuantityField(default=0, db_default=0)
    setup_time_minutes = RateField(default=0)
    run_time_minutes_per_unit = RateField(default=0)
    queue_time_minutes = RateField(default=0)
    overlap_quantity = QuantityField(default=0)
    yield_factor = RateField(default=1)
    spent_minutes = RateField(default=0, db_default=0)
    is_service = models.BooleanField(default=False)
    supplier = models.ForeignKey(
        "purchasing.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purchase_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    service_unit_price = PriceField(null=True, blank=True)
    service_currency = models.CharField(max_length=3, blank=True, default="")
    weight = PriceField(default=0)
    planned_labor_cost = AmountField(default=0)
    planned_machine_cost = AmountField(default=0)
    planned_overhead_cost = AmountField(default=0)
    planned_service_cost = AmountField(default=0)
    planned_transport_cost = AmountField(default=0)
    operator = models.ForeignKey(
        "production.Operator", null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    team = models.ForeignKey(
        "production.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks", db_index=False
    )
    skills = models.ManyToManyField("production.Skill", blank=True, related_name="+")
    tools = models.ManyToManyField("production.Tool", blank=True, related_name="+")
    instructions = models.JSONField(default=list, blank=True)
    waits_for = models.CharField(max_length=200, blank=True, default="")
    planned_start_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True, default="")
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(max_length=200, blank=True, default="")
    help_called_at = models.DateTimeField(null=True, blank=True)
    help_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="production_task_once"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    start_quantity__gt=0,
                    good_quantity__gte=0,
                    scrapped_quantity__gte=0,
                    rework_quantity__gte=0,
                    spent_minutes__gte=0,
                ),
                name="production_task_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "state", "id"], name="production_task_site"),
            models.Index(fields=["company", "state", "id"], name="production_task_company"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class TaskEvent(Created):
    """One thing that happened at a task, append-only: who, when, and when by the device's own clock.

    A report's `posting` moved stock and cost; `minutes` is the time that it booked. `reverses` names the one that an
    undo took back.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("production.ManufacturingOrder", on_delete=models.CASCADE, related_name="task_events")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=TaskEventKind.choices)
    good_quantity = QuantityField(default=0)
    scrapped_quantity = QuantityField(default=0)
    rework_quantity = QuantityField(default=0)
    minutes = RateField(default=0)
    reason = models.CharField(max_length=500, blank=True, default="")
    operator = models.ForeignKey(
        "production.Operator", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_id = models.BigIntegerField(null=True)
    device_id = models.BigIntegerField(null=True)
    posting = models.ForeignKey(
        "inventory.Posting", null=True, on_delete=models.PROTECT, related_name="task_events", db_constraint=False
    )
    happened_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    def __str__(self) -> str:
        return f"{self.kind} {self.good_quantity}"
