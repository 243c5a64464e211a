"""Who waits for whom: what each site's next steps need from elsewhere, until when, and where it is late first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from sites.access import Access

MOST = 300

# A row for each part of an open demand that something expected serves, for what nothing serves, and for each step
# whose pieces come from another site. One statement: joining in Python would read every allocation.
_LINKS = """
WITH demand AS (
    SELECT d.id, d.site_id, d.item_id, d.used_by_id, d.document_kind, d.document_id, d.document_number,
           d.due_on, d.open_quantity, a.supply_ids, a.quantities, coalesce(a.served_quantity, 0) AS served
    FROM inventory_demand d LEFT JOIN inventory_allocation a ON a.demand_id = d.id
    WHERE d.closed_at IS NULL AND d.open_quantity > 0 AND d.firmness IN ('planned', 'firm')
      AND d.site_id = ANY(%(at)s) AND {seen}
), link AS (
    SELECT 'd' || d.id || '-s' || s.id AS key, d.site_id, d.used_by_id, d.item_id, u.quantity,
           d.document_kind, d.document_id, d.document_number,
           s.kind AS by_kind, s.document_kind AS by_document_kind, s.document_id AS by_id,
           s.document_number AS by_number, s.party_name AS by_party,
           CASE WHEN s.kind = 'transfer_in' THEN s.origin_id WHEN s.kind = 'mo_output' THEN s.site_id END AS from_id,
           s.due_on AS promised_on, d.due_on AS needed_on
    FROM demand d CROSS JOIN LATERAL unnest(d.supply_ids, d.quantities) AS u(supply_id, quantity)
    JOIN inventory_supply s ON s.id = u.supply_id
    UNION ALL
    SELECT 'd' || d.id, d.site_id, d.used_by_id, d.item_id, d.open_quantity - d.served, d.document_kind, d.document_id,
           d.document_number, '', '', NULL, '', '', NULL, NULL, d.due_on
    FROM demand d WHERE d.open_quantity > d.served
    UNION ALL
    SELECT 't' || t.id, t.site_id, t.company_id, o.item_id, t.start_quantity - t.good_quantity - t.scrapped_quantity,
           'task', t.id, o.number, 'task', 'task', p.id, o.number, '', p.site_id,
           (p.due_at AT TIME ZONE ps.time_zone)::date,
           (coalesce(t.planned_start_at, t.due_at) AT TIME ZONE ts.time_zone)::date
    FROM production_task t
    JOIN production_manufacturingorder o ON o.id = t.order_id
    JOIN LATERAL (
        SELECT * FROM production_task b WHERE b.order_id = t.order_id AND b.number < t.number
        ORDER BY b.number DESC LIMIT 1
    ) p ON p.site_id <> t.site_id AND p.state IN ('waiting', 'ready', 'running', 'paused')
    JOIN sites_site ps ON ps.id = p.site_id JOIN sites_site ts ON ts.id = t.site_id
    WHERE t.state IN ('waiting', 'ready') AND (t.site_id = ANY(%(at)s) OR p.site_id = ANY(%(at)s)) AND {seen_task}
)
SELECT l.key, l.site_id, site.code, site.name, company.id, company.name, l.used_by_id, l.item_id, item.sku,
       unit.decimals,
       l.quantity, l.document_kind, l.document_id, l.document_number, l.by_document_kind, l.by_id, l.by_number,
       CASE WHEN maker.id IS NOT NULL THEN maker.name ELSE l.by_party END,
       origin.code, l.promised_on, l.needed_on
FROM link l
JOIN sites_site site ON site.id = l.site_id JOIN sites_company company ON company.id = site.company_id
JOIN inventory_item item ON item.id = l.item_id JOIN inventory_unitofmeasure unit ON unit.id = item.unit_id
LEFT JOIN sites_site origin ON origin.id = l.from_id LEFT JOIN sites_company maker ON maker.id = origin.company_id
WHERE l.quantity > 0
ORDER BY l.promised_on IS NOT NULL, l.needed_on - l.promised_on, l.needed_on, l.document_kind, l.document_id, l.item_id
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Link:
    """A site's document waits for `quantity` of an item from somebody.

    `promised_on` is when it comes (None: nobody has it yet), `needed_on` when it must. `by_company` and `by_site`
    (its code) say who is waited for. `document_kind` may be `task`. `key` names the link as long as it lasts.
    """

    key: str
    site_id: int
    site_code: str
    site_name: str
    company_id: int
    company: str
    used_by_id: int
    item_id: int
    sku: str
    decimals: int
    quantity: Decimal
    document_kind: str
    document_id: int
    document_number: str
    by_document_kind: str
    by_id: int | None
    by_number: str
    by_company: str
    by_site: str | None
    promised_on: date | None
    needed_on: date

    @property
    def slack_days(self) -> int | None:
        """Days between what is promised and what is needed; below 0 it breaks there."""
        return (self.needed_on - self.promised_on).days if self.promised_on else None

    @property
    def is_broken(self) -> bool:
        return self.promised_on is None or self.promised_on > self.needed_on


def links(access: Access, site_ids: Sequence[int], *, most: int = MOST) -> list[Link]:
    """What the sites wait for, the weakest first: what nobody promised, then what is promised latest of its need.

    A demand is seen by who uses it and by the site's operator, a step by its order's company and its site's operator.
    To whoever is not of the company that needs it, a supplier is not named. One query.
    """
    seen, parameters = access.sql(companies=["d.used_by_id"], sites=["d.site_id"])
    seen_task, _same = access.sql(companies=["t.company_id"], sites=["t.site_id", "p.site_id"])
    with connection.cursor() as cursor:
        cursor.execute(
            _LINKS.format(seen=seen, seen_task=seen_task), {**parameters, "at": list(site_ids), "most": most}
        )
        rows = [Link(*row) for row in cursor.fetchall()]
    return [row if _is_own(row, access) else _unnamed(row) for row in rows]


def _is_own(row: Link, access: Access) -> bool:
    his = {*access.company_ids, *access.member_sites.values()}
    return access.is_superuser or row.used_by_id in his or row.by_document_kind == "task"


def _unnamed(row: Link) -> Link:
    values: dict[str, Any] = {**row.__dict__, "by_company": "", "by_number": "", "by_id": None, "by_document_kind": ""}
    return Link(**values)


def breaks_first(rows: Sequence[Link]) -> Link | None:
    """Where it is late first: the earliest need that what is promised does not meet."""
    broken = [row for row in rows if row.is_broken]
    return min(broken, key=lambda row: (row.needed_on, row.document_id), default=None)
