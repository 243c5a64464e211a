"""`bills-of-materials`, with `explosion` and `where-used` of each."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import parameters
from core.api.views import CreateMixin, EditMixin, ScopedViewSet, document_action
from core.clock import local_date
from core.errors import InvalidInput
from core.web.numbers import whole
from inventory.api.masters_views import only_company
from inventory.api.order_fields import line_edit, line_values
from production.api import bill_serializers as serializers
from production.api.filters import BillFilter
from production.drafts import BillDraft, BillLineChange, BillLineDraft, BillLineEdit, SubstituteDraft
from production.models import BillOfMaterials
from production.selectors.affected import bill_warnings, open_orders_of_bills
from production.selectors.bills import visible_bills, with_lines
from production.selectors.explosion import explode, where_used
from production.services import bills
from production.services.cost_roll_up import roll_up
from sites.access import access_of
from sites.api.references import companies, sites


class BillViewSet(CreateMixin, EditMixin, ScopedViewSet):
    """Recipes. The closest is followed: of the site, else of the company, else shared."""

    serializer_class = serializers.BillSerializer
    write_serializer_class = serializers.BillWriteSerializer
    change_serializer_class = serializers.BillEditSerializer
    filterset_class = BillFilter
    ordering_fields = {"item": "item__sku", "code": "code", "created_at": "created_at", "id": "id"}

    def scope(self) -> QuerySet[BillOfMaterials]:
        rows = visible_bills(access_of(self.actor))
        return with_lines(rows) if self.wants("lines") else rows

    def get_queryset(self) -> QuerySet[BillOfMaterials]:
        # The base's references replace those that the scope joins; the unit stands beside the item.
        return super().get_queryset().select_related("item__unit", "company", "site")

    def figures(self, bills_shown: list[BillOfMaterials]) -> dict[str, Any]:
        """Which open orders follow them, and what of their lines nobody finds: four queries for all."""
        if not self.wants("open_orders", "warnings"):
            return {}
        ids = [bill.pk for bill in bills_shown]
        return {"open_orders": open_orders_of_bills(ids), "warnings": bill_warnings(bills_shown, on=self.now.date())}

    def perform_create(self, values: dict[str, Any]) -> BillOfMaterials:
        lines = [_new_line(line) for line in values.pop("lines")]
        if not values.get("company") and not values.get("site"):
            values["company"] = only_company(access_of(self.actor))
        return bills.create(BillDraft(lines=lines, **line_values(values)), now=self.now, actor=self.actor)

    def perform_update(self, row: BillOfMaterials, values: dict[str, Any], expected: int) -> BillOfMaterials:
        edits = [_edited_line(line) for line in values.pop("lines", [])]
        return bills.change(row.pk, changes=values, line_edits=edits, expected=expected, now=self.now, actor=self.actor)

    @document_action()
    def archive(self, bill: BillOfMaterials, values: dict[str, Any]) -> None:
        """Put it away: no new order follows it."""
        bills.archive(bill.pk, now=self.now, actor=self.actor)

    @extend_schema(
        parameters=[serializers.ExplosionQuerySerializer], responses=serializers.ExplosionSerializer, filters=False
    )
    @action(detail=True, methods=["get"])
    def explosion(self, request: Request, pk: str) -> Response:
        """All components over all levels, each line rounded up like an order of its own."""
        bill = self.get_object()
        query = self._query(serializers.ExplosionQuerySerializer)
        site, company = _named(sites, self.actor, query, "site"), _named(companies, self.actor, query, "company")
        exploded = explode(
            item_id=bill.item_id,
            quantity=query.get("quantity") or Decimal(1),
            on=query.get("on") or self._today(bill),
            site_id=site.pk if site else bill.site_id,
            company_id=company.pk if company else bill.company_id,
            bill_id=bill.pk,
            access=access_of(self.actor),
        )
        return Response(serializers.ExplosionSerializer(exploded).data)

    @extend_schema(
        parameters=[serializers.ExplosionQuerySerializer], responses=serializers.CostRollUpSerializer, filters=False
    )
    @action(detail=True, methods=["get"], url_path="cost-roll-up")
    def cost_roll_up(self, request: Request, pk: str) -> Response:
        """What so many would cost, made at a site for a company, over all levels."""
        bill = self.get_object()
        query = self._query(serializers.ExplosionQuerySerializer)
        site = _named(sites, self.actor, query, "site") or bill.site
        if site is None:
            raise InvalidInput(errors={"site": "Where is it made?"})
        company = _named(companies, self.actor, query, "company") or bill.company or site.default_owner
        found = roll_up(
            bill,
            quantity=query.get("quantity") or Decimal(1),
            site=site,
            company=company,
            on=query.get("on") or local_date(self.now, site.time_zone),
            now=self.now,
            actor=self.actor,
        )
        return Response(serializers.CostRollUpSerializer(found).data)

    @extend_schema(responses=serializers.WhereUsedSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="where-used", pagination_class=None)
    def where_used(self, request: Request, pk: str) -> Response:
        """The bills that use what this one makes, up to the end products."""
        bill = self.get_object()
        parameters.refuse_unknown(request, frozenset())
        rows = where_used(item_id=bill.item_id, on=self._today(bill), access=access_of(self.actor))
        return Response(serializers.WhereUsedSerializer([asdict(row) for row in rows], many=True).data)

    def _today(self, bill: BillOfMaterials) -> Any:
        return local_date(self.now, bill.site.time_zone if bill.site else "UTC")

    def _query(self, serializer_class: Any) -> dict[str, Any]:
        parameters.refuse_unknown(self.request, frozenset(serializer_class().fields))
        serializer = serializer_class(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


def _substitutes(values: dict[str, Any]) -> list[SubstituteDraft]:
    return [SubstituteDraft(**line_values(one)) for one in values.get("substitutes", [])]


def _new_line(values: dict[str, Any]) -> BillLineDraft:
    plain = {name: value for name, value in values.items() if name != "substitutes"}
    return BillLineDraft(**line_values(plain), substitutes=_substitutes(values))


def _edited_line(values: dict[str, Any]) -> BillLineEdit:
    """A null empties an operation's number or a site, as it does a date."""
    if "id" not in values:
        return _new_line(values)
    edit = line_edit({name: value for name, value in values.items() if name != "substitutes"}, BillLineDraft)
    if not isinstance(edit, BillLineChange):
        return edit
    more: dict[str, Any] = {"substitutes": _substitutes(values)} if "substitutes" in values else {}
    for name, column in (("operation_number", "operation_number"), ("supply_site", "supply_site_id")):
        if name in values and values[name] is None:
            more[column] = None
    return BillLineChange(line_id=edit.line_id, values={**edit.values, **more})


def _named(selector: Any, user: Any, query: dict[str, Any], name: str) -> Any:
    """The site or company that a parameter names by id or code."""
    key = query.get(name)
    if key is None:
        return None
    found = (
        selector(user).filter(**({"code__iexact": key} if (row_id := whole(key)) is None else {"pk": row_id})).first()
    )
    if found is None:
        raise InvalidInput(errors={name: f"There is no {name} “{key[:60]}”."})
    return found
