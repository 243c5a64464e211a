"""What tablets sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Followed
from floor.choices import CommandKind, CommandState


class FloorCommand(Followed):
    """One thing that an operator did on a tablet, kept for good whatever came of it.

    `uuid` and `sequence` are the tablet's own, each once a device. `task_id` and `operator` are as it said, null where
    it named none that the site has. `payload` is what was meant: `reason`, `good`, `lot` and the like, as text.
    `device_at` is by the device's clock, `happened_at` by ours. Applied, `result` names the task's state and event; in
    conflict, `problem` is the refusal (`code`, `message`, numbers) that a supervisor resolves. `changed` is what the
    supervisor applied in place of the payload.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey("floor.Device", on_delete=models.PROTECT, related_name="commands", db_index=False)
    uuid = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=16, choices=CommandKind.choices)
    task = models.ForeignKey("production.Task", null=True, on_delete=models.SET_NULL, related_name="floor_commands")
    operator = models.ForeignKey(
        "production.Operator", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payload = models.JSONField(default=dict)
    device_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CommandState.choices)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    resolution = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "uuid"], name="floor_command_once"),
            models.UniqueConstraint(fields=["device", "sequence"], name="floor_command_sequence"),
        ]
        indexes = [
            models.Index(fields=["site", "-id"], name="floor_command_site"),
            models.Index(fields=["site", "id"], name="floor_command_conflict", condition=Q(state="conflict")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"
