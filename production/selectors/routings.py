"""Which routing is followed, and what its operations are."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from production.models import Operation, OperationAlternative, OperationInstruction, Routing
from production.selectors.bills import BillKey
from sites.access import Access

# The same closeness as of bills: of the site before of the company before shared; then the one that began last, then
# the last revision.
_CLOSEST_OF_MANY = """
SELECT k.item_id, k.site_id, k.company_id, k.wanted_on, k.kind, closest.id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::text[])
    AS k(item_id, site_id, company_id, wanted_on, kind)
CROSS JOIN LATERAL (
    SELECT r.id FROM production_routing r
    WHERE r.item_id = k.item_id AND r.archived_at IS NULL AND r.kind = k.kind
      AND (r.site_id IS NULL OR r.site_id = k.site_id) AND (r.company_id IS NULL OR r.company_id = k.company_id)
      AND (r.valid_from_on IS NULL OR r.valid_from_on <= k.wanted_on)
      AND (r.valid_until_on IS NULL OR r.valid_until_on > k.wanted_on)
    ORDER BY r.site_id NULLS LAST, r.company_id NULLS LAST, r.valid_from_on DESC NULLS LAST, r.revision DESC, r.id DESC
    LIMIT 1
) AS closest
"""


def closest_routings(keys: Collection[BillKey]) -> dict[BillKey, Routing]:
    """The routing to follow for each key that has one, in two queries; the keys are those of `closest_bills`."""
    distinct = list(set(keys))
    if not distinct:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSEST_OF_MANY, [list(column) for column in zip(*distinct, strict=True)])
        ids = {BillKey(*row[:5]): row[5] for row in cursor.fetchall()}
    routings = Routing.objects.in_bulk(list(set(ids.values()))) if ids else {}
    return {key: routings[routing_id] for key, routing_id in ids.items()}


def operations_of(routing_ids: Collection[int]) -> dict[int, list[Operation]]:
    """The operations of each routing by number, in five queries whatever there is.

    Each has its work center with its site and that one's operator, and prefetched: `skills`, `tools`, `instructions`
    by number with their attachment, `alternatives` by preference with work center and site.
    """
    found: dict[int, list[Operation]] = {routing_id: [] for routing_id in routing_ids}
    if not found:
        return found
    rows = with_details(Operation.objects.filter(routing_id__in=list(found)))
    for operation in rows.order_by("routing_id", "number", "pk"):
        found[operation.routing_id].append(operation)
    return found


def with_details(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    """Operations with all that a page, an answer or a release shows of them."""
    instructions = OperationInstruction.objects.select_related("attachment").order_by("number", "pk")
    alternatives = OperationAlternative.objects.select_related("work_center__site__company")
    return operations.select_related("work_center__site__company").prefetch_related(
        "skills",
        "tools",
        Prefetch("instructions", queryset=instructions),
        Prefetch("alternatives", queryset=alternatives.order_by("preference", "pk")),
    )


def visible_routings(access: Access) -> QuerySet[Routing]:
    """Routings that a user may see: shared ones, those of his companies and those of his sites."""
    shared = Q(company=None, site=None)
    return Routing.objects.filter(shared | access.q(companies=["company"], sites=["site"])).select_related(
        "item__unit", "company", "site"
    )


def with_operations(routings: QuerySet[Routing]) -> QuerySet[Routing]:
    """The same with their operations in order and all of these, in five more queries."""
    operations = with_details(Operation.objects.order_by("number", "pk"))
    return routings.prefetch_related(Prefetch("operations", queryset=operations))
