"""`supply-flow`: who waits for whom, as the page of the same name shows it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import parameters
from core.api.fields import DecimalStringField
from core.api.views import ScopedViewSet
from core.errors import InvalidInput, NotFound
from inventory.choices import DocumentKind
from inventory.models import Demand
from inventory.selectors import registers
from production.selectors import supply_flow
from production.selectors.supply_flow import Link
from sites import selectors
from sites.access import Access, access_of

KINDS = [*DocumentKind.choices, ("task", "task")]


class WaiterSerializer(serializers.Serializer):
    """What waits."""

    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.IntegerField()
    number = serializers.CharField()


class BringerSerializer(serializers.Serializer):
    """Who is waited for; what is not the reader's to know is empty."""

    company = serializers.CharField(allow_blank=True)
    site = serializers.CharField(allow_null=True)
    kind = serializers.CharField(allow_blank=True)
    id = serializers.IntegerField(allow_null=True)
    number = serializers.CharField(allow_blank=True)


class LinkSerializer(serializers.Serializer):
    """A site's document waits for `quantity` of an item (in its stocking unit) from somebody.

    `promised_on` is null where nobody has it yet; `slack_days` below 0 says by how many days it comes too late.
    """

    id = serializers.CharField(source="key")
    site = serializers.CharField(source="site_code")
    site_id = serializers.IntegerField()
    company = serializers.CharField()
    item = serializers.CharField(source="sku")
    item_id = serializers.IntegerField()
    quantity = DecimalStringField(max_digits=20, decimal_places=6)
    document = serializers.SerializerMethodField()
    by = serializers.SerializerMethodField()
    needed_on = serializers.DateField()
    promised_on = serializers.DateField(allow_null=True)
    slack_days = serializers.IntegerField(allow_null=True)
    is_broken = serializers.BooleanField()

    @extend_schema_field(WaiterSerializer)
    def get_document(self, link: Link) -> dict[str, Any]:
        return {"kind": link.document_kind, "id": link.document_id, "number": link.document_number}

    @extend_schema_field(BringerSerializer)
    def get_by(self, link: Link) -> dict[str, Any]:
        return {
            "company": link.by_company,
            "site": link.by_site,
            "kind": link.by_document_kind,
            "id": link.by_id,
            "number": link.by_number,
        }


LINKS = inline_serializer(
    "SupplyFlow",
    {
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": LinkSerializer(many=True),
    },
)


class SupplyFlowViewSet(ScopedViewSet):
    """What each site's next steps wait for, from whom, until when; the weakest link first, at most 300.

    A link lasts as long as the wait: its `id` is no row's. All of them come at once, so there is never a next page.
    """

    serializer_class = LinkSerializer
    http_method_names = ["get", "head", "options"]
    lookup_value_regex = "[0-9a-z-]+"
    filter_backends = ()
    pagination_class = None

    def scope(self) -> QuerySet[Demand]:
        return registers.demands(access_of(self.actor))

    @extend_schema(
        parameters=[
            OpenApiParameter("site", str, description="What waits at this site, or for its steps."),
            OpenApiParameter("is_broken", bool, description="Those alone that come too late or not at all."),
            OpenApiParameter("limit", int, description="At most so many, the weakest."),
        ],
        responses=LINKS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All links, the weakest first."""
        parameters.refuse_unknown(request, frozenset({"site", "is_broken", "limit"}))
        most = parameters.whole(request, "limit", default=supply_flow.MOST, least=1, most=500)
        rows = _links(access_of(self.actor), request.query_params.get("site", ""))
        if request.query_params.get("is_broken"):
            wanted = parameters.boolean(request, "is_broken")
            rows = [row for row in rows if row.is_broken == wanted]
        return Response({"next": None, "previous": None, "results": LinkSerializer(rows[:most], many=True).data})

    @extend_schema(responses=LinkSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        found = [row for row in _links(access_of(self.actor), "") if row.key == self.kwargs["pk"]]
        if not found:
            raise NotFound("There is nothing here that you may see.")
        return Response(LinkSerializer(found[0]).data)


def _links(access: Access, code: str) -> list[Link]:
    """All that wait at the sites that he deals with, or at the one with this code."""
    rows = selectors.sites(access)
    if code:
        rows = rows.filter(code__iexact=code)
    ids = list(rows.values_list("pk", flat=True))
    if code and not ids:
        raise InvalidInput(errors={"site": f"There is no site {code[:40]}."})
    return supply_flow.links(access, ids)
