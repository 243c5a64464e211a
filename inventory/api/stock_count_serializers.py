"""Shapes of stock counts."""

from rest_framework import serializers

from core.api.fields import QuantityField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.line_places import KeyField
from inventory.api.references import item_field, locations
from inventory.models import StockCount, StockCountLine
from sites.api.references import company_field, site_field


class StockCountLineSerializer(ModelSerializer):
    """A place: `expected_quantity` stood there when `counted_quantity` was entered (null: not counted yet)."""

    difference = serializers.SerializerMethodField()

    class Meta:
        model = StockCountLine
        fields = ("id", "item", "location", "lot", "owner", "expected_quantity", "counted_quantity", "difference")

    def get_difference(self, line: StockCountLine) -> str | None:
        """Counted less expected; null before it is counted."""
        if line.counted_quantity is None:
            return None
        return QuantityField().to_representation(line.counted_quantity - line.expected_quantity)


class StockCountSerializer(ModelSerializer):
    """A count of one owner's stock at a site, with its places."""

    lines = StockCountLineSerializer(many=True, read_only=True)

    class Meta:
        model = StockCount
        fields = (
            "id",
            "number",
            "site",
            "owner",
            "state",
            "close_reason",
            "note",
            "external_reference",
            "lines",
            "version",
            "created_at",
            "updated_at",
        )


class StockCountWriteSerializer(Serializer):
    """A new count: of all that stands there, or only of these locations and items."""

    site = site_field()
    owner = company_field(required=False, allow_null=True, help_text="Absent: the site's default owner.")
    note = serializers.CharField(required=False, allow_blank=True)
    locations = serializers.ListField(
        child=ReferenceField(locations, within={"site_id": "site"}), required=False, allow_empty=True
    )
    items = serializers.ListField(child=item_field(), required=False, allow_empty=True)


class CountedSerializer(Serializer):
    """So much was found in a place, 0 or more."""

    item = item_field()
    location = KeyField()
    lot = KeyField(required=False, allow_null=True)
    quantity = QuantityField()


class EnterSerializer(Serializer):
    """What was found."""

    lines = CountedSerializer(many=True, allow_empty=False)


class PostCountSerializer(Serializer):
    """When it was counted; absent: now."""

    effective_at = serializers.DateTimeField(required=False, allow_null=True)
