"""Where work is done, by whom and with what."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.fields import PriceField, RateField
from core.models import Editable, Master
from production.choices import ReasonKind


class Skill(Master):
    """Something an operator must be able to do."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("code"), name="production_skill_code_once")]

    def __str__(self) -> str:
        return self.code


class Tool(Master):
    """Something an operation needs beside its work center: a jig, a gauge, a mold; of one site, or of all."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("code"), name="production_tool_code_once")]

    def __str__(self) -> str:
        return self.code


class Reason(Master):
    """Why work was paused, or pieces were scrapped or reworked; of one site, or of all."""

    kind = models.CharField(max_length=8, choices=ReasonKind.choices)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("kind"), Lower("code"), F("site"), name="production_reason_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.code


class WorkCenter(Master):
    """A place of a site that does operations on `parallel_machines` alike machines.

    Rates are per hour in the currency of the site's operator, and his alone to see. An operation takes its run time ÷
    `efficiency_factor`. Works in its own calendar, else in the site's.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="work_centers")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    parallel_machines = models.PositiveSmallIntegerField(default=1)
    machine_rate_per_hour = PriceField(default=0)
    labor_rate_per_hour = PriceField(default=0)
    overhead_rate_per_hour = PriceField(default=0)
    efficiency_factor = RateField(default=1)
    calendar = models.ForeignKey("sites.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(F("site"), Lower("code"), name="production_work_center_once"),
            models.CheckConstraint(
                condition=Q(
                    parallel_machines__gt=0,
                    efficiency_factor__gt=0,
                    machine_rate_per_hour__gte=0,
                    labor_rate_per_hour__gte=0,
                    overhead_rate_per_hour__gte=0,
                ),
                name="production_work_center_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Team(Master):
    """Operators of a site who take work together."""

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(F("site"), Lower("code"), name="production_team_once")]

    def __str__(self) -> str:
        return self.code


class Operator(Master):
    """A person on the shop floor of a site, with or without a login of his own.

    He is known by a badge, whose token stands here as its SHA-256, or by a PIN, kept as Django keeps passwords.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="operators")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="operators")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    work_center = models.ForeignKey(WorkCenter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    skills = models.ManyToManyField(Skill, blank=True, related_name="operators")
    badge_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    pin_hash = models.CharField(max_length=200, blank=True, default="", editable=False)
    is_supervisor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("site"), Lower("code"), name="production_operator_once"),
            models.UniqueConstraint(
                fields=["badge_hash"], condition=~Q(badge_hash=""), name="production_operator_badge_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(Editable):
    """A picture or file that people look at: of an instruction, a quality check, a call for help.

    `company` sees it, and whoever sees what it hangs on.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/%Y/%m/")

    def __str__(self) -> str:
        return self.name
