"""What inventory reads of production: how long an item takes to make where it is made (`ItemSite`)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import connection

from core.transactions import service
from inventory.drafts import LevelKey
from inventory.events import record_change
from production.selectors.bills import closest_sql
from purchasing.services.supplier_items import write_first_sources

_FOLLOW = f"""
WITH made AS (
    SELECT k.id, closest.lead_time_days, s.calendar_id
    FROM inventory_itemsite k
    JOIN sites_site s ON s.id = k.site_id AND s.is_making
    CROSS JOIN LATERAL ({closest_sql(item="k.item_id", site="k.site_id", company="k.company_id", on="%(on)s")})
        AS closest
    WHERE k.item_id = ANY(%(items)s) AND closest.lead_time_days IS NOT NULL
      AND (NOT %(missing)s OR k.source_lead_time_days IS NULL)
)
UPDATE inventory_itemsite k SET source_lead_time_days = made.lead_time_days, source_calendar_id = made.calendar_id
FROM made
WHERE made.id = k.id
  AND (k.source_lead_time_days, k.source_calendar_id) IS DISTINCT FROM (made.lead_time_days, made.calendar_id)
RETURNING k.item_id, k.site_id, k.company_id
"""

# Rows that one of these recipes may have written, and none writes any more.
_CLEAR = f"""
UPDATE inventory_itemsite k SET source_lead_time_days = NULL, source_calendar_id = NULL
FROM production_billofmaterials ended, sites_site s
WHERE ended.id = ANY(%(bills)s) AND k.item_id = ended.item_id AND k.source_lead_time_days IS NOT NULL
  AND (ended.site_id IS NULL OR ended.site_id = k.site_id)
  AND (ended.company_id IS NULL OR ended.company_id = k.company_id)
  AND s.id = k.site_id AND s.is_making
  AND (SELECT closest.lead_time_days FROM (
       {closest_sql(item="k.item_id", site="k.site_id", company="k.company_id", on="%(on)s")}) AS closest) IS NULL
RETURNING k.item_id, k.site_id, k.company_id
"""

_PUT = """
INSERT INTO inventory_itemsite (item_id, site_id, company_id, safety_stock, reorder_point, order_minimum,
                                     order_multiple, source_lead_time_days, source_calendar_id, version)
SELECT m.item_id, m.site_id, m.company_id, 0, 0, 0, 0, m.days, s.calendar_id, 1
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[]) AS m(item_id, site_id, company_id, days)
JOIN sites_site s ON s.id = m.site_id
WHERE NOT EXISTS (
    SELECT 1 FROM inventory_itemsite same
    WHERE same.company_id = m.company_id AND same.site_id = m.site_id AND same.item_id = m.item_id
      AND (same.source_lead_time_days, same.source_calendar_id) IS NOT DISTINCT FROM (m.days, s.calendar_id)
)
ORDER BY m.company_id, m.site_id, m.item_id
ON CONFLICT (company_id, site_id, item_id) DO UPDATE
SET source_lead_time_days = EXCLUDED.source_lead_time_days, source_calendar_id = EXCLUDED.source_calendar_id
RETURNING item_id, site_id, company_id
"""


def follow_bills(
    item_ids: Collection[int], *, on: date, changed_bill_ids: Collection[int] = (), is_missing_only: bool = False
) -> frozenset[LevelKey]:
    """Write the closest recipe's lead time to the items' rows at sites that make; returns the keys that changed.

    Where one of the changed bills was followed and no recipe has a lead time any more, it is that of the first
    supplier, or goes. A row's company is who uses the stock there, so its key is the level's.
    """
    params = {"items": sorted(set(item_ids)), "on": on, "missing": is_missing_only}
    cleared = _changed(_CLEAR, {"bills": list(changed_bill_ids), "on": on}) if changed_bill_ids else frozenset()
    for company_id in {key.used_by_id for key in cleared}:
        bought = {key.item_id for key in cleared if key.used_by_id == company_id}
        write_first_sources(company_id=company_id, item_ids=bought, is_missing_only=True)
    return cleared | _changed(_FOLLOW, params)


@service
def fill(item_ids: Collection[int], *, now: datetime) -> None:
    """The same only where no lead time is known yet. Emits `item_site.sourced` for each company that it helps."""
    keys = follow_bills(item_ids, on=now.date(), is_missing_only=True)
    for company_id in sorted({key.used_by_id for key in keys}):
        own = [key for key in keys if key.used_by_id == company_id]
        record_change("item_site.sourced", keys=own, company_ids=[company_id], actor=None)


def put(lead_times: Mapping[LevelKey, int]) -> frozenset[LevelKey]:
    """Write lead times (days) where an item is made for a company, making the row where there is none.

    Returns the keys that changed.
    """
    if not lead_times:
        return frozenset()
    columns = zip(*((*key, days) for key, days in lead_times.items()), strict=True)
    return _changed(_PUT, [list(column) for column in columns])


def _changed(sql: str, params: object) -> frozenset[LevelKey]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # type: ignore[arg-type]
        return frozenset(LevelKey(*row) for row in cursor.fetchall())
