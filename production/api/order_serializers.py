"""Shapes of manufacturing orders."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.fields import AmountField, QuantityField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.line_places import KeyField
from inventory.api.order_status import LineStatusFields, OrderStatusFields
from inventory.api.references import item_field
from production.choices import OrderKind
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent
from production.selectors.bills import visible_bills
from sites.access import access_of
from sites.api.references import company_field, site_field


def _bills(user: Any) -> Any:
    return visible_bills(access_of(user)).filter(archived_at=None)


@extend_schema_serializer(component_name="ManufacturingOrderComponent")
class ComponentSerializer(LineStatusFields, ModelSerializer):
    """A component; quantities in its stocking unit. `posted_quantity` is what was issued."""

    item_name = serializers.CharField(source="item.name", read_only=True)
    expected_on = serializers.SerializerMethodField()

    class Meta:
        model = ManufacturingOrderComponent
        fields = (
            "id",
            "line_no",
            "item",
            "item_name",
            "unit",
            "quantity_per",
            "fixed_quantity",
            "scrap_factor",
            "quantity",
            "posted_quantity",
            "closed_quantity",
            "open_quantity",
            "need_by_on",
            "availability",
            "expected_on",
            "late_days",
            "short_quantity",
        )

    def get_expected_on(self, component: ManufacturingOrderComponent) -> str | None:
        """The date of its last supply, where it is expected."""
        return self.served_on(component)


class CompletionSerializer(ModelSerializer):
    """A report; `posting_id` leads to its moves."""

    posting_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Completion
        fields = ("id", "number", "posting_id", "completed_at", "quantity", "scrapped_quantity", "reversed_at")


@extend_schema_serializer(component_name="ManufacturingOrder")
class OrderSerializer(OrderStatusFields, ModelSerializer):
    """A manufacturing order with its components and reports, and how it stands."""

    item_name = serializers.CharField(source="item.name", read_only=True)
    unit = serializers.CharField(source="item.unit.code", read_only=True)
    bill_id = serializers.IntegerField(read_only=True)
    routing_id = serializers.IntegerField(read_only=True, allow_null=True)
    source_lot = serializers.CharField(source="source_lot.number", read_only=True, allow_null=True, default=None)
    split_from_id = serializers.IntegerField(read_only=True, allow_null=True)
    rank = serializers.SerializerMethodField()
    open_cost = serializers.SerializerMethodField()
    currency = serializers.SerializerMethodField()
    components = ComponentSerializer(many=True, read_only=True)
    completions = CompletionSerializer(many=True, read_only=True)

    class Meta:
        model = ManufacturingOrder
        fields = (
            "id",
            "number",
            "company",
            "owner",
            "site",
            "item",
            "item_name",
            "unit",
            "bill_id",
            "kind",
            "source_lot",
            "routing_id",
            "split_from_id",
            "review_reason",
            "state",
            "is_blocked",
            "blocked_at",
            "blocked_reason",
            "close_reason",
            "review_reason",
            "rank",
            "quantity",
            "start_quantity",
            "posted_quantity",
            "scrapped_quantity",
            "closed_quantity",
            "open_quantity",
            "yield_factor",
            "start_on",
            "due_at",
            "due_on",
            "promised_on",
            "expected_on",
            "released_at",
            "started_at",
            "done_at",
            "lot_number",
            "availability",
            "complete_on",
            "late_days",
            "open_cost",
            "currency",
            "source_kind",
            "source_id",
            "note",
            "external_reference",
            "components",
            "completions",
            "version",
            "created_at",
            "updated_at",
        )

    def get_rank(self, order: ManufacturingOrder) -> int | None:
        """Its place among the company's open orders, 1 is served first."""
        return self.context.get("positions", {}).get(order.priority_id)

    def get_open_cost(self, order: ManufacturingOrder) -> str | None:
        """What is issued to it and not in what it made; null unless the reader is of its company."""
        cost = self.context.get("costs", {}).get(order.pk)
        return AmountField().to_representation(cost.value) if cost else None

    def get_currency(self, order: ManufacturingOrder) -> str | None:
        return getattr(self.context.get("costs", {}).get(order.pk), "currency", None)


@extend_schema_serializer(component_name="ManufacturingOrderWrite")
class OrderWriteSerializer(Serializer):
    """A new order: planned, or with `is_released` released at once."""

    item = item_field()
    site = site_field()
    quantity = QuantityField(help_text="Good ones, in the stocking unit.")
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True, help_text="The end of receiving that day.")
    company = company_field(required=False, allow_null=True, help_text="Absent: the site's default owner.")
    kind = serializers.ChoiceField(
        choices=OrderKind.choices, required=False, help_text="Absent: `make`. The others use pieces of the item itself."
    )
    source_lot = KeyField(required=False, allow_null=True, help_text="The held lot that a rework repairs.")
    bill = ReferenceField(_bills, required=False, allow_null=True, help_text="Absent: the closest.")
    demand_id = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="The one demand that it is made for."
    )
    number = serializers.CharField(max_length=32, required=False, allow_blank=True)
    lot_number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
    is_released = serializers.BooleanField(required=False, default=False)


@extend_schema_serializer(component_name="ManufacturingOrderEdit")
class OrderEditSerializer(Serializer):
    """What is named changes; the quantity only while it is planned."""

    quantity = QuantityField(required=False)
    due_at = serializers.DateTimeField(required=False)
    due_on = serializers.DateField(required=False)
    promised_on = serializers.DateField(required=False, allow_null=True)
    expected_on = serializers.DateField(required=False, allow_null=True)
    lot_number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)


class UseSerializer(Serializer):
    """So much of a component was used. `item` is another name for `component`."""

    component = item_field(required=False)
    item = item_field(required=False)
    quantity = QuantityField(min_value=0)
    lot = KeyField(required=False, allow_null=True)
    location = KeyField(required=False, allow_null=True)
    owner = company_field(required=False, allow_null=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("component" in values) == ("item" in values):
            raise serializers.ValidationError({"component": ["Name the component, once."]})
        return values


class OutputSerializer(Serializer):
    """So much of a by-product or co-product came out, in a lot or with serial numbers where it has them."""

    item = item_field()
    quantity = QuantityField(min_value=0)
    lot = serializers.CharField(max_length=64, required=False, allow_blank=True)
    serial_numbers = serializers.ListField(child=serializers.CharField(max_length=64), required=False)


class CompleteSerializer(Serializer):
    """A report of good and scrapped ones.

    `components`: absent takes the planned share, an empty list nothing, anything else as given; `outputs` the same for
    what comes out beside.
    """

    quantity = QuantityField(required=False, min_value=0, help_text="Good ones; absent: all that is open.")
    scrapped_quantity = QuantityField(required=False, min_value=0)
    components = UseSerializer(many=True, required=False, allow_null=True)
    outputs = OutputSerializer(many=True, required=False, allow_null=True)
    lot = serializers.CharField(max_length=64, required=False, allow_blank=True, help_text="Absent: the order's.")
    serial_numbers = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    expires_on = serializers.DateField(required=False, allow_null=True)
    location = KeyField(required=False, allow_null=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)


@extend_schema_serializer(component_name="ManufacturingOrderRank")
class RankSerializer(Serializer):
    """The order to stand directly before, or directly after: a manufacturing order's id or number, or the number of
    a sales order, because both share one ranking."""

    before = KeyField(required=False, allow_null=True)
    after = KeyField(required=False, allow_null=True)


class ReleaseManySerializer(Serializer):
    """The orders to release, all or none."""

    orders = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=1000)
