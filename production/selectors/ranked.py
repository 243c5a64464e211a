"""The one ranked list over open sales orders and orders made to stock, with how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from inventory.choices import Availability, DocumentKind
from inventory.rules import availability
from production.rules import OPEN_STATES as OPEN_MAKING
from sales.rules import OPEN_STATES as OPEN_SALES
from sites.access import Access

# What is expected this close to its need is at risk.
RISK_DAYS = 2
PAGE_SIZE = 50

KINDS = ("sales", "making")

_SALES_STATES = ", ".join(f"'{state}'" for state in OPEN_SALES)
_MAKING_STATES = ", ".join(f"'{state}'" for state in OPEN_MAKING)

# What a reader sees stands in the SQL as conditions that are his: without those that can't hold for him, the planner
# goes by the indexes on companies.

# Companies with open ranks, by jumping from one to the next in the partial index; then those of the reader.
_COMPANIES = f"""
WITH RECURSIVE ranked AS (
    SELECT min(company_id) AS id FROM inventory_priority WHERE closed_at IS NULL
    UNION ALL
    SELECT (SELECT min(company_id) FROM inventory_priority WHERE closed_at IS NULL AND company_id > ranked.id)
    FROM ranked WHERE ranked.id IS NOT NULL
)
SELECT id FROM ranked WHERE id IS NOT NULL AND (
    {{sees_all}} OR id = ANY(%(companies)s::bigint[])
    OR EXISTS (SELECT 1 FROM sales_salesorder o WHERE o.company_id = ranked.id
               AND o.state IN ({_SALES_STATES}) AND {{sees_sales}})
    OR EXISTS (SELECT 1 FROM production_manufacturingorder m WHERE m.company_id = ranked.id
               AND m.state IN ({_MAKING_STATES}) AND {{sees_making}})
)
ORDER BY id
"""

# From a priority to its order, its site's date and its status; a make-to-order MO holds its demand's priority.
_ORDERS = f"""
FROM inventory_priority p
LEFT JOIN sales_salesorder o ON o.priority_id = p.id AND o.state IN ({_SALES_STATES}) AND {{sees_sales}}
LEFT JOIN production_manufacturingorder m ON m.priority_id = p.id AND m.source_id IS NULL
    AND m.state IN ({_MAKING_STATES}) AND {{sees_making}}
LEFT JOIN sites_site z ON z.id = coalesce(o.site_id, m.site_id)
LEFT JOIN inventory_documentstatus s ON s.document_kind = 'sales_order' AND s.document_id = o.id
LEFT JOIN inventory_documentstatus t ON t.document_kind = 'manufacturing_order' AND t.document_id = m.id
"""
_TODAY = "(%(now)s::timestamptz AT TIME ZONE z.time_zone)::date"

# The row's columns; what an order made to stock gets late follows from its components and from its own date.
_COLUMNS = f"""
CASE WHEN o.id IS NULL THEN 'manufacturing_order' ELSE 'sales_order' END AS kind, coalesce(o.id, m.id) AS id,
p.id AS priority_id, p.rank, p.company_id, coalesce(s.availability, t.availability) AS availability,
CASE WHEN o.id IS NOT NULL THEN s.complete_on END AS complete_on,
CASE WHEN o.id IS NOT NULL THEN coalesce(s.late_days, 0)
     ELSE greatest(coalesce(t.late_days, 0), {_TODAY} - m.due_on) END AS late_days, {_TODAY} AS today
"""

_IS_LATE = f"(s.late_days > 0 OR t.late_days > 0 OR m.due_on < {_TODAY})"
# Without functions around the columns, so that the planner knows how many they are and walks the ranks.
_IS_RISKY = f"""((s.late_days = 0 AND (s.availability = 'not_available'
    OR (s.availability = 'expected' AND s.complete_on >= o.need_by_on - {RISK_DAYS})))
OR (t.late_days = 0 AND t.availability = 'not_available' AND m.due_on >= {_TODAY}))"""
_IS_READY = "(s.availability = 'in_stock' AND o.blocked_at IS NULL)"

# The priorities of orders that are named so, or have such an item open: found by themselves, so that the ranks are
# not walked for a few among many.
_NAMED_SALES = f"""
SELECT o.priority_id FROM sales_salesorder o
WHERE o.state IN ({_SALES_STATES}) AND o.priority_id IS NOT NULL AND {{sees_sales}} AND (
    o.number ILIKE %(word)s OR o.external_reference ILIKE %(word)s
    OR o.customer_id = ANY (ARRAY(SELECT id FROM sales_customer WHERE name ILIKE %(word)s OR code ILIKE %(word)s)))
"""
_NAMED_MAKING = f"""
SELECT m.priority_id FROM production_manufacturingorder m JOIN inventory_item i ON i.id = m.item_id
WHERE m.state IN ({_MAKING_STATES}) AND m.priority_id IS NOT NULL AND {{sees_making}} AND (
    m.number ILIKE %(word)s OR m.external_reference ILIKE %(word)s OR i.sku ILIKE %(word)s)
"""
_WITH_ITEM = f"""
SELECT o.priority_id FROM sales_salesorderline l JOIN sales_salesorder o ON o.id = l.order_id
WHERE l.item_id = ANY(%(items)s::bigint[]) AND l.open_quantity > 0 AND o.state IN ({_SALES_STATES})
UNION
SELECT m.priority_id FROM production_manufacturingorder m
WHERE m.item_id = ANY(%(items)s::bigint[]) AND m.state IN ({_MAKING_STATES})
"""

_PAGE = """
SELECT found.* FROM unnest(%(ranked)s::bigint[]) AS company(id)
CROSS JOIN LATERAL (
    SELECT {columns} {orders}
    WHERE p.company_id = company.id AND p.closed_at IS NULL AND (o.id IS NOT NULL OR m.id IS NOT NULL) {where}
    ORDER BY p.rank {sense}, p.id {sense} LIMIT %(limit)s
) found
ORDER BY found.rank COLLATE "C" {sense}, found.priority_id {sense} LIMIT %(limit)s
"""

# Every open order's head, read once, to be counted.
_HEADS = f"""(
    SELECT true AS is_sale, o.site_id, s.availability, s.complete_on, o.need_by_on AS need_on,
           coalesce(s.late_days, 0) AS late_days, o.blocked_at IS NOT NULL AS is_blocked
    FROM sales_salesorder o
    LEFT JOIN inventory_documentstatus s ON s.document_kind = 'sales_order' AND s.document_id = o.id
    WHERE o.state IN ({_SALES_STATES}) AND o.priority_id IS NOT NULL AND {{sees_sales}} {{sales_at}}
    UNION ALL
    SELECT false, m.site_id, t.availability, NULL, NULL, greatest(coalesce(t.late_days, 0), {_TODAY} - m.due_on), false
    FROM production_manufacturingorder m
    JOIN sites_site z ON z.id = m.site_id
    LEFT JOIN inventory_documentstatus t ON t.document_kind = 'manufacturing_order' AND t.document_id = m.id
    WHERE m.state IN ({_MAKING_STATES}) AND m.source_id IS NULL AND m.priority_id IS NOT NULL AND {{sees_making}}
    {{making_at}}
) orders"""
_COUNTS = f"""
SELECT count(*) FILTER (WHERE is_sale), count(*) FILTER (WHERE NOT is_sale), count(*) FILTER (WHERE late_days > 0),
    count(*) FILTER (WHERE late_days <= 0 AND (
        availability = 'not_available'
        OR (is_sale AND availability = 'expected' AND complete_on >= need_on - {RISK_DAYS})
    )), count(*) FILTER (WHERE is_sale AND availability = 'in_stock' AND NOT is_blocked)
FROM {_HEADS}
"""
_LATE_BY_SITE = f"SELECT site_id, count(*) FROM {_HEADS} WHERE late_days > 0 GROUP BY site_id"


@dataclass(frozen=True)
class Choice:
    """Which orders: of a kind (`sales`, `making` or all), late, at risk, ready to ship, at sites, of items, by words.

    `site_ids` and `item_ids` of None: all. `words` are looked for in number, customer, item and reference.
    """

    kind: str = ""
    is_late: bool = False
    is_risky: bool = False
    is_ready: bool = False
    site_ids: Sequence[int] | None = None
    item_ids: Sequence[int] | None = None
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """An order in the list. `late_days` > 0: it comes that much after its need; `today` is its site's date."""

    kind: str
    id: int
    priority_id: int
    rank: str
    company_id: int
    availability: str | None
    complete_on: date | None
    late_days: int
    today: date


@dataclass(frozen=True, slots=True)
class Counts:
    """Open orders by tab."""

    sales: int = 0
    making: int = 0
    late: int = 0
    risky: int = 0
    ready: int = 0

    @property
    def all(self) -> int:
        return self.sales + self.making


@dataclass(frozen=True)
class Page:
    """Rows in rank order, and whether there are others before and behind them."""

    rows: list[Ranked]
    has_previous: bool
    has_next: bool


def counts(access: Access, site_ids: Sequence[int] | None, *, now: datetime) -> Counts:
    """How many orders each tab has; one query that reads every open order's head once."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting(_COUNTS, access, site_ids, now))
        return Counts(*cursor.fetchone())


def late_by_site(access: Access, site_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """How many of the late ones each site has; sites without any are left out. One query, as `counts`."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting(_LATE_BY_SITE, access, site_ids, now))
        return dict(cursor.fetchall())


def _counting(sql: str, access: Access, site_ids: Sequence[int] | None, now: datetime) -> tuple[str, dict[str, Any]]:
    text = sql.format(
        **_sight(access),
        sales_at="" if site_ids is None else "AND o.site_id = ANY(%(at)s::bigint[])",
        making_at="" if site_ids is None else "AND m.site_id = ANY(%(at)s::bigint[])",
    )
    return text, {**_reader(access), "at": list(site_ids or ()), "now": now}


def page(
    access: Access,
    choice: Choice,
    *,
    now: datetime,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """The orders of a choice behind (or before) a priority, by rank; three queries at most.

    Each company's ranks are walked in the index of the open ones, so that a page costs what it shows. Companies are
    ranked by themselves; of several, their lists are merged rank by rank.
    """
    ranked = _companies(access)
    anchor = _rank_of(before or after)
    is_backward = before is not None and anchor is not None
    rows = _rows(access, choice, ranked, anchor, is_backward=is_backward, limit=size + 1, now=now)
    has_more, rows = len(rows) > size, rows[:size]
    if is_backward:
        rows.reverse()
        return Page(rows, has_more, True)
    return Page(rows, anchor is not None, has_more)


def find(access: Access, priority_id: int, *, now: datetime) -> Ranked | None:
    """The order in the list that holds this priority, if the reader may see it."""
    orders = _ORDERS.format(**_sight(access))
    sql = f"SELECT {_COLUMNS} {orders} WHERE p.id = %(priority)s AND (o.id IS NOT NULL OR m.id IS NOT NULL)"
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_reader(access), "priority": priority_id, "now": now})
        row = cursor.fetchone()
    return Ranked(*row) if row else None


def everything(access: Access, choice: Choice, *, now: datetime, chunk: int = 500) -> Any:
    """All orders of a choice in rank order, chunk by chunk; for an export."""
    after: int | None = None
    while True:
        part = page(access, choice, now=now, after=after, size=chunk)
        yield from part.rows
        if not part.has_next:
            return
        after = part.rows[-1].priority_id


def _rows(
    access: Access,
    choice: Choice,
    ranked: Sequence[int],
    anchor: tuple[str, int] | None,
    *,
    is_backward: bool,
    limit: int,
    now: datetime,
) -> list[Ranked]:
    conditions, parameters = _conditions(choice)
    if (named := _named(access, choice)) is not None:
        conditions.append("p.id = ANY(%(named)s::bigint[])")
        parameters["named"] = sorted(named)
    if anchor is not None:
        conditions.append(f"(p.rank, p.id) {'<' if is_backward else '>'} (%(anchor)s, %(anchor_id)s)")
        parameters |= {"anchor": anchor[0], "anchor_id": anchor[1]}
    where = "".join(f" AND {condition}" for condition in conditions)
    orders = _ORDERS.format(**_sight(access))
    sql = _PAGE.format(columns=_COLUMNS, orders=orders, where=where, sense="DESC" if is_backward else "ASC")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_reader(access), **parameters, "ranked": list(ranked), "limit": limit, "now": now})
        return [Ranked(*row) for row in cursor.fetchall()]


def _conditions(choice: Choice) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    if choice.kind:
        conditions.append("o.id IS NOT NULL" if choice.kind == "sales" else "m.id IS NOT NULL")
    flags = ((choice.is_late, _IS_LATE), (choice.is_risky, _IS_RISKY), (choice.is_ready, _IS_READY))
    conditions += [condition for is_asked, condition in flags if is_asked]
    if choice.site_ids is not None:
        conditions.append("(o.site_id = ANY(%(at)s::bigint[]) OR m.site_id = ANY(%(at)s::bigint[]))")
        parameters["at"] = list(choice.site_ids)
    return conditions, parameters


def _named(access: Access, choice: Choice) -> set[int] | None:
    """The priorities of orders with every word and one of the items; None when neither is asked. One query each."""
    found: set[int] | None = None
    for word in choice.words:
        sql = f"{_NAMED_SALES} UNION {_NAMED_MAKING}".format(**_sight(access))
        ids = _ids(sql, {**_reader(access), "word": f"%{_escaped(word)}%"})
        found = ids if found is None else found & ids
    if choice.item_ids is not None:
        ids = _ids(_WITH_ITEM, {"items": list(choice.item_ids)})
        found = ids if found is None else found & ids
    return found


def _ids(sql: str, parameters: dict[str, Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {row[0] for row in cursor.fetchall() if row[0] is not None}


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _companies(access: Access) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_COMPANIES.format(**_sight(access)), _reader(access))
        return [row[0] for row in cursor.fetchall()]


def _rank_of(priority_id: int | None) -> tuple[str, int] | None:
    if priority_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rank, id FROM inventory_priority WHERE id = %s", [priority_id])
        return cursor.fetchone()


def _sight(access: Access) -> dict[str, str]:
    """Conditions on the seller's or maker's rows `o` and `m`: his companies, and what happens at his sites."""
    if access.is_superuser:
        return {"sees_all": "TRUE", "sees_sales": "TRUE", "sees_making": "TRUE"}
    sales, making = ["o.company_id = ANY(%(companies)s::bigint[])"], ["m.company_id = ANY(%(companies)s::bigint[])"]
    if access.site_ids:
        sales.append("o.site_id = ANY(%(operated)s::bigint[])")
        making.append("m.site_id = ANY(%(operated)s::bigint[])")
    return {
        "sees_all": "FALSE",
        "sees_sales": f"({' OR '.join(sales)})",
        "sees_making": f"({' OR '.join(making)})",
    }


def _reader(access: Access) -> dict[str, Any]:
    return {
        "companies": sorted(access.company_ids),
        "operated": sorted(access.site_ids),
    }


def is_sales(row: Ranked) -> bool:
    """Whether it is a sales order."""
    return row.kind == DocumentKind.SALES_ORDER


def state_of(row: Ranked) -> str:
    """The state that the list shows: late outranks expected and in stock; what is not available says so first.

    An order made to stock without a status has nothing open: all its components are there.
    """
    shown = availability.shown(row.availability, row.late_days)
    return shown or ("waiting" if is_sales(row) else Availability.IN_STOCK)
