"""Shapes of work centers, operators and what belongs to them."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.fields import PriceField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from production.choices import ReasonKind
from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from production.selectors import masters
from production.services.masters import RATES
from sites.access import access_of
from sites.api.references import calendar_field, site_field, users

STAMPS = ("version", "archived_at", "created_at", "updated_at")


def work_center_rows(user: Any) -> Any:
    """Work centers that may be named."""
    return masters.work_centers(access_of(user)).filter(archived_at=None)


def skill_rows(user: Any) -> Any:
    """Skills that may be named."""
    return masters.skills(access_of(user)).filter(archived_at=None)


def tool_rows(user: Any) -> Any:
    """Tools that may be named."""
    return masters.tools(access_of(user)).filter(archived_at=None)


def _team_rows(user: Any) -> Any:
    return masters.teams(access_of(user)).filter(archived_at=None)


class WorkCenterSerializer(ModelSerializer):
    """Rates are per hour in `currency`, that of the site's operator, and null to whom they are no business of."""

    currency = serializers.CharField(source="site.company.currency", read_only=True)

    class Meta:
        model = WorkCenter
        fields = (
            "id",
            "code",
            "name",
            "site",
            "parallel_machines",
            *RATES,
            "currency",
            "efficiency_factor",
            "calendar",
            "note",
            *STAMPS,
        )
        extra_kwargs = {name: {"allow_null": True} for name in RATES}

    def to_representation(self, row: WorkCenter) -> dict[str, Any]:
        shown = super().to_representation(row)
        access = access_of(getattr(self.context.get("request"), "user", None))
        if not access.sees_prices(row.site.company_id):
            shown |= {name: None for name in RATES if name in shown}
        return shown


class WorkCenterChangeSerializer(ModelSerializer):
    calendar = calendar_field(required=False, allow_null=True)
    machine_rate_per_hour = PriceField(required=False, min_value=0)
    labor_rate_per_hour = PriceField(required=False, min_value=0)
    overhead_rate_per_hour = PriceField(required=False, min_value=0)

    class Meta:
        model = WorkCenter
        fields = ("code", "name", "parallel_machines", *RATES, "efficiency_factor", "calendar", "note")
        extra_kwargs = {"name": {"required": False, "help_text": "Absent: the code."}}


class WorkCenterWriteSerializer(WorkCenterChangeSerializer):
    site = site_field()

    class Meta(WorkCenterChangeSerializer.Meta):
        fields: tuple[str, ...] = ("site", *WorkCenterChangeSerializer.Meta.fields)  # type: ignore[assignment]
        validators: list[Any] = []


class SkillSerializer(ModelSerializer):
    class Meta:
        model = Skill
        fields = ("id", "code", "name", *STAMPS)


class SkillWriteSerializer(Serializer):
    code = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=200, required=False, help_text="Absent: the code.")


class ToolSerializer(ModelSerializer):
    class Meta:
        model = Tool
        fields = ("id", "code", "name", "site", *STAMPS)


class ToolWriteSerializer(SkillWriteSerializer):
    site = site_field(required=False, allow_null=True, help_text="Absent: of all sites.")


@extend_schema_serializer(component_name="ProductionReason")
class ReasonSerializer(ModelSerializer):
    class Meta:
        model = Reason
        fields = ("id", "kind", "code", "name", "site", *STAMPS)


class ReasonChangeSerializer(SkillWriteSerializer):
    kind = serializers.ChoiceField(choices=ReasonKind.choices)


@extend_schema_serializer(component_name="ProductionReasonWrite")
class ReasonWriteSerializer(ReasonChangeSerializer):
    site = site_field(required=False, allow_null=True, help_text="Absent: of all sites.")


class TeamSerializer(ModelSerializer):
    class Meta:
        model = Team
        fields = ("id", "code", "name", "site", *STAMPS)


class TeamWriteSerializer(SkillWriteSerializer):
    site = site_field()


class OperatorSerializer(ModelSerializer):
    """Of the PIN and the badge only whether there is one."""

    skills = serializers.SerializerMethodField()
    has_pin = serializers.SerializerMethodField()
    has_badge = serializers.SerializerMethodField()

    class Meta:
        model = Operator
        fields = (
            *("id", "code", "name", "site", "team", "work_center", "user", "skills"),
            *("is_supervisor", "has_pin", "has_badge", *STAMPS),
        )

    def get_skills(self, row: Operator) -> list[str]:
        return sorted(skill.code for skill in row.skills.all())

    def get_has_pin(self, row: Operator) -> bool:
        return bool(row.pin_hash)

    def get_has_badge(self, row: Operator) -> bool:
        return bool(row.badge_hash)


class OperatorChangeSerializer(SkillWriteSerializer):
    team = ReferenceField(_team_rows, within={"site_id": "site"}, required=False, allow_null=True)
    work_center = ReferenceField(work_center_rows, within={"site_id": "site"}, required=False, allow_null=True)
    user = ReferenceField(users, key="username", required=False, allow_null=True)
    skills = serializers.ListField(child=ReferenceField(skill_rows), required=False, max_length=100)
    is_supervisor = serializers.BooleanField(required=False)


class OperatorWriteSerializer(OperatorChangeSerializer):
    site = site_field()
    pin = serializers.CharField(max_length=12, required=False, allow_blank=True, write_only=True)


@extend_schema_serializer(component_name="OperatorPin")
class PinSerializer(Serializer):
    """4 to 12 digits, not all the same; nothing takes the PIN away."""

    pin = serializers.CharField(max_length=12, allow_blank=True)


class BadgeSerializer(serializers.Serializer):
    """The badge's token, shown this once."""

    token = serializers.CharField()
