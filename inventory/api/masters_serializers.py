"""Shapes of items and what belongs to them, units, places, lots and agreements."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from rest_framework import serializers

from core.api.fields import PriceField, RateField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from inventory.api.references import category_field, item_field, location_field, unit_field
from inventory.models import (
    ConsignmentAgreement,
    Item,
    ItemCategory,
    ItemCompany,
    ItemSite,
    ItemUnit,
    Location,
    Lot,
    UnitOfMeasure,
)
from sites.access import access_of
from sites.api.references import calendar_field, company_field, site_field

STAMPS = ("version", "archived_at", "created_at", "updated_at")


class UnitSerializer(ModelSerializer):
    class Meta:
        model = UnitOfMeasure
        fields = ("id", "code", "name", "decimals", *STAMPS)


class UnitWriteSerializer(ModelSerializer):
    class Meta:
        model = UnitOfMeasure
        fields = ("code", "name", "decimals")
        extra_kwargs = {"name": {"required": False}}


class CategorySerializer(ModelSerializer):
    parent = ReferenceField(key="name")  # type: ignore[assignment]

    class Meta:
        model = ItemCategory
        fields = ("id", "name", "parent", *STAMPS)


class CategoryWriteSerializer(ModelSerializer):
    parent = category_field(required=False, allow_null=True)  # type: ignore[assignment]

    class Meta:
        model = ItemCategory
        fields = ("name", "parent")


class ItemUnitSerializer(Serializer):
    """Another unit: `factor` stocking units are one of it."""

    unit = unit_field()
    factor = RateField()


class ItemTermsSerializer(ModelSerializer):
    """A company's own cost and price, per stocking unit in its currency."""

    class Meta:
        model = ItemCompany
        fields = ("company", "standard_cost", "list_price", "is_made", "is_bought", "is_sold", "planner")

    def to_representation(self, row: ItemCompany) -> dict[str, Any]:
        shown = super().to_representation(row)
        has_prices = access_of(self.context["view"].actor).sees_prices(row.company_id)
        return shown if has_prices else {**shown, "standard_cost": None, "list_price": None}


class ItemSerializer(ModelSerializer):
    """An item. `companies` and `codes` are those of the reader's companies."""

    category = ReferenceField(key="name")
    units = serializers.SerializerMethodField()
    companies = serializers.SerializerMethodField()
    codes = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = (
            "id",
            "sku",
            "name",
            "description",
            "category",
            "unit",
            "tracking",
            "weight_kg",
            "variant_of",
            "options",
            "units",
            "companies",
            "codes",
            *STAMPS,
        )

    def get_units(self, item: Item) -> list[dict[str, Any]]:
        rows: list[ItemUnit] = list(item.units.all())
        factor = RateField()
        return [
            {"unit": {"id": row.unit_id, "code": row.unit.code}, "factor": factor.to_representation(row.factor)}
            for row in rows
        ]

    def get_companies(self, item: Item) -> list[dict[str, Any]]:
        terms: list[ItemCompany] = item.seen_companies  # type: ignore[attr-defined]
        return list(ItemTermsSerializer(terms, many=True, context=self.context).data)

    def get_codes(self, item: Item) -> list[dict[str, Any]]:
        return [
            {"company": {"id": row.company_id, "code": row.company.code}, "code": row.code}
            for row in item.seen_codes  # type: ignore[attr-defined]
        ]


def colleagues(user: Any) -> QuerySet[Any]:
    """Users who may be named as planners: those of the reader's companies."""
    access = access_of(user)
    everybody = get_user_model().objects.filter(is_active=True)
    if access.is_superuser:
        return everybody
    return everybody.filter(memberships__company__in=sorted(access.company_ids)).distinct()


class ItemWriteSerializer(ModelSerializer):
    """An item with its company's terms. `units` and `codes` come beside those that are there."""

    company = company_field(required=False, allow_null=True, help_text="Whose terms; absent: your only company.")
    category = category_field(required=False, allow_null=True)
    unit = unit_field(help_text="The stocking unit.")
    variant_of = item_field(required=False, allow_null=True)
    options = serializers.DictField(required=False)
    units = ItemUnitSerializer(many=True, required=False)
    codes = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    standard_cost = PriceField(required=False, allow_null=True, min_value=0)
    list_price = PriceField(required=False, allow_null=True, min_value=0)
    is_made = serializers.BooleanField(required=False)
    is_bought = serializers.BooleanField(required=False)
    is_sold = serializers.BooleanField(required=False)
    planner = ReferenceField(colleagues, key="username", required=False, allow_null=True)

    class Meta:
        model = Item
        fields = (
            "sku",
            "name",
            "description",
            "category",
            "unit",
            "tracking",
            "weight_kg",
            "variant_of",
            "options",
            "company",
            "units",
            "codes",
            "standard_cost",
            "list_price",
            "is_made",
            "is_bought",
            "is_sold",
            "planner",
        )
        extra_kwargs = {"name": {"required": False, "help_text": "Absent: the SKU."}}


class ItemSiteSerializer(ModelSerializer):
    class Meta:
        model = ItemSite
        fields = (
            "id",
            "item",
            "site",
            "company",
            "default_location",
            "safety_stock",
            "reorder_point",
            "order_minimum",
            "order_multiple",
            "source_lead_time_days",
            "source_calendar",
            "version",
            "created_at",
            "updated_at",
        )


class ItemSiteWriteSerializer(ModelSerializer):
    item = item_field()
    site = site_field()
    company = company_field(required=False, help_text="Absent: the site's default owner.")
    default_location = location_field(required=False, allow_null=True)
    source_calendar = calendar_field(required=False, allow_null=True)

    class Meta:
        model = ItemSite
        fields = ItemSiteSerializer.Meta.fields[1:11]
        validators: list[Any] = []


class ItemSiteChangeSerializer(ItemSiteWriteSerializer):
    item = None  # type: ignore[assignment]
    site = None  # type: ignore[assignment]
    company = None  # type: ignore[assignment]

    class Meta:
        model = ItemSite
        fields = ItemSiteSerializer.Meta.fields[4:11]


class LocationSerializer(ModelSerializer):
    class Meta:
        model = Location
        fields = ("id", "site", "code", "name", "kind", "parent", "pick_order", "is_default_receipt", *STAMPS)


class LocationWriteSerializer(ModelSerializer):
    site = site_field()
    parent = location_field(required=False, allow_null=True)  # type: ignore[assignment]

    class Meta:
        model = Location
        fields = LocationSerializer.Meta.fields[1:8]
        validators: list[Any] = []


class LocationChangeSerializer(LocationWriteSerializer):
    site = None  # type: ignore[assignment]

    class Meta:
        model = Location
        fields = LocationSerializer.Meta.fields[2:8]


class LotSerializer(ModelSerializer):
    class Meta:
        model = Lot
        fields = (
            "id",
            "item",
            "number",
            "issuer",
            "kind",
            "state",
            "state_reason",
            "began_on",
            "expires_on",
            "version",
            "created_at",
            "updated_at",
        )


class LotWriteSerializer(ModelSerializer):
    item = item_field()
    issuer = company_field(required=False, allow_null=True, help_text="Its maker or supplier; absent: your company.")

    class Meta:
        model = Lot
        fields = ("item", "number", "issuer", "began_on", "expires_on")
        validators: list[Any] = []


class LotChangeSerializer(ModelSerializer):
    class Meta:
        model = Lot
        fields = ("began_on", "expires_on")


class HoldSerializer(Serializer):
    """Why the lot is held."""

    reason = serializers.CharField(max_length=200)


class ReleaseSerializer(Serializer):
    """Why the lot may be used again."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AgreementSerializer(ModelSerializer):
    class Meta:
        model = ConsignmentAgreement
        fields = (
            "id",
            "owner",
            "site",
            "item",
            "used_by",
            "unit_price",
            "currency",
            "valid_from_on",
            "valid_until_on",
            "version",
            "created_at",
            "updated_at",
        )

    def to_representation(self, row: ConsignmentAgreement) -> dict[str, Any]:
        shown = super().to_representation(row)
        has_prices = access_of(self.context["view"].actor).sees_prices(row.owner_id, row.used_by_id)
        return shown if has_prices or "unit_price" not in shown else {**shown, "unit_price": None}


class AgreementWriteSerializer(Serializer):
    """`owner`'s stock of an item (absent: of every item) at a site may serve `used_by`'s demand."""

    owner = company_field()
    site = site_field()
    item = item_field(required=False, allow_null=True)
    used_by = company_field()
    unit_price = PriceField(required=False, allow_null=True, min_value=0, help_text="Per stocking unit.")
    currency = serializers.CharField(required=False, max_length=3, help_text="Absent: the owner's.")
    valid_from_on = serializers.DateField()
    valid_until_on = serializers.DateField(required=False, allow_null=True, help_text="Not in force any more then.")


class AgreementChangeSerializer(Serializer):
    """The price of what is used from now on."""

    unit_price = PriceField(allow_null=True, min_value=0)


class EndSerializer(Serializer):
    """The first day on which the agreement is not in force; absent: today."""

    on = serializers.DateField(required=False)
