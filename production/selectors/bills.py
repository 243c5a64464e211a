"""Which recipe is followed, and what stands on it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from production.choices import OrderKind
from production.models import BillOfMaterials, BillOfMaterialsLine, BillOfMaterialsSubstitute
from sites.access import Access


class BillKey(NamedTuple):
    """For what item, where, for whom and when a recipe is wanted, and for an order of what kind."""

    item_id: int
    site_id: int | None
    company_id: int | None
    on: date
    kind: str = OrderKind.MAKE


class Followed(NamedTuple):
    """A bill that an order follows, for whom, where and when: its phantoms' bills are the closest there and then."""

    bill_id: int
    site_id: int | None
    company_id: int | None
    on: date


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a bill as an order freezes it; `decimals` are those of the component's unit.

    Of a phantom's line `above` are the lines that lead to it, the topmost first, and `per_quantity` and
    `yield_factor` the phantom's own bill; of a line of the bill itself there are none, and `per_quantity` is the
    bill's. `operation_number` and `supply_site_id` are the closest line's that says so.
    """

    bill_id: int
    line_id: int
    line_no: int
    kind: str
    component_id: int
    unit_id: int
    decimals: int
    quantity_per: Decimal
    fixed_quantity: Decimal
    scrap_factor: Decimal
    cost_share: Decimal
    operation_number: int | None
    supply_site_id: int | None
    per_quantity: Decimal
    yield_factor: Decimal
    above: "tuple[BillLine, ...]" = ()


_CLOSEST = """
    SELECT b.id, b.quantity, b.yield_factor, b.lead_time_days, b.kind FROM production_billofmaterials b
    WHERE b.item_id = {item} AND b.archived_at IS NULL AND replace(b.kind, 'phantom', 'make') = {kind}
      AND (b.site_id IS NULL OR b.site_id = {site}) AND (b.company_id IS NULL OR b.company_id = {company})
      AND (b.valid_from_on IS NULL OR b.valid_from_on <= {on})
      AND (b.valid_until_on IS NULL OR b.valid_until_on > {on}) AND {visible}
    ORDER BY b.site_id NULLS LAST, b.company_id NULLS LAST, b.valid_from_on DESC NULLS LAST, b.revision DESC, b.id DESC
    LIMIT 1
"""


def closest_sql(*, item: str, site: str, company: str, on: str, visible: str = "TRUE", kind: str = "'make'") -> str:
    """A query of the bill `b` to follow; the arguments are columns or parameters of the statement around it.

    Of the site before of the company before shared; then the one that began last, then the last revision. How
    something is repaired or taken apart is no way of making it: only what an order of the `kind` follows is found.
    """
    return _CLOSEST.format(item=item, site=site, company=company, on=on, visible=visible, kind=kind)


_CLOSEST_OF_MANY = """
SELECT k.item_id, k.site_id, k.company_id, k.wanted_on, k.kind, closest.id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::text[])
    AS k(item_id, site_id, company_id, wanted_on, kind)
CROSS JOIN LATERAL ({closest}) AS closest
"""

# A phantom is never stocked: its bill's lines come in its place, level by level. Cycles are refused when recipes are
# written; the path stops one that another company's recipe closes.
_LINES = """
WITH RECURSIVE line AS (
    SELECT k.n, k.site_id, k.company_id, k.wanted_on, ARRAY[l.id] AS path, ARRAY[l.line_no] AS place,
           bill.quantity AS per_quantity, 1::numeric AS yield_factor, phantom.id AS phantom_id,
           phantom.quantity AS phantom_quantity, phantom.yield_factor AS phantom_yield, l.*
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
        WITH ORDINALITY AS k(followed_id, site_id, company_id, wanted_on, n)
    JOIN production_billofmaterials bill ON bill.id = k.followed_id
    JOIN production_billofmaterialsline l ON l.bill_id = k.followed_id AND {valid_above}
    LEFT JOIN LATERAL ({closest_above}) AS phantom ON phantom.kind = 'phantom' AND l.kind = 'component'
    UNION ALL
    SELECT t.n, t.site_id, t.company_id, t.wanted_on, t.path || l.id, t.place || l.line_no,
           t.phantom_quantity, t.phantom_yield, phantom.id, phantom.quantity, phantom.yield_factor, l.*
    FROM line t
    JOIN production_billofmaterialsline l ON l.bill_id = t.phantom_id AND l.kind = 'component' AND {valid_below}
    LEFT JOIN LATERAL ({closest_below}) AS phantom ON phantom.kind = 'phantom'
    WHERE NOT l.id = ANY(t.path)
)
SELECT line.n, line.path, line.phantom_id, line.bill_id, line.id, line.line_no, line.kind, line.component_id, i.unit_id,
       u.decimals, line.quantity_per, line.fixed_quantity, line.scrap_factor, line.cost_share, line.operation_number,
       line.supply_site_id, line.per_quantity, line.yield_factor
FROM line JOIN inventory_item i ON i.id = line.component_id JOIN inventory_unitofmeasure u ON u.id = i.unit_id
ORDER BY line.n, line.place, line.id
"""
_VALID = (
    "(l.valid_from_on IS NULL OR l.valid_from_on <= {on}) AND (l.valid_until_on IS NULL OR l.valid_until_on > {on})"
)


def closest_bills(keys: Collection[BillKey]) -> dict[BillKey, BillOfMaterials]:
    """The bill to follow for each key that has one, in two queries."""
    distinct = list(set(keys))
    if not distinct:
        return {}
    closest = closest_sql(item="k.item_id", site="k.site_id", company="k.company_id", on="k.wanted_on", kind="k.kind")
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSEST_OF_MANY.format(closest=closest), [list(column) for column in zip(*distinct, strict=True)]
        )
        ids = {BillKey(*row[:5]): row[5] for row in cursor.fetchall()}
    bills = BillOfMaterials.objects.in_bulk(list(set(ids.values())))
    return {key: bills[bill_id] for key, bill_id in ids.items()}


def closest_bill(*, item_id: int, site_id: int | None, company_id: int | None, on: date) -> BillOfMaterials | None:
    """The bill of the site, else of the company, else shared, that is valid on the date; None when there is none."""
    key = BillKey(item_id, site_id, company_id, on)
    return closest_bills([key]).get(key)


def lines_on(wanted: Collection[Followed]) -> dict[Followed, list[BillLine]]:
    """The lines valid on the date of each bill, phantoms replaced by what they are made of, in order: one query."""
    lines: dict[Followed, list[BillLine]] = {key: [] for key in wanted}
    if not lines:
        return lines
    keys = list(lines)
    with connection.cursor() as cursor:
        cursor.execute(_lines_sql(), [list(column) for column in zip(*keys, strict=True)])
        rows = cursor.fetchall()
    above: dict[tuple[int, tuple[int, ...]], BillLine] = {}
    for n, path, phantom_id, *row in rows:
        parent = above.get((n, tuple(path[:-1])))
        line = BillLine(*row)
        if parent is not None:
            line = _under(line, parent)
        if phantom_id is None:
            lines[keys[n - 1]].append(line)
        else:
            above[n, tuple(path)] = line
    return lines


def _under(line: BillLine, parent: BillLine) -> BillLine:
    """A phantom's line: it is used, and comes from, where its phantom would, unless it says otherwise."""
    return replace(
        line,
        operation_number=parent.operation_number,
        supply_site_id=line.supply_site_id or parent.supply_site_id,
        above=(*parent.above, parent),
    )


@cache
def _lines_sql() -> str:
    parts: dict[str, str] = {}
    for name, row in (("above", "k"), ("below", "t")):
        parts[f"closest_{name}"] = closest_sql(
            item="l.component_id", site=f"{row}.site_id", company=f"{row}.company_id", on=f"{row}.wanted_on"
        )
        parts[f"valid_{name}"] = _VALID.format(on=f"{row}.wanted_on")
    return _LINES.format(**parts)


def visible_bills(access: Access) -> QuerySet[BillOfMaterials]:
    """Bills that a user may see: shared ones, those of his companies and those of his sites."""
    shared = Q(company=None, site=None)
    return BillOfMaterials.objects.filter(shared | access.q(companies=["company"], sites=["site"])).select_related(
        "item__unit", "company", "site"
    )


def with_lines(bills: QuerySet[BillOfMaterials]) -> QuerySet[BillOfMaterials]:
    """The same with their lines in order and their substitutes, in two more queries."""
    substitutes = BillOfMaterialsSubstitute.objects.select_related("item__unit").order_by("preference", "pk")
    lines = BillOfMaterialsLine.objects.select_related("component__unit", "supply_site")
    lines = lines.prefetch_related(Prefetch("substitutes", queryset=substitutes)).order_by("line_no", "pk")
    return bills.prefetch_related(Prefetch("lines", queryset=lines))
