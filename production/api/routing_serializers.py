"""Shapes of routings: operations with their alternatives and instructions."""

from typing import Any

from rest_framework import serializers

from core.api.fields import PriceField, QuantityField, RateField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.references import item_field
from production.api.master_serializers import skill_rows, tool_rows, work_center_rows
from production.choices import OrderKind
from production.models import Operation, OperationAlternative, OperationInstruction, Routing
from sites.access import access_of
from sites.api.references import company_field, site_field

_TIMES = ("setup_time_minutes", "run_time_minutes_per_unit")


class _PricedSerializer(ModelSerializer):
    """The price of a service is null to whom the routing company's prices are no business of."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown = super().to_representation(row)
        access = access_of(getattr(self.context.get("request"), "user", None))
        routing = (row.operation if isinstance(row, OperationAlternative) else row).routing
        if not access.sees_prices(routing.company_id):
            shown["service_unit_price"] = None
        return shown


class AlternativeSerializer(_PricedSerializer):
    site = serializers.CharField(source="work_center.site.code", read_only=True)

    class Meta:
        model = OperationAlternative
        fields = ("id", "work_center", "site", "preference", *_TIMES, "service_unit_price")


class InstructionSerializer(ModelSerializer):
    attachment = serializers.IntegerField(source="attachment_id", read_only=True, allow_null=True)

    class Meta:
        model = OperationInstruction
        fields = ("id", "number", "text", "attachment")


class OperationSerializer(_PricedSerializer):
    """A step: its setup once an order, its run time per piece started, the wait before it."""

    site = serializers.CharField(source="work_center.site.code", read_only=True)
    skills = serializers.SerializerMethodField()
    tools = serializers.SerializerMethodField()
    alternatives = AlternativeSerializer(many=True, read_only=True)
    instructions = InstructionSerializer(many=True, read_only=True)

    class Meta:
        model = Operation
        fields = (
            *("id", "number", "name", "work_center", "site", *_TIMES, "queue_time_minutes", "overlap_quantity"),
            *("yield_factor", "service_unit_price", "skills", "tools", "alternatives", "instructions"),
        )

    def get_skills(self, row: Operation) -> list[str]:
        return sorted(skill.code for skill in row.skills.all())

    def get_tools(self, row: Operation) -> list[str]:
        return sorted(tool.code for tool in row.tools.all())


class RoutingSerializer(ModelSerializer):
    """The operations that make an item: at a site, by a company, or by all."""

    item_name = serializers.CharField(source="item.name", read_only=True)
    operations = OperationSerializer(many=True, read_only=True)
    open_orders = serializers.SerializerMethodField()

    class Meta:
        model = Routing
        fields = (
            *("id", "item", "item_name", "company", "site", "kind", "code", "revision"),
            *("valid_from_on", "valid_until_on"),
            *("operations", "open_orders", "archived_at", "version", "created_at", "updated_at"),
        )

    def get_open_orders(self, routing: Routing) -> int:
        """The open orders that follow it: after a change, those that were released are to be reviewed."""
        return self.context.get("open_orders", {}).get(routing.pk, 0)


class AlternativeWriteSerializer(Serializer):
    work_center = ReferenceField(work_center_rows)
    preference = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    setup_time_minutes = RateField(required=False, allow_null=True, min_value=0)
    run_time_minutes_per_unit = RateField(required=False, allow_null=True, min_value=0)
    service_unit_price = PriceField(required=False, allow_null=True, min_value=0)


class InstructionWriteSerializer(Serializer):
    text = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    attachment = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class OperationWriteSerializer(Serializer):
    number = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    name = serializers.CharField(max_length=200)
    work_center = ReferenceField(work_center_rows, help_text="A code is one of several sites: then the id.")
    setup_time_minutes = RateField(required=False, min_value=0)
    run_time_minutes_per_unit = RateField(required=False, min_value=0, help_text="Per piece started.")
    queue_time_minutes = RateField(required=False, min_value=0, help_text="The wait before it.")
    overlap_quantity = QuantityField(required=False, min_value=0, help_text="The next begins when so many are through.")
    yield_factor = RateField(required=False, help_text="The good part of what it starts; absent: 1.")
    service_unit_price = PriceField(
        required=False, allow_null=True, min_value=0, help_text="Per good piece, where another company does it."
    )
    skills = serializers.ListField(child=ReferenceField(skill_rows), required=False, max_length=100)
    tools = serializers.ListField(child=ReferenceField(tool_rows), required=False, max_length=100)
    alternatives = AlternativeWriteSerializer(many=True, required=False)
    instructions = InstructionWriteSerializer(many=True, required=False)


class OperationEditSerializer(OperationWriteSerializer):
    """With `id` a change of that operation (`remove` takes it out), without one a new one.

    `skills`, `tools`, `alternatives` and `instructions` are all that it shall have, where they are given.
    """

    id = serializers.IntegerField(min_value=1, required=False)
    remove = serializers.BooleanField(required=False)
    name = serializers.CharField(max_length=200, required=False)
    work_center = ReferenceField(work_center_rows, required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "id" not in values and (missing := [name for name in ("name", "work_center") if name not in values]):
            raise serializers.ValidationError({missing[0]: ["A new operation needs it."]})
        if values.get("remove") and "id" not in values:
            raise serializers.ValidationError({"id": ["Which operation is to be removed?"]})
        return values


class RoutingEditSerializer(Serializer):
    """What is named changes."""

    kind = serializers.ChoiceField(
        choices=OrderKind.choices, required=False, help_text="The orders that follow it; absent: `make`."
    )
    code = serializers.CharField(max_length=64, required=False, allow_blank=True)
    revision = serializers.CharField(max_length=32, required=False, allow_blank=True)
    valid_from_on = serializers.DateField(required=False, allow_null=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)
    operations = OperationEditSerializer(many=True, required=False)


class RoutingWriteSerializer(RoutingEditSerializer):
    item = item_field()
    site = site_field(required=False, allow_null=True)
    company = company_field(
        required=False, allow_null=True, help_text="Absent: the site's default owner, else your only company."
    )
    operations = OperationWriteSerializer(many=True)  # type: ignore[assignment]
