"""Events and the outbox: Postgres is the truth, Celery and Redis only ring the bell."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.fields import XidField
from core.models.base import Created


class Event(Created):
    """Something that happened, append-only; what feeds, the live stream and webhooks read.

    `kind` is `<noun>.<verb in the past>`, such as `sales_order.shipped`. `company_ids` and `site_ids` are
    those who may hear of it: a reader needs one of them. `payload` holds ids only:
    `{"documents": [["sales_order", 12]], "levels": [[item, site, used_by], …], …}`.
    """

    kind = models.CharField(max_length=64)
    company_ids = ArrayField(models.BigIntegerField(), default=list)
    site_ids = ArrayField(models.BigIntegerField(), default=list)
    payload = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    xid = XidField()

    class Meta:
        indexes = [models.Index(fields=["xid", "id"], name="core_event_feed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OutboxEvent(Created):
    """One handler's copy of an event: claimed under a lease, tried at most five times, then a dead letter.

    `keys` is what the handler works on, a list of lists of ids, so that a batch coalesces to distinct keys.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    handler = models.CharField(max_length=64)
    keys = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["handler", "id"], name="core_outbox_open", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["-dead_at"], name="core_outbox_dead", condition=~Q(dead_at=None)),
            models.Index(fields=["done_at"], name="core_outbox_done", condition=~Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.pk}"
