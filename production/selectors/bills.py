"""Which recipe is followed, and what stands on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from production.models import BillOfMaterials, BillOfMaterialsLine
from sites.access import Access


class BillKey(NamedTuple):
    """For what item, where, for whom and when a recipe is wanted."""

    item_id: int
    site_id: int | None
    company_id: int | None
    on: date


@dataclass(frozen=True, slots=True)
class BillLine:
    """A component of a bill as an order freezes it; `decimals` are those of the component's unit."""

    bill_id: int
    line_no: int
    component_id: int
    unit_id: int
    decimals: int
    quantity_per: Decimal
    fixed_quantity: Decimal
    scrap_factor: Decimal


_CLOSEST = """
    SELECT b.id, b.quantity, b.yield_factor, b.lead_time_days FROM production_billofmaterials b
    WHERE b.item_id = {item} AND b.archived_at IS NULL
      AND (b.site_id IS NULL OR b.site_id = {site}) AND (b.company_id IS NULL OR b.company_id = {company})
      AND (b.valid_from_on IS NULL OR b.valid_from_on <= {on})
      AND (b.valid_until_on IS NULL OR b.valid_until_on > {on}) AND {visible}
    ORDER BY b.site_id NULLS LAST, b.company_id NULLS LAST, b.valid_from_on DESC NULLS LAST, b.revision DESC, b.id DESC
    LIMIT 1
"""


def closest_sql(*, item: str, site: str, company: str, on: str, visible: str = "TRUE") -> str:
    """A query of the bill `b` to follow; the arguments are columns or parameters of the statement around it.

    Of the site before of the company before shared; then the one that began last, then the last revision.
    """
    return _CLOSEST.format(item=item, site=site, company=company, on=on, visible=visible)


_CLOSEST_OF_MANY = f"""
SELECT k.item_id, k.site_id, k.company_id, k.wanted_on, closest.id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) AS k(item_id, site_id, company_id, wanted_on)
CROSS JOIN LATERAL ({closest_sql(item="k.item_id", site="k.site_id", company="k.company_id", on="k.wanted_on")})
    AS closest
"""

_LINES = """
SELECT k.wanted_on, l.bill_id, l.line_no, l.component_id, i.unit_id, u.decimals, l.quantity_per, l.fixed_quantity,
       l.scrap_factor
FROM unnest(%s::bigint[], %s::date[]) AS k(bill_id, wanted_on)
JOIN production_billofmaterialsline l ON l.bill_id = k.bill_id
    AND (l.valid_from_on IS NULL OR l.valid_from_on <= k.wanted_on)
    AND (l.valid_until_on IS NULL OR l.valid_until_on > k.wanted_on)
JOIN inventory_item i ON i.id = l.component_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
ORDER BY k.wanted_on, l.bill_id, l.line_no
"""


def closest_bills(keys: Collection[BillKey]) -> dict[BillKey, BillOfMaterials]:
    """The bill to follow for each key that has one, in two queries."""
    distinct = list(set(keys))
    if not distinct:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSEST_OF_MANY, [list(column) for column in zip(*distinct, strict=True)])
        ids = {BillKey(*row[:4]): row[4] for row in cursor.fetchall()}
    bills = BillOfMaterials.objects.in_bulk(list(set(ids.values())))
    return {key: bills[bill_id] for key, bill_id in ids.items()}


def closest_bill(*, item_id: int, site_id: int | None, company_id: int | None, on: date) -> BillOfMaterials | None:
    """The bill of the site, else of the company, else shared, that is valid on the date; None when there is none."""
    key = BillKey(item_id, site_id, company_id, on)
    return closest_bills([key]).get(key)


def lines_on(wanted: Sequence[tuple[int, date]]) -> dict[tuple[int, date], list[BillLine]]:
    """The lines of each (bill, date) that are valid then, in order, in one query."""
    lines: dict[tuple[int, date], list[BillLine]] = {key: [] for key in wanted}
    if not lines:
        return lines
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [list(column) for column in zip(*lines, strict=True)])
        for on, *row in cursor.fetchall():
            lines[(row[0], on)].append(BillLine(*row))
    return lines


def visible_bills(access: Access) -> QuerySet[BillOfMaterials]:
    """Bills that a user may see: shared ones, those of his companies and those of his sites."""
    shared = Q(company=None, site=None)
    return BillOfMaterials.objects.filter(shared | access.q(companies=["company"], sites=["site"])).select_related(
        "item__unit", "company", "site"
    )


def with_lines(bills: QuerySet[BillOfMaterials]) -> QuerySet[BillOfMaterials]:
    """The same with their lines in order, in one more query."""
    lines = BillOfMaterialsLine.objects.select_related("component__unit").order_by("line_no", "pk")
    return bills.prefetch_related(Prefetch("lines", queryset=lines))
