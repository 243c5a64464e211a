"""Shapes of customers, sales orders and shipments."""

from typing import Any

from rest_framework import serializers

from core.api.fields import AmountField, PriceField, QuantityField, RateField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.line_places import KeyField
from inventory.api.order_fields import (
    LineEditSerializer,
    LineRefSerializer,
    LineWriteSerializer,
    OrderEditSerializer,
    OrderWriteSerializer,
    PartnerField,
    PostedLineSerializer,
)
from inventory.api.order_status import LineStatusFields, OrderStatusFields, ReaderFields
from sales import selectors
from sales.models import Customer, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from sites.access import access_of
from sites.api.references import company_field, site_field


def customers(user: Any) -> Any:
    """Customers that may be named."""
    return selectors.customers(access_of(user))


class CustomerSerializer(ModelSerializer):
    """A company's customer. `company` sells, `party` is the customer's own company."""

    class Meta:
        model = Customer
        fields = (
            "id",
            "company",
            "party",
            "code",
            "name",
            "currency",
            "payment_terms_days",
            "email",
            "street",
            "city",
            "postal_code",
            "country",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        )


class CustomerChangeSerializer(ModelSerializer):
    class Meta:
        model = Customer
        fields: tuple[str, ...] = CustomerSerializer.Meta.fields[3:12]
        extra_kwargs = {
            "name": {"required": False, "help_text": "Absent: the code."},
            "currency": {"required": False, "help_text": "Absent: the party's, else the seller's."},
        }


class CustomerWriteSerializer(CustomerChangeSerializer):
    company = company_field(required=False, help_text="The seller; absent: your only company.")
    party = company_field(required=False, allow_null=True, help_text="Absent: a company is made for the customer.")

    class Meta(CustomerChangeSerializer.Meta):
        fields = ("company", "party", *CustomerChangeSerializer.Meta.fields)


class SalesOrderLineSerializer(ReaderFields, LineStatusFields, ModelSerializer):
    """A line. `quantity` and what follows from it are in the stocking unit, `ordered_quantity` in `unit`."""

    partner = "customer"

    open_quantity = QuantityField(read_only=True)
    unit_price = PriceField(read_only=True, allow_null=True, help_text="Null for who sees no prices.")
    discount = RateField(read_only=True, allow_null=True, help_text="A fraction; null for who sees no prices.")
    net_amount = AmountField(read_only=True, allow_null=True, help_text="Null for who sees no prices.")
    source_kind = serializers.CharField(read_only=True, allow_null=True, help_text="Null for the customer.")
    expected_on = serializers.SerializerMethodField()

    class Meta:
        model = SalesOrderLine
        fields = (
            "id",
            "line_no",
            "item",
            "site",
            "description",
            "ordered_quantity",
            "unit",
            "unit_factor",
            "unit_price",
            "discount",
            "net_amount",
            "quantity",
            "posted_quantity",
            "closed_quantity",
            "open_quantity",
            "need_by_on",
            "promised_on",
            "availability",
            "expected_on",
            "late_days",
            "short_quantity",
            "close_reason",
            "source_kind",
            "source_id",
        )

    def get_expected_on(self, line: SalesOrderLine) -> str | None:
        """The date of its last supply, where it is expected."""
        return self.served_on(line)


class SalesOrderSerializer(ReaderFields, OrderStatusFields, ModelSerializer):
    """A sales order with its lines, what it is worth, and how it stands."""

    partner = "customer"

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    blocked_reason = serializers.CharField(read_only=True, allow_null=True, help_text="Null for the customer.")
    net_amount = AmountField(
        read_only=True,
        allow_null=True,
        help_text="The sum of its lines, each rounded; without tax. Null for who sees no prices.",
    )
    rank = serializers.SerializerMethodField()
    lines = SalesOrderLineSerializer(many=True, read_only=True)

    class Meta:
        model = SalesOrder
        fields = (
            "id",
            "number",
            "company",
            "owner",
            "customer",
            "customer_name",
            "site",
            "state",
            "is_blocked",
            "blocked_at",
            "blocked_reason",
            "close_reason",
            "rank",
            "currency",
            "net_amount",
            "ordered_on",
            "need_by_on",
            "promised_on",
            "opened_at",
            "shipped_at",
            "availability",
            "complete_on",
            "late_days",
            "note",
            "external_reference",
            "lines",
            "version",
            "created_at",
            "updated_at",
        )

    def get_rank(self, order: SalesOrder) -> int | None:
        """Its place among the company's open orders, 1 is served first; null for the customer."""
        return self.context.get("positions", {}).get(order.priority_id)


class SalesLineWriteSerializer(LineWriteSerializer):
    discount = RateField(required=False, help_text="A fraction: 0.1 is 10 % off.")


class SalesOrderWriteSerializer(OrderWriteSerializer):
    """A new order: a quote, or with `is_open` open at once."""

    customer = PartnerField(customers)
    currency = serializers.CharField(max_length=3, required=False, help_text="Absent: the customer's.")
    need_by_on = serializers.DateField(required=False, allow_null=True)
    promised_on = serializers.DateField(required=False, allow_null=True)
    is_open = serializers.BooleanField(required=False, default=False)
    lines = SalesLineWriteSerializer(many=True)


class SalesLineEditSerializer(LineEditSerializer):
    discount = RateField(required=False)


class SalesOrderEditSerializer(OrderEditSerializer):
    need_by_on = serializers.DateField(required=False, allow_null=True)
    promised_on = serializers.DateField(required=False, allow_null=True)
    lines = SalesLineEditSerializer(many=True, required=False)


class SalesOrderRankSerializer(Serializer):
    """The order to stand directly before, or directly after: its id or number."""

    before = KeyField(required=False, allow_null=True)
    after = KeyField(required=False, allow_null=True)


class SalesOrderShipLineSerializer(LineRefSerializer):
    """A line by `line` (id) or `line_no`."""

    quantity = QuantityField(required=False, allow_null=True, help_text="Stocking unit; absent: all that is open.")
    lot = KeyField(required=False, allow_null=True)
    location = KeyField(required=False, allow_null=True)


class SalesOrderShipSerializer(Serializer):
    """Without `lines`, all that is open at the site."""

    lines = SalesOrderShipLineSerializer(many=True, required=False, allow_null=True)
    site = site_field(required=False, allow_null=True, help_text="Needed where lines of several sites are open.")
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    carrier = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ShipmentLineSerializer(PostedLineSerializer):
    class Meta:
        model = ShipmentLine
        fields = ("id", "line", "line_no", "item", "quantity")


class ShipmentSerializer(ModelSerializer):
    """What left with one posting; `posting_id` leads to its moves."""

    posting_id = serializers.IntegerField(read_only=True)
    is_reversed = serializers.SerializerMethodField()
    lines = ShipmentLineSerializer(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = (
            "id",
            "number",
            "company",
            "site",
            "order",
            "posting_id",
            "shipped_at",
            "carrier",
            "tracking_number",
            "is_reversed",
            "reversed_at",
            "lines",
            "created_at",
            "updated_at",
        )

    def get_is_reversed(self, shipment: Shipment) -> bool:
        return shipment.reversed_at is not None
