"""Shapes of plans and checks."""

from typing import Any

from rest_framework import serializers

from core.api.fields import QuantityField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.references import item_field
from quality.choices import CharacteristicKind, Decision, Trigger
from quality.models import QualityCharacteristic, QualityCheck, QualityPlan, QualityResult
from sites.api.references import company_field, site_field


class CharacteristicSerializer(ModelSerializer):
    """A measure between two limits in `unit`, a yes or no, or a photo."""

    class Meta:
        model = QualityCharacteristic
        fields = ("line_no", "name", "kind", "min_value", "max_value", "unit", "instruction")


class PlanSerializer(ModelSerializer):
    """What a company checks at a trigger; what is null holds for all."""

    characteristics = CharacteristicSerializer(many=True, read_only=True)

    class Meta:
        model = QualityPlan
        fields = (
            "id",
            "company",
            "code",
            "name",
            "trigger",
            "item",
            "site",
            "supplier_id",
            "operation_id",
            "characteristics",
            "archived_at",
            "version",
            "created_at",
            "updated_at",
        )


class CharacteristicWriteSerializer(Serializer):
    """A characteristic to be."""

    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=CharacteristicKind.choices, default=CharacteristicKind.PASS_FAIL)
    min_value = QuantityField(required=False, allow_null=True)
    max_value = QuantityField(required=False, allow_null=True)
    unit = serializers.CharField(max_length=16, required=False, allow_blank=True)
    instruction = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PlanWriteSerializer(ModelSerializer):
    company = company_field()
    item = item_field(required=False, allow_null=True)
    site = site_field(required=False, allow_null=True)
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    supplier_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    operation_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    characteristics = CharacteristicWriteSerializer(many=True)

    class Meta:
        model = QualityPlan
        fields = (
            "company",
            "code",
            "name",
            "trigger",
            "item",
            "site",
            "supplier_id",
            "operation_id",
            "characteristics",
        )
        validators: list[Any] = []


class PlanChangeSerializer(ModelSerializer):
    class Meta:
        model = QualityPlan
        fields = ("name",)


class ResultSerializer(ModelSerializer):
    """What was found of one characteristic."""

    class Meta:
        model = QualityResult
        fields = (
            "line_no",
            "name",
            "kind",
            "min_value",
            "max_value",
            "unit",
            "instruction",
            "value",
            "is_ok",
            "note",
            "attachment_id",
        )


class CheckSerializer(ModelSerializer):
    """A check of so much of an item; `source` is its document."""

    number = serializers.CharField(read_only=True)
    plan = serializers.CharField(source="plan.code", read_only=True)
    lot = serializers.CharField(source="lot.number", read_only=True, default=None)
    results = ResultSerializer(many=True, read_only=True)

    class Meta:
        model = QualityCheck
        fields = (
            "id",
            "number",
            "company",
            "site",
            "plan",
            "plan_id",
            "trigger",
            "state",
            "item",
            "lot",
            "lot_id",
            "quantity",
            "source_kind",
            "source_id",
            "source_number",
            "task_id",
            "opened_at",
            "checked_at",
            "decision",
            "decision_reason",
            "decided_at",
            "decision_posting_id",
            "rework_order_id",
            "results",
            "version",
            "updated_at",
        )


class ResultWriteSerializer(Serializer):
    """What was found of the characteristic with this number."""

    line_no = serializers.IntegerField(min_value=1)
    value = QuantityField(required=False, allow_null=True)
    is_ok = serializers.BooleanField(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    attachment_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class RecordSerializer(Serializer):
    """The results of a check, all of them."""

    results = ResultWriteSerializer(many=True)


class DecideSerializer(Serializer):
    """What becomes of what failed, and why."""

    decision = serializers.ChoiceField(choices=Decision.choices)
    reason = serializers.CharField(max_length=500)
