"""`items item-sites units item-categories locations lots consignment-agreements`."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import parameters
from core.api.views import document_action
from core.errors import InvalidInput
from inventory.api import masters_filters as filters
from inventory.api import masters_serializers as serializers
from inventory.api.trace_serializers import RecallEndSerializer, TraceQuerySerializer, TraceSerializer, traced
from inventory.models import (
    ConsignmentAgreement,
    Item,
    ItemCategory,
    ItemSite,
    ItemUnit,
    Location,
    Lot,
    UnitOfMeasure,
)
from inventory.selectors import items as item_selectors
from inventory.selectors import masters
from inventory.services import agreements, item_sites, items, locations, lots, recall
from inventory.services.agreements import Term
from sites.access import PLANNERS, Access, access_of
from sites.api.views import MasterViewSet
from sites.models import Company

TERMS = ("standard_cost", "list_price", "is_made", "is_bought", "is_sold", "planner")


class ItemViewSet(MasterViewSet):
    """Items that you see, with your companies' own terms and codes."""

    serializer_class = serializers.ItemSerializer
    write_serializer_class = serializers.ItemWriteSerializer
    filterset_class = filters.ItemFilter
    ordering_fields = ("sku", "name")

    def scope(self) -> QuerySet[Item]:
        access = access_of(self.actor)
        terms = item_selectors.terms(access).select_related("company", "planner").order_by("pk")
        codes = item_selectors.codes(access).select_related("company").order_by("pk")
        return item_selectors.items(access).prefetch_related(
            Prefetch("units", ItemUnit.objects.select_related("unit").order_by("pk")),
            Prefetch("companies", terms, to_attr="seen_companies"),
            Prefetch("codes", codes, to_attr="seen_codes"),
        )

    def perform_create(self, values: dict[str, Any]) -> Item:
        company = values.pop("company", None) or only_company(access_of(self.actor))
        return items.create(company=company, actor=self.actor, **_grouped(values))

    def perform_update(self, row: Item, values: dict[str, Any], expected: int) -> Item:
        given = values.pop("company", None)
        grouped = _grouped(values)
        if grouped.get("terms") or grouped.get("codes"):
            grouped["company"] = given or only_company(access_of(self.actor))
        return items.edit(row, expected=expected, actor=self.actor, **grouped)

    @document_action()
    def archive(self, item: Item, values: dict[str, Any]) -> None:
        """Put it away, once nothing of it is left or open."""
        items.archive(item, now=self.now, actor=self.actor)


class ItemSiteViewSet(MasterViewSet):
    """How your companies keep items at sites."""

    serializer_class = serializers.ItemSiteSerializer
    write_serializer_class = serializers.ItemSiteWriteSerializer
    change_serializer_class = serializers.ItemSiteChangeSerializer
    filterset_class = filters.ItemSiteFilter
    ordering_fields = {"item": "item__sku", "site": "site__code", "safety_stock": "safety_stock"}

    def scope(self) -> QuerySet[ItemSite]:
        return item_selectors.item_sites(access_of(self.actor)).select_related("item__unit")

    def perform_create(self, values: dict[str, Any]) -> ItemSite:
        values.setdefault("company", values["site"].default_owner)
        return item_sites.create(**values, actor=self.actor)

    def perform_update(self, row: ItemSite, values: dict[str, Any], expected: int) -> ItemSite:
        return item_sites.edit(row, expected=expected, actor=self.actor, **values)


class UnitViewSet(MasterViewSet):
    """Units of measure, shared by all."""

    serializer_class = serializers.UnitSerializer
    write_serializer_class = serializers.UnitWriteSerializer
    filterset_class = filters.UnitFilter
    ordering_fields = ("code",)

    def scope(self) -> QuerySet[UnitOfMeasure]:
        return UnitOfMeasure.objects.all()

    def perform_create(self, values: dict[str, Any]) -> UnitOfMeasure:
        return items.create_unit(**values, actor=self.actor)

    def perform_update(self, row: UnitOfMeasure, values: dict[str, Any], expected: int) -> UnitOfMeasure:
        return items.edit_unit(row, expected=expected, actor=self.actor, **values)


class CategoryViewSet(MasterViewSet):
    """Groups of items, shared by all."""

    serializer_class = serializers.CategorySerializer
    write_serializer_class = serializers.CategoryWriteSerializer
    filterset_class = filters.CategoryFilter
    ordering_fields = ("name",)

    def scope(self) -> QuerySet[ItemCategory]:
        return ItemCategory.objects.all()

    def perform_create(self, values: dict[str, Any]) -> ItemCategory:
        return items.create_category(**values, actor=self.actor)

    def perform_update(self, row: ItemCategory, values: dict[str, Any], expected: int) -> ItemCategory:
        return items.edit_category(row, expected=expected, actor=self.actor, **values)


class LocationViewSet(MasterViewSet):
    """Places in sites. Those that a transfer makes for itself are not listed."""

    serializer_class = serializers.LocationSerializer
    write_serializer_class = serializers.LocationWriteSerializer
    change_serializer_class = serializers.LocationChangeSerializer
    filterset_class = filters.LocationFilter
    ordering_fields = {"code": "code", "site": "site__code", "pick_order": "pick_order"}

    def scope(self) -> QuerySet[Location]:
        rows = masters.locations(access_of(self.actor)).select_related("site__company")
        return rows.filter(transfer_id=None) if self.action == "list" else rows

    def perform_create(self, values: dict[str, Any]) -> Location:
        return locations.create(**values, actor=self.actor)

    def perform_update(self, row: Location, values: dict[str, Any], expected: int) -> Location:
        return locations.edit(row, expected=expected, actor=self.actor, **values)

    @document_action()
    def archive(self, location: Location, values: dict[str, Any]) -> None:
        """Put it away, once it is empty."""
        locations.archive(location, now=self.now, actor=self.actor)


class LotViewSet(MasterViewSet):
    """Batches and serial numbers."""

    serializer_class = serializers.LotSerializer
    write_serializer_class = serializers.LotWriteSerializer
    change_serializer_class = serializers.LotChangeSerializer
    filterset_class = filters.LotFilter
    ordering_fields = {"number": "number", "item": "item__sku", "expires_on": "expires_on", "began_on": "began_on"}

    def scope(self) -> QuerySet[Lot]:
        return masters.lots(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> Lot:
        if "issuer" not in values:
            values["issuer"] = only_company(access_of(self.actor))
        return lots.create(**values, actor=self.actor)

    def perform_update(self, row: Lot, values: dict[str, Any], expected: int) -> Lot:
        return lots.edit(row, expected=expected, actor=self.actor, **values)

    @document_action(serializer=serializers.HoldSerializer)
    def hold(self, lot: Lot, values: dict[str, Any]) -> None:
        """Block it wherever it stands."""
        lots.hold(lot, **values, actor=self.actor)

    @document_action(serializer=serializers.ReleaseSerializer)
    def release(self, lot: Lot, values: dict[str, Any]) -> None:
        """Let it be used again."""
        lots.release(lot, **values, actor=self.actor)

    @extend_schema(parameters=[TraceQuerySerializer], responses=TraceSerializer)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def trace(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Where it came from (`direction=backward`) or went (`forward`), over sites and companies."""
        lot = self.get_object()
        query = TraceQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        parameters.refuse_unknown(request, frozenset(query.fields))
        return Response(traced(lot, access_of(self.actor), **query.validated_data))

    @document_action(serializer=serializers.HoldSerializer)
    def recall(self, lot: Lot, values: dict[str, Any]) -> dict[str, Any]:
        """Hold it and every lot that it went into; `event_id` takes that back."""
        held = recall.hold_affected(lot.pk, **values, actor=self.actor)
        return {"event_id": held.event_id, "held_ids": [row.pk for row in held.lots]}

    @document_action(serializer=RecallEndSerializer)
    def recall_release(self, lot: Lot, values: dict[str, Any]) -> dict[str, Any]:
        """Take a recall back, as far as nobody changed the lots since."""
        released = recall.release_again(lot.pk, **values, actor=self.actor)
        return {"released_ids": [row.pk for row in released.lots]}


class AgreementViewSet(MasterViewSet):
    """Consignment: whose demand may use stock that somebody else owns. POST starts one."""

    serializer_class = serializers.AgreementSerializer
    write_serializer_class = serializers.AgreementWriteSerializer
    change_serializer_class = serializers.AgreementChangeSerializer
    filterset_class = filters.AgreementFilter
    ordering_fields = ("valid_from_on", "valid_until_on")

    def scope(self) -> QuerySet[ConsignmentAgreement]:
        return masters.agreements(access_of(self.actor))

    def perform_create(self, values: dict[str, Any]) -> ConsignmentAgreement:
        names = ("valid_from_on", "valid_until_on", "unit_price", "currency")
        term = Term(**{name: values.pop(name) for name in names if name in values})
        return agreements.start(**values, term=term, now=self.now, actor=self.actor)

    def perform_update(self, row: ConsignmentAgreement, values: dict[str, Any], expected: int) -> ConsignmentAgreement:
        return agreements.edit(row, expected=expected, actor=self.actor, **values)

    @document_action(serializer=serializers.EndSerializer)
    def end(self, agreement: ConsignmentAgreement, values: dict[str, Any]) -> None:
        """Let it end."""
        agreements.end(agreement, **values, now=self.now, actor=self.actor)


def only_company(access: Access) -> Company | None:
    """The one company for which this user plans; None for a superuser, who plans for all.

    :raises InvalidInput: when there are several, or none.
    """
    if access.is_superuser:
        return None
    his = sorted(access.company_ids_of(PLANNERS) or access.company_ids)
    if len(his) == 1:
        return Company.objects.get(pk=his[0])
    raise InvalidInput(errors={"company": "Say which company: you work for none of them alone."})


def _grouped(values: dict[str, Any]) -> dict[str, Any]:
    """An item's own values, with the company's terms and the other units apart."""
    terms = {name: values.pop(name) for name in TERMS if name in values}
    if terms:
        values["terms"] = terms
    if "units" in values:
        values["units"] = {row["unit"]: row["factor"] for row in values["units"]}
    return values
