"""Shapes of transfers."""

from typing import Any

from rest_framework import serializers

from core.api.fields import AmountField, QuantityField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.line_places import KeyField
from inventory.api.order_status import LineStatusFields, OrderStatusFields
from inventory.api.references import item_field, unit_field
from inventory.models import Transfer, TransferLine
from inventory.rules.transfers import in_transit
from sites.api.references import company_field, site_field


class TransferLineSerializer(LineStatusFields, ModelSerializer):
    """A line. `posted_quantity` is what was dispatched; all but `ordered_quantity` is in the stocking unit.

    Its availability is that of what is still to be dispatched, at the origin.
    """

    in_transit_quantity = serializers.SerializerMethodField()
    available_on = serializers.SerializerMethodField()

    class Meta:
        model = TransferLine
        fields = (
            "id",
            "line_no",
            "item",
            "ordered_quantity",
            "unit",
            "unit_factor",
            "quantity",
            "posted_quantity",
            "received_quantity",
            "lost_quantity",
            "in_transit_quantity",
            "closed_quantity",
            "open_quantity",
            "need_by_on",
            "expected_on",
            "availability",
            "available_on",
            "late_days",
            "short_quantity",
            "close_reason",
        )

    def get_in_transit_quantity(self, line: TransferLine) -> str:
        """Dispatched and neither received nor lost."""
        return QuantityField().to_representation(in_transit(line))

    def get_available_on(self, line: TransferLine) -> str | None:
        """When it is there to be dispatched, where it is expected."""
        return self.served_on(line)


class TransferSerializer(OrderStatusFields, ModelSerializer):
    """A transfer with its lines, and how it stands."""

    values_in_transit = serializers.SerializerMethodField()
    lines = TransferLineSerializer(many=True, read_only=True)

    class Meta:
        model = Transfer
        fields = (
            "id",
            "number",
            "company",
            "owner",
            "origin",
            "destination",
            "state",
            "is_blocked",
            "blocked_at",
            "blocked_reason",
            "close_reason",
            "ship_by_on",
            "expected_on",
            "dispatched_at",
            "carrier",
            "tracking_number",
            "availability",
            "complete_on",
            "late_days",
            "values_in_transit",
            "source_kind",
            "source_id",
            "note",
            "external_reference",
            "lines",
            "version",
            "created_at",
            "updated_at",
        )

    def get_values_in_transit(self, transfer: Transfer) -> dict[str, str]:
        """What the goods on their way are worth, by currency; of the reader's own companies only."""
        values = self.context.get("values", {}).get(transfer.pk, {})
        return {currency: AmountField().to_representation(value) for currency, value in sorted(values.items())}


class TransferLineWriteSerializer(Serializer):
    """A line; the quantity is in `unit`, absent: in the stocking unit."""

    item = item_field()
    quantity = QuantityField(help_text="In `unit`; absent: in the stocking unit.")
    unit = unit_field(required=False, allow_null=True)


class TransferWriteSerializer(Serializer):
    """A new transfer: a draft, or with `is_confirmed` confirmed at once."""

    origin = site_field()
    destination = site_field()
    company = company_field(required=False, allow_null=True, help_text="Absent: the origin's default owner.")
    owner = company_field(required=False, allow_null=True, help_text="Absent: the company.")
    ship_by_on = serializers.DateField(required=False, allow_null=True, help_text="Absent: today at the origin.")
    expected_on = serializers.DateField(required=False, allow_null=True, help_text="Absent: by the lane.")
    carrier = serializers.CharField(max_length=100, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
    is_confirmed = serializers.BooleanField(required=False, default=False)
    lines = TransferLineWriteSerializer(many=True)


class TransferLineEditSerializer(Serializer):
    """With `id` a change of that line (`remove` takes it out), without one a new line."""

    id = serializers.IntegerField(min_value=1, required=False)
    remove = serializers.BooleanField(required=False)
    item = item_field(required=False)
    quantity = QuantityField(required=False)
    unit = unit_field(required=False, allow_null=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "id" not in values and (missing := [name for name in ("item", "quantity") if name not in values]):
            raise serializers.ValidationError({name: ["A new line needs it."] for name in missing})
        if "id" in values and "item" in values:
            raise serializers.ValidationError({"item": ["The item of a line stays; remove the line and add another."]})
        return values


class TransferEditSerializer(Serializer):
    """What is named changes; the lines only while it is a draft."""

    ship_by_on = serializers.DateField(required=False)
    expected_on = serializers.DateField(required=False, allow_null=True, help_text="null: by the lane.")
    carrier = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=100, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
    lines = TransferLineEditSerializer(many=True, required=False)


class PartSerializer(Serializer):
    """A line by `line` (id), `line_no` or `item`."""

    line = serializers.IntegerField(min_value=1, required=False)
    line_no = serializers.IntegerField(min_value=1, required=False)
    item = item_field(required=False)
    quantity = QuantityField(required=False, allow_null=True, help_text="Stocking unit; absent: all that is possible.")
    lot = KeyField(required=False, allow_null=True)
    owner = company_field(required=False, allow_null=True)


class PlacedPartSerializer(PartSerializer):
    """The same with the place it is taken from, or put into."""

    location = KeyField(required=False, allow_null=True)


class MovementSerializer(Serializer):
    """Without `lines`, all that is possible."""

    lines = PlacedPartSerializer(many=True, required=False, allow_null=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)


class DispatchSerializer(MovementSerializer):
    carrier = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=100, required=False, allow_blank=True)


class SettleSerializer(Serializer):
    """What is given up, and what happened to it. Without `lines`, all that is still on its way."""

    reason = serializers.CharField(max_length=200)
    lines = PartSerializer(many=True, required=False, allow_null=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
