"""Long work."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models.base import Followed


class Run(Followed):
    """Long work (an import, a recount, a plan): inputs, state, progress, log and result.

    Its task acknowledges early and holds the lease by a heartbeat; the sweep restarts what lost it.
    `progress` goes from 0 to `total`; `step` says in words what it does now.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELED = "canceled"

    kind = models.CharField(max_length=64)
    company_id = models.BigIntegerField()
    site_id = models.BigIntegerField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    inputs = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=200, default="", blank=True)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.TextField(default="", blank=True)
    is_cancel_requested = models.BooleanField(default=False)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company_id", "-id"], name="core_run_company"),
            models.Index(fields=["leased_until"], name="core_run_open", condition=Q(state__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RunLine(models.Model):
    """One line of a run's log."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    level = models.CharField(max_length=8, default="info")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
