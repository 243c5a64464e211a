"""The identity that a client gives its write."""

from django.conf import settings
from django.db import models

from core.models.base import Created


class IdempotencyKey(Created):
    """The first answer to a POST, kept at least 24 hours, written in the transaction of the service.

    `request_hash` is SHA-256 over method, path and body; the same key with another hash is refused.
    `status` is null only inside the transaction that works on it, so no reader ever sees null.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="core_idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_age")]

    def __str__(self) -> str:
        return self.key
