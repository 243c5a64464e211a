"""`routings`."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import BooleanFilter, CharFilter, DateFilter

from core.api.filters import FilterSet, IdFilter, KeyFilter
from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from inventory.api.masters_views import only_company
from inventory.api.order_fields import line_values
from production.api import routing_serializers as serializers
from production.models import Operation, Routing
from production.routing_drafts import (
    AlternativeDraft,
    InstructionDraft,
    OperationChange,
    OperationDraft,
    OperationEdit,
    OperationRemoval,
    RoutingDraft,
)
from production.selectors.affected import open_orders_of_routings
from production.selectors.routings import visible_routings, with_operations
from production.services import routings
from sites.access import access_of


class RoutingFilter(FilterSet):
    """`work_center` finds routings with an operation there, `valid_on` those that hold on a date."""

    item = KeyFilter("item__sku")
    item_id = IdFilter()
    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    work_center = KeyFilter(method="with_work_center")
    is_archived = BooleanFilter("archived_at", "isnull", exclude=True)
    valid_on = DateFilter(method="hold_on")
    search = CharFilter(method="search_for")

    class Meta:
        model = Routing
        fields = ("code", "revision")

    def with_work_center(self, rows: QuerySet[Routing], name: str, value: str) -> QuerySet[Routing]:
        own = Operation.objects.filter(routing=OuterRef("pk"), work_center__code__iexact=value)
        return rows.filter(Exists(own))

    def hold_on(self, rows: QuerySet[Routing], name: str, value: object) -> QuerySet[Routing]:
        began = Q(valid_from_on=None) | Q(valid_from_on__lte=value)
        return rows.filter(began, Q(valid_until_on=None) | Q(valid_until_on__gt=value))

    def search_for(self, rows: QuerySet[Routing], name: str, value: str) -> QuerySet[Routing]:
        for word in value.split():
            rows = rows.filter(Q(code__icontains=word) | Q(item__sku__icontains=word) | Q(item__name__icontains=word))
        return rows


class RoutingViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """The ways in which items are made. The closest is followed: of the site, else of the company, else shared."""

    serializer_class = serializers.RoutingSerializer
    write_serializer_class = serializers.RoutingWriteSerializer
    change_serializer_class = serializers.RoutingEditSerializer
    filterset_class = RoutingFilter
    ordering_fields = {"item": "item__sku", "code": "code", "created_at": "created_at", "id": "id"}

    def scope(self) -> QuerySet[Routing]:
        rows = visible_routings(access_of(self.actor))
        return with_operations(rows) if self.wants("operations") else rows

    def figures(self, rows: list[Routing]) -> dict[str, Any]:
        """How many open orders follow them, in one query."""
        return {"open_orders": open_orders_of_routings([row.pk for row in rows])} if self.wants("open_orders") else {}

    def perform_create(self, values: dict[str, Any]) -> Routing:
        operations = [_new(row) for row in values.pop("operations")]
        if not values.get("company") and not values.get("site"):
            values["company"] = only_company(access_of(self.actor))
        draft = RoutingDraft(operations=operations, **line_values(values))
        return routings.create(draft, now=self.now, actor=self.actor)

    def perform_update(self, row: Routing, values: dict[str, Any], expected: int) -> Routing:
        edits = [_edit(one) for one in values.pop("operations", [])]
        return routings.change(
            row.pk, changes=values, operation_edits=edits, expected=expected, now=self.now, actor=self.actor
        )

    @document_action()
    def archive(self, routing: Routing, values: dict[str, Any]) -> None:
        """Put it away: no new order follows it."""
        routings.archive(routing.pk, now=self.now, actor=self.actor)


def _new(values: dict[str, Any]) -> OperationDraft:
    return OperationDraft(**_named(values))


def _edit(values: dict[str, Any]) -> OperationEdit:
    if "id" not in values:
        return _new(values)
    if values.get("remove"):
        return OperationRemoval(values["id"])
    return OperationChange(line_id=values["id"], values=_named(values))


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """A body's operation as its draft names it; a price of null empties it."""
    lists = ("skills", "tools", "alternatives", "instructions")
    named = line_values({name: value for name, value in values.items() if name not in lists})
    if values.get("service_unit_price", 0) is None:
        named["service_unit_price"] = None
    for name in ("skill", "tool"):
        if f"{name}s" in values:
            named[f"{name}_ids"] = [row.pk for row in values[f"{name}s"]]
    if "alternatives" in values:
        named["alternatives"] = [AlternativeDraft(**line_values(row)) for row in values["alternatives"]]
    if "instructions" in values:
        named["instructions"] = [
            InstructionDraft(text=row.get("text", ""), attachment_id=row.get("attachment"))
            for row in values["instructions"]
        ]
    return named
