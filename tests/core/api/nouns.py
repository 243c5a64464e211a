"""Nouns that exist in these tests alone, over tables that any installation has."""

from django.contrib.auth.models import User
from django.db.models import F
from django.urls import include, path
from rest_framework import serializers

from core import access, tombstones, versions
from core.api import problems
from core.api.fields import PriceField, QuantityField, ReferenceField
from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from core.api.routers import NounRouter
from core.api.serializers import ModelSerializer, Serializer
from core.api.views import CreateMixin, DestroyMixin, EditMixin, ScopedViewSet, document_action
from core.errors import InvalidInput, WrongState
from core.models import NumberSequence
from sites.models import Company, Site


def companies_of(user):
    seen = access.scope_of(user)
    return Company.objects.all() if seen.is_everything else Company.objects.filter(pk__in=seen.companies)


class CompanySerializer(ModelSerializer):
    class Meta:
        model = Company
        fields = ("id", "code", "name", "currency", "version", "created_at", "updated_at")


class CompanyWriteSerializer(ModelSerializer):
    class Meta:
        model = Company
        fields = ("code", "name", "currency")


class CompanyFilter(FilterSet):
    code = KeyFilter("code")
    currency = WordsFilter("currency", choices=["EUR", "USD"])

    class Meta:
        model = Company
        fields = ("code", "name", "currency")


class CompanyViewSet(CreateMixin, EditMixin, DestroyMixin, ScopedViewSet):
    serializer_class = CompanySerializer
    write_serializer_class = CompanyWriteSerializer
    filterset_class = CompanyFilter
    ordering = ("code",)
    ordering_fields = {"code": "code", "currency": "currency", "closed": "closed_through_on"}

    def scope(self):
        return companies_of(self.actor)

    def perform_create(self, values):
        if values["code"] == "BAD":
            raise InvalidInput(errors={"code": "BAD is not a good code."})
        return Company.objects.create(**values)

    def perform_update(self, row, values, expected):
        return versions.edit(row, expected=expected, **values)

    def perform_destroy(self, row, expected):
        versions.check(row, expected)
        tombstones.leave("companies", row.pk, company_id=row.pk)
        row.delete()

    @document_action()
    def freeze(self, company, values):
        raise WrongState(f"{company.code} is frozen already.", state="frozen", status="shadowed")

    @document_action(serializer=CompanyWriteSerializer)
    def rename(self, company, values):
        Company.objects.filter(pk=company.pk).update(name=values["name"])


class SiteSerializer(ModelSerializer):
    item = serializers.CharField(read_only=True, default="")

    class Meta:
        model = Site
        fields = ("id", "code", "company", "default_owner", "latitude", "item")


class SiteFilter(FilterSet):
    company = KeyFilter("company__code")
    company_id = IdFilter()

    class Meta:
        model = Site
        fields = ("company", "company_id")


class SiteViewSet(ScopedViewSet):
    serializer_class = SiteSerializer
    filterset_class = SiteFilter
    ordering_fields = {"company": "company__name", "latitude": "latitude", "code": "code"}
    supports_fresh = True

    def scope(self):
        return Site.objects.filter(company__in=companies_of(self.actor))


class LineSerializer(Serializer):
    site = ReferenceField(lambda user: Site.objects.all())
    quantity = QuantityField()
    unit_price = PriceField(required=False)


class OrderSerializer(Serializer):
    company = ReferenceField(companies_of)
    clerk = ReferenceField(
        lambda user: User.objects.all(), key="first_name", within={"username": "clerk_login"}, required=False
    )
    clerk_login = serializers.CharField(required=False)
    lines = LineSerializer(many=True)


class EchoViewSet(CreateMixin, ScopedViewSet):
    """Answers a body with what it was understood as."""

    serializer_class = OrderSerializer

    def scope(self):
        return Company.objects.all()

    def create(self, request, *args, **kwargs):
        from rest_framework.response import Response

        return Response(
            OrderSerializer(self.body(many=isinstance(request.data, list)), many=isinstance(request.data, list)).data
        )


class NumberSerializer(ModelSerializer):
    class Meta:
        model = NumberSequence
        fields = ("id", "company_id", "prefix", "last_number")


class NumberViewSet(CreateMixin, ScopedViewSet):
    """Rows that count how often they were written."""

    serializer_class = NumberSerializer
    ordering_fields = ("company_id", "last_number")

    def scope(self):
        return NumberSequence.objects.all()

    def perform_create(self, values):
        row, _ = NumberSequence.objects.get_or_create(company_id=values["company_id"], prefix=values["prefix"])
        NumberSequence.objects.filter(pk=row.pk).update(last_number=F("last_number") + 1)
        if values["prefix"] == "FAIL":
            raise WrongState("Never.")
        row.refresh_from_db()
        return row


router = NounRouter()
router.register("companies", CompanyViewSet)
router.register("sites", SiteViewSet)
router.register("echoes", EchoViewSet, basename="echoes")
router.register("numbers", NumberViewSet)

urlpatterns = [path("api/v1/", include(router.urls)), path("api/", problems.not_found)]
