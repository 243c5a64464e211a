"""Tablets of the shop floor."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Editable


class Device(Editable):
    """A tablet of a site, standing at one of its work centers or nowhere in particular; `company` operates the site.

    A planner makes it with a one-time code (`code_hash`, until `code_expires_at`); whoever types that code on the
    tablet enrolls it. From then on it is known by its token. Both stand here as their SHA-256. `last_sequence` is the
    number of the last command that came in: the next one is one more, so that none is left out. `last_happened_at` is
    when that one happened, by our clock.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    work_center = models.ForeignKey(
        "production.WorkCenter", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    code_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    token_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    enrolled_at = models.DateTimeField(null=True, editable=False)
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    last_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    last_happened_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="floor_device_token_once"),
            models.UniqueConstraint(fields=["code_hash"], condition=~Q(code_hash=""), name="floor_device_code_once"),
        ]

    def __str__(self) -> str:
        return self.name
