"""Keys of the REST API."""

from django.conf import settings
from django.db import models

from core.models import Created


class ApiKey(Created):
    """A user's key of the REST API: it may do what the user may, or only read it.

    The key itself is shown once and never stored: `digest` is its SHA-256 (it is random enough that a slow hash
    would add nothing), `prefix` its first characters, by which people tell keys apart.
    """

    class Access(models.TextChoices):
        READ = "read"
        WRITE = "write", "read and write"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    access = models.CharField(max_length=8, choices=Access.choices, default=Access.WRITE)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(condition=models.Q(access__in=["read", "write"]), name="integrations_key_access"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_writing(self) -> bool:
        """Whether it may do more than read."""
        return self.access == self.Access.WRITE
