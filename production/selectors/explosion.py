"""All levels of a recipe: downward into components, upward to where an item is used.

One recursive statement each; a query per level or item would be a hundred for one bicycle.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection

from production import rules
from production.selectors.bills import closest_sql
from sites.access import Access

# A wrong recipe may not run for ever; services refuse cycles, so no real one is that deep.
_DEEPEST = 50

_DECIMALS = (
    "SELECT u.decimals FROM inventory_item i JOIN inventory_unitofmeasure u ON u.id = i.unit_id WHERE i.id = {item}"
)

# OFFSET 0 keeps the steps in this order, whatever the statistics say: of tables that were vacuumed empty and then
# filled, the planner expects one row and would multiply all items with all lines at each level.
_EXPLODE = """
WITH RECURSIVE tree AS (
    SELECT 0 AS level, i.id AS item_id, %(quantity)s::numeric AS quantity, ARRAY[i.id] AS path,
           ARRAY[]::int[] AS line_path, NULL::bigint AS line_id, 0 AS line_no, FALSE AS is_phantom,
           bill.id AS bill_id, bill.quantity AS bill_quantity, bill.yield_factor
    FROM inventory_item i
    CROSS JOIN LATERAL (
        SELECT b.id, b.quantity, b.yield_factor FROM production_billofmaterials b WHERE b.id = %(bill)s::bigint
        UNION ALL
        SELECT closest.id, closest.quantity, closest.yield_factor FROM (
            {closest_of_item}
        ) AS closest WHERE %(bill)s::bigint IS NULL
    ) AS bill
    WHERE i.id = %(item)s
    UNION ALL
    SELECT t.level + 1, l.component_id, CASE WHEN below.kind = 'phantom' THEN need.quantity ELSE
               ceil(round(need.quantity * power(10::numeric, l.decimals), 12)) / power(10::numeric, l.decimals) END,
           t.path || l.component_id, t.line_path || l.line_no, l.id, l.line_no, coalesce(below.kind = 'phantom', FALSE),
           below.id, below.quantity, below.yield_factor
    FROM tree t
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.is_phantom THEN t.quantity / t.yield_factor
                    ELSE ceil(t.quantity / t.yield_factor * power(10::numeric, made.decimals))
                         / power(10::numeric, made.decimals) END AS quantity
        FROM ({decimals_of_made}) AS made
        OFFSET 0
    ) AS start
    CROSS JOIN LATERAL (
        SELECT line.*, ({decimals_of_component}) AS decimals
        FROM production_billofmaterialsline line
        WHERE line.bill_id = t.bill_id AND line.kind = 'component'
          AND (line.valid_from_on IS NULL OR line.valid_from_on <= %(on)s)
          AND (line.valid_until_on IS NULL OR line.valid_until_on > %(on)s)
        OFFSET 0
    ) AS l
    CROSS JOIN LATERAL (
        SELECT start.quantity * l.quantity_per / (t.bill_quantity * (1 - l.scrap_factor)) + l.fixed_quantity AS quantity
    ) AS need
    LEFT JOIN LATERAL (
        {closest_of_component}
    ) AS below ON TRUE
    WHERE t.level < {deepest} AND NOT l.component_id = ANY(t.path)
)
SELECT t.level, t.path[t.level], t.item_id, i.sku, i.name, u.code, round(t.quantity, 6), t.line_id, t.line_no,
       t.is_phantom
FROM tree t JOIN inventory_item i ON i.id = t.item_id JOIN inventory_unitofmeasure u ON u.id = i.unit_id
WHERE t.level > 0 ORDER BY t.line_path, t.path
"""

_WHERE_USED = """
WITH RECURSIVE used AS (
    SELECT 1 AS level, b.id AS bill_id, b.item_id, l.component_id, l.quantity_per, b.quantity AS bill_quantity,
           ARRAY[l.component_id, b.item_id] AS path
    FROM production_billofmaterialsline l JOIN production_billofmaterials b ON b.id = l.bill_id
    WHERE l.component_id = %(item)s AND l.kind = 'component' AND {valid} AND {visible}
    UNION ALL
    SELECT u.level + 1, b.id, b.item_id, l.component_id, l.quantity_per, b.quantity, u.path || b.item_id
    FROM used u
    JOIN production_billofmaterialsline l ON l.component_id = u.item_id
    JOIN production_billofmaterials b ON b.id = l.bill_id
    WHERE u.level < {deepest} AND l.kind = 'component' AND NOT b.item_id = ANY(u.path) AND {valid} AND {visible}
)
SELECT DISTINCT ON (u.level, i.sku, u.bill_id, u.component_id)
    u.level, u.bill_id, u.item_id, i.sku, i.name, u.component_id, c.sku, u.quantity_per, u.bill_quantity, unit.code
FROM used u JOIN inventory_item i ON i.id = u.item_id
JOIN inventory_item c ON c.id = u.component_id JOIN inventory_unitofmeasure unit ON unit.id = c.unit_id
ORDER BY u.level, i.sku, u.bill_id, u.component_id
"""
_VALID = """b.archived_at IS NULL
    AND (b.valid_from_on IS NULL OR b.valid_from_on <= %(on)s)
    AND (b.valid_until_on IS NULL OR b.valid_until_on > %(on)s)
    AND (l.valid_from_on IS NULL OR l.valid_from_on <= %(on)s)
    AND (l.valid_until_on IS NULL OR l.valid_until_on > %(on)s)
"""

_PAIRS_BELOW = """
WITH RECURSIVE pair AS (
    SELECT %(item)s::bigint AS item_id, c.id AS component_id FROM unnest(%(components)s::bigint[]) AS c(id)
    UNION
    SELECT b.item_id, l.component_id
    FROM pair
    JOIN production_billofmaterials b ON b.item_id = pair.component_id AND b.archived_at IS NULL
        AND b.id IS DISTINCT FROM %(bill)s::bigint
        AND (b.company_id IS NULL OR %(company)s::bigint IS NULL OR b.company_id = %(company)s)
        AND (b.site_id IS NULL OR %(site)s::bigint IS NULL OR b.site_id = %(site)s)
    JOIN production_billofmaterialsline l ON l.bill_id = b.id AND l.kind = 'component'
    WHERE pair.component_id <> %(item)s
)
SELECT item_id, component_id FROM pair ORDER BY item_id, component_id
"""


@dataclass(frozen=True, slots=True)
class ExplosionRow:
    """A component at a level (1 is direct) under `parent_id`; `quantity` in its stocking unit `unit`.

    A phantom is named where it stands, but nothing is needed of it: it is not rounded and counts in no total.
    """

    level: int
    parent_id: int
    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    line_id: int
    line_no: int
    is_phantom: bool
    is_made: bool


@dataclass(frozen=True, slots=True)
class Component:
    """An item over all levels of an explosion."""

    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    is_made: bool


@dataclass(frozen=True, slots=True)
class Explosion:
    """A recipe over all its levels: `rows` as a tree in the order of the lines, parents before children."""

    item_id: int
    quantity: Decimal
    rows: tuple[ExplosionRow, ...]

    @property
    def needed(self) -> list[ExplosionRow]:
        """All rows but the phantoms."""
        return [row for row in self.rows if not row.is_phantom]

    @property
    def direct(self) -> list[ExplosionRow]:
        """The components of the item itself, with those of its phantoms in their place."""
        reached, rows = 1, []
        for row in self.rows:
            reached = min(reached, row.level)
            if row.level == reached:
                reached += row.is_phantom
                rows += [] if row.is_phantom else [row]
        return rows

    @property
    def components(self) -> list[Component]:
        """Each item once, with its total, by SKU; made components stand beside what they are made of."""
        totals: dict[int, Component] = {}
        for row in self.needed:
            before = totals[row.item_id].quantity if row.item_id in totals else Decimal(0)
            totals[row.item_id] = Component(
                row.item_id, row.sku, row.name, row.unit, before + row.quantity, row.is_made
            )
        return sorted(totals.values(), key=lambda component: (component.sku, component.item_id))

    @property
    def quantity_by_unit(self) -> dict[str, Decimal]:
        """Total component quantities by unit, because different units are never added."""
        totals: dict[str, Decimal] = {}
        for row in self.needed:
            totals[row.unit] = totals.get(row.unit, Decimal(0)) + row.quantity
        return dict(sorted(totals.items()))


@dataclass(frozen=True, slots=True)
class WhereUsedRow:
    """A bill in which an item goes, directly (level 1) or through `component_id`."""

    level: int
    bill_id: int
    item_id: int
    sku: str
    name: str
    component_id: int
    component_sku: str
    quantity_per: Decimal
    bill_quantity: Decimal
    unit: str


def explode(
    *,
    item_id: int,
    quantity: Decimal,
    on: date,
    site_id: int | None = None,
    company_id: int | None = None,
    bill_id: int | None = None,
    access: Access | None = None,
) -> Explosion:
    """All components that `quantity` good ones of an item need, by the closest recipe of each level.

    Each line of each level is rounded up to its unit like an order of its own, yields are started for, and stock is
    not looked at; what comes out as a by-product is no component. With `access` only recipes that the reader sees are
    followed. `bill_id` names the recipe of the top level instead of the closest.
    """
    visible, seen = _visible(access)
    place: dict[str, Any] = {"site": "%(site)s", "company": "%(company)s", "on": "%(on)s", "visible": visible}
    params: dict[str, Any] = {
        **seen,
        "item": item_id,
        "quantity": quantity,
        "on": on,
        "site": site_id,
        "company": company_id,
        "bill": bill_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _EXPLODE.format(
                closest_of_item=closest_sql(item="i.id", **place),
                closest_of_component=closest_sql(item="l.component_id", **place),
                deepest=_DEEPEST,
                decimals_of_made=_DECIMALS.format(item="t.item_id"),
                decimals_of_component=_DECIMALS.format(item="line.component_id"),
            ),
            params,
        )
        found = cursor.fetchall()
    # In a tree written parents first, a row has children when the next one stands a level deeper.
    deeper = [after[0] > row[0] for row, after in pairwise(found)] + [False]
    rows = tuple(ExplosionRow(*(*row, made)) for row, made in zip(found, deeper[: len(found)], strict=True))
    return Explosion(item_id, quantity, rows)


def where_used(*, item_id: int, on: date, access: Access) -> list[WhereUsedRow]:
    """The bills valid on a date that use an item, at any level up to the end product, as far as the user sees them."""
    visible, params = _visible(access)
    with connection.cursor() as cursor:
        cursor.execute(
            _WHERE_USED.format(valid=_VALID, visible=visible, deepest=_DEEPEST),
            {**params, "item": item_id, "on": on},
        )
        return [WhereUsedRow(*row) for row in cursor.fetchall()]


def _visible(access: Access | None) -> tuple[str, dict[str, list[int]]]:
    """The condition on bills `b` that a reader sees them, and its parameters."""
    if access is None:
        return "TRUE", {}
    condition, params = access.sql(companies=["b.company_id"], sites=["b.site_id"])
    return f"({condition} OR (b.company_id IS NULL AND b.site_id IS NULL))", params


def cycle_through(
    *, item_id: int, component_ids: list[int], company_id: int | None, site_id: int | None, bill_id: int | None
) -> list[str] | None:
    """The SKUs of the shortest way from an item through these components back to itself, or None.

    All recipes count that an order could ever combine with the changed one (same company or shared, same site or
    none), whatever their dates; `bill_id` is the one about to be changed and left out. The statement collects each
    pair of item and component once, however many ways lead to it.
    """
    params: dict[str, Any] = {
        "item": item_id,
        "components": component_ids,
        "company": company_id,
        "site": site_id,
        "bill": bill_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS_BELOW, params)
        pairs = cursor.fetchall()
        way = rules.shortest_way_back(item_id, pairs)
        if way is None:
            return None
        cursor.execute("SELECT id, sku FROM inventory_item WHERE id = ANY(%s)", [way])
        skus = dict(cursor.fetchall())
    return [skus[step] for step in way]
