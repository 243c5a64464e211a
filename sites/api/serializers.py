"""Shapes of companies, sites and what belongs to them."""

from typing import Any

from rest_framework import serializers

from core.api.fields import RateField, ReferenceField
from core.api.serializers import ModelSerializer, Serializer
from sites.access import access_of
from sites.api.references import calendar_field, company_field, site_field, users
from sites.models import (
    Calendar,
    CalendarException,
    CalendarShift,
    Company,
    ExchangeRate,
    Lane,
    Membership,
    Site,
)

STAMPS = ("version", "archived_at", "created_at", "updated_at")


class CompanySerializer(ModelSerializer):
    """A party. `closed_through_on` is shown to its own people only."""

    class Meta:
        model = Company
        fields = (
            "id",
            "code",
            "name",
            "currency",
            "country",
            "is_own",
            "is_supplier",
            "is_customer",
            "is_contract_manufacturer",
            "is_logistics_provider",
            "closed_through_on",
            *STAMPS,
        )

    def to_representation(self, company: Company) -> dict[str, Any]:
        shown = super().to_representation(company)
        request = self.context.get("request")
        access = access_of(getattr(request, "user", None))
        if not access.is_superuser and company.pk not in access.company_ids and "closed_through_on" in shown:
            shown["closed_through_on"] = None
        return shown


class CompanyWriteSerializer(ModelSerializer):
    class Meta:
        model = Company
        fields = CompanySerializer.Meta.fields[1:11]
        extra_kwargs = {"name": {"required": False, "help_text": "Absent: the code."}}


class SiteSerializer(ModelSerializer):
    class Meta:
        model = Site
        fields = (
            "id",
            "code",
            "name",
            "company",
            "default_owner",
            "kind",
            "street",
            "city",
            "postal_code",
            "country",
            "latitude",
            "longitude",
            "time_zone",
            "cut_off_at",
            "receiving_ends_at",
            "calendar",
            "is_selling",
            "is_making",
            "is_buying",
            *STAMPS,
        )


class SiteWriteSerializer(ModelSerializer):
    company = company_field(help_text="Its operator.")
    default_owner = company_field(required=False, help_text="Whose the stock is that comes in; absent: the operator.")
    calendar = calendar_field(required=False, allow_null=True)

    class Meta:
        model = Site
        fields = SiteSerializer.Meta.fields[1:19]
        extra_kwargs = {"name": {"required": False, "help_text": "Absent: the code."}}


class SiteChangeSerializer(SiteWriteSerializer):
    company = None  # type: ignore[assignment]

    class Meta:
        model = Site
        fields = tuple(name for name in SiteWriteSerializer.Meta.fields if name != "company")
        extra_kwargs = SiteWriteSerializer.Meta.extra_kwargs


class ShiftSerializer(ModelSerializer):
    class Meta:
        model = CalendarShift
        fields = ("weekday", "starts_at", "ends_at")
        extra_kwargs = {"weekday": {"max_value": 6, "help_text": "Monday is 0."}}


class ExceptionSerializer(ModelSerializer):
    class Meta:
        model = CalendarException
        fields = ("on_date", "is_working", "starts_at", "ends_at", "reason")


class CalendarSerializer(ModelSerializer):
    shifts = ShiftSerializer(many=True)
    exceptions = ExceptionSerializer(many=True)

    class Meta:
        model = Calendar
        fields = ("id", "code", "name", "company", "shifts", "exceptions", *STAMPS)


class CalendarWriteSerializer(Serializer):
    """`shifts` are the whole week, `exceptions` come beside those that are there, by date."""

    code = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=200, required=False)
    company = company_field(required=False, allow_null=True, help_text="Absent: for all, which a superuser alone may.")
    shifts = ShiftSerializer(many=True, required=False)
    exceptions = ExceptionSerializer(many=True, required=False)


class CalendarChangeSerializer(CalendarWriteSerializer):
    company = None  # type: ignore[assignment]
    removed_dates = serializers.ListField(
        child=serializers.DateField(), required=False, help_text="Exceptions to take away."
    )


class LaneSerializer(ModelSerializer):
    class Meta:
        model = Lane
        fields = (
            "id",
            "company",
            "origin",
            "destination",
            "transit_days",
            "departure_weekdays",
            "cost_per_kg",
            "cost_per_unit",
            "cost_per_shipment",
            "capacity_kg",
            *STAMPS,
        )


class LaneWriteSerializer(ModelSerializer):
    company = company_field(required=False, help_text="Whose goods; absent: the origin's default owner.")
    origin = site_field()
    destination = site_field()

    class Meta:
        model = Lane
        fields = LaneSerializer.Meta.fields[1:10]
        validators: list[Any] = []


class LaneChangeSerializer(ModelSerializer):
    class Meta:
        model = Lane
        fields = LaneSerializer.Meta.fields[4:10]


class MembershipSerializer(ModelSerializer):
    class Meta:
        model = Membership
        fields = ("id", "user", "company", "site", "role", "created_at", "updated_at")


class MembershipWriteSerializer(ModelSerializer):
    user = ReferenceField(users, key="username")
    company = company_field(required=False, allow_null=True)
    site = site_field(required=False, allow_null=True)

    class Meta:
        model = Membership
        fields = ("user", "company", "site", "role")
        extra_kwargs = {"role": {"required": True}}
        validators: list[Any] = []


class ExchangeRateSerializer(ModelSerializer):
    class Meta:
        model = ExchangeRate
        fields = (
            "id",
            "company",
            "from_currency",
            "to_currency",
            "valid_from_on",
            "rate",
            "created_at",
            "updated_at",
        )


class ExchangeRateWriteSerializer(ModelSerializer):
    company = company_field()
    rate = RateField(help_text="How much of `to_currency` one unit of `from_currency` buys.")

    class Meta:
        model = ExchangeRate
        fields = ExchangeRateSerializer.Meta.fields[1:6]
        validators: list[Any] = []
