"""Who works for whom, and where."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Followed


class Membership(Followed):
    """A user's role in a company, or at one site of it.

    Without a site it holds for all that the company owns, uses or operates; with one, for that site alone.
    """

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator"
        PLANNER = "planner"
        OPERATOR = "operator"
        PARTNER = "partner"
        VIEWER = "viewer"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey("sites.Company", null=True, blank=True, on_delete=models.CASCADE)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.PLANNER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "company", "site"], name="sites_membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=False, site__isnull=True) | Q(company__isnull=True, site__isnull=False),
                name="sites_membership_company_or_site",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
