"""Shapes of suppliers, what they sell, purchase orders and receipts."""

from typing import Any

from rest_framework import serializers

from core.api.fields import AmountField, PriceField, QuantityField, ReferenceField
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
from inventory.api.order_status import ReaderFields
from inventory.api.references import item_field
from purchasing import selectors
from purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierItem,
    SupplierPrice,
)
from sites.access import access_of
from sites.api.references import company_field, site_field


def suppliers(user: Any) -> Any:
    """Suppliers that may be named."""
    return selectors.suppliers(access_of(user))


class SupplierSerializer(ModelSerializer):
    """A company's supplier. `company` buys, `party` is the supplier's own company."""

    class Meta:
        model = Supplier
        fields = (
            "id",
            "company",
            "party",
            "code",
            "name",
            "currency",
            "payment_terms_days",
            "lead_time_days",
            "rating",
            "is_preferred",
            "email",
            "country",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        )


class SupplierChangeSerializer(ModelSerializer):
    class Meta:
        model = Supplier
        fields: tuple[str, ...] = SupplierSerializer.Meta.fields[3:12]
        extra_kwargs = {
            "name": {"required": False, "help_text": "Absent: the code."},
            "currency": {"required": False, "help_text": "Absent: the party's, else the buyer's."},
        }


class SupplierWriteSerializer(SupplierChangeSerializer):
    company = company_field(required=False, help_text="The buyer; absent: your only company.")
    party = company_field(required=False, allow_null=True, help_text="Absent: a company is made for the supplier.")

    class Meta(SupplierChangeSerializer.Meta):
        fields = ("company", "party", *SupplierChangeSerializer.Meta.fields)


class SupplierPriceSerializer(ModelSerializer):
    """A price per the supplier's unit, from `minimum_quantity` of them on."""

    class Meta:
        model = SupplierPrice
        fields = ("minimum_quantity", "unit_price", "currency", "valid_from_on", "valid_until_on")


class SupplierItemSerializer(ModelSerializer):
    """An item as a supplier sells it: one of his units is `unit_factor` stocking units."""

    prices = SupplierPriceSerializer(many=True, read_only=True, help_text="None for who sees no prices.")

    class Meta:
        model = SupplierItem
        fields = (
            "id",
            "company",
            "supplier",
            "item",
            "supplier_sku",
            "unit_label",
            "unit_factor",
            "lead_time_days",
            "order_minimum",
            "order_multiple",
            "order_maximum",
            "preference",
            "last_cost",
            "last_received_on",
            "prices",
            "version",
            "created_at",
            "updated_at",
        )

    def to_representation(self, row: SupplierItem) -> dict[str, Any]:
        shown = super().to_representation(row)
        if access_of(self.context["view"].actor).sees_prices(row.company_id):
            return shown
        return {**shown, **{name: empty for name, empty in (("last_cost", None), ("prices", [])) if name in shown}}


class SupplierPriceWriteSerializer(Serializer):
    """A price break, known by its quantity and first day."""

    unit_price = PriceField()
    minimum_quantity = QuantityField(required=False, default="0")
    currency = serializers.CharField(max_length=3, required=False, help_text="Absent: the supplier's.")
    valid_from_on = serializers.DateField(required=False, allow_null=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)


class SupplierItemChangeSerializer(ModelSerializer):
    prices = SupplierPriceWriteSerializer(many=True, required=False)

    class Meta:
        model = SupplierItem
        fields: tuple[str, ...] = (*SupplierItemSerializer.Meta.fields[4:12], "prices")


class SupplierItemWriteSerializer(SupplierItemChangeSerializer):
    supplier = ReferenceField(suppliers, within={"company_id": "company"})
    company = company_field(required=False, help_text="The buyer, where several have a supplier of that code.")
    item = item_field()

    class Meta(SupplierItemChangeSerializer.Meta):
        fields = ("supplier", "company", "item", *SupplierItemChangeSerializer.Meta.fields)


class PurchaseOrderLineSerializer(ReaderFields, ModelSerializer):
    """A line. `quantity` and what follows are in the stocking unit; `ordered_quantity` is in `unit`, or in the
    supplier's own unit where `unit_label` names it."""

    partner = "supplier"

    open_quantity = QuantityField(read_only=True)
    unit_price = PriceField(read_only=True, allow_null=True, help_text="Null for who sees no prices.")
    net_amount = AmountField(read_only=True, allow_null=True, help_text="Null for who sees no prices.")
    source_kind = serializers.CharField(read_only=True, allow_null=True, help_text="Null for the supplier.")

    class Meta:
        model = PurchaseOrderLine
        fields = (
            "id",
            "line_no",
            "item",
            "site",
            "description",
            "ordered_quantity",
            "unit",
            "unit_label",
            "unit_factor",
            "unit_price",
            "net_amount",
            "quantity",
            "posted_quantity",
            "rejected_quantity",
            "closed_quantity",
            "open_quantity",
            "need_by_on",
            "promised_on",
            "expected_on",
            "close_reason",
            "source_kind",
            "source_id",
        )


class PurchaseOrderSerializer(ReaderFields, ModelSerializer):
    """A purchase order with its lines and what it is worth."""

    partner = "supplier"

    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    is_blocked = serializers.SerializerMethodField()
    blocked_reason = serializers.CharField(read_only=True, allow_null=True, help_text="Null for the supplier.")
    net_amount = AmountField(
        read_only=True,
        allow_null=True,
        help_text="The sum of its lines, each rounded; without tax. Null for who sees no prices.",
    )
    lines = PurchaseOrderLineSerializer(many=True, read_only=True)

    class Meta:
        model = PurchaseOrder
        fields = (
            "id",
            "number",
            "company",
            "owner",
            "supplier",
            "supplier_name",
            "site",
            "state",
            "is_blocked",
            "blocked_at",
            "blocked_reason",
            "close_reason",
            "currency",
            "net_amount",
            "ordered_on",
            "expected_on",
            "is_historical",
            "note",
            "external_reference",
            "lines",
            "version",
            "created_at",
            "updated_at",
        )

    def get_is_blocked(self, order: PurchaseOrder) -> bool:
        return order.blocked_at is not None


class PurchaseLineWriteSerializer(LineWriteSerializer):
    unit_label = serializers.CharField(
        max_length=16, required=False, allow_blank=True, help_text="The supplier's own unit, instead of `unit`."
    )
    expected_on = serializers.DateField(required=False, allow_null=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("unit") and values.get("unit_label"):
            raise serializers.ValidationError({"unit_label": ["Give a unit or the supplier's own, not both."]})
        return values


class PurchaseOrderWriteSerializer(OrderWriteSerializer):
    """A new order: a draft, or with `is_ordered` ordered at once."""

    supplier = PartnerField(suppliers)
    currency = serializers.CharField(max_length=3, required=False, help_text="Absent: the supplier's.")
    expected_on = serializers.DateField(required=False, allow_null=True)
    is_ordered = serializers.BooleanField(required=False, default=False)
    lines = PurchaseLineWriteSerializer(many=True)


class PurchaseLineEditSerializer(LineEditSerializer):
    unit_label = serializers.CharField(max_length=16, required=False, help_text="Of a new line.")
    expected_on = serializers.DateField(required=False, allow_null=True)


class PurchaseOrderEditSerializer(OrderEditSerializer):
    expected_on = serializers.DateField(required=False, allow_null=True)
    lines = PurchaseLineEditSerializer(many=True, required=False)


class PurchaseOrderReceiveLineSerializer(LineRefSerializer):
    """A line by `line` (id) or `line_no`. A lot's number is the supplier's; a new one is made."""

    quantity = QuantityField(
        required=False, allow_null=True, help_text="Stocking unit; absent: what is open, less what is rejected."
    )
    rejected_quantity = QuantityField(required=False, help_text="Came and went back; it stays open.")
    lot = KeyField(required=False, allow_null=True)
    began_on = serializers.DateField(required=False, allow_null=True, help_text="Of a new lot; absent: that day.")
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="Of a new lot.")
    location = KeyField(required=False, allow_null=True)


class PurchaseOrderReceiveSerializer(Serializer):
    """Without `lines`, all that is open at the site."""

    lines = PurchaseOrderReceiveLineSerializer(many=True, required=False, allow_null=True)
    site = site_field(required=False, allow_null=True, help_text="Needed where lines of several sites are open.")
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ReceiptLineSerializer(PostedLineSerializer):
    class Meta:
        model = ReceiptLine
        fields = ("id", "line", "line_no", "item", "quantity", "rejected_quantity")


class ReceiptSerializer(ModelSerializer):
    """What came in with one posting; `posting_id` leads to its moves. A historical one moved no stock."""

    posting_id = serializers.IntegerField(read_only=True)
    is_reversed = serializers.SerializerMethodField()
    lines = ReceiptLineSerializer(many=True, read_only=True)

    class Meta:
        model = Receipt
        fields = (
            "id",
            "number",
            "company",
            "site",
            "order",
            "posting_id",
            "received_at",
            "supplier_reference",
            "is_historical",
            "is_reversed",
            "reversed_at",
            "lines",
            "created_at",
            "updated_at",
        )

    def get_is_reversed(self, receipt: Receipt) -> bool:
        return receipt.reversed_at is not None
