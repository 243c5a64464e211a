"""What suppliers sell to a company: units, lead times, lot sizes and price breaks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import connection

from core import tombstones, versions
from core.dates import check_dates
from core.errors import InvalidInput
from core.quantities import to_decimal
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.models import Item
from inventory.rules.order_lines import check_price
from inventory.services.items import give_sight
from purchasing import events
from purchasing.models import Supplier, SupplierItem, SupplierPrice
from sites import access, checking, rules

NOUN = "supplier-items"

# The first source of an item: the best preference, a preferred supplier before others, the oldest.
_FIRST_SOURCE = """
WITH first AS (
    SELECT DISTINCT ON (si.item_id) si.item_id, coalesce(si.lead_time_days, s.lead_time_days) AS days
    FROM purchasing_supplieritem si JOIN purchasing_supplier s ON s.id = si.supplier_id
    WHERE si.company_id = %(company)s AND si.item_id = ANY(%(items)s) AND s.archived_at IS NULL
    ORDER BY si.item_id, si.preference, s.is_preferred DESC, si.id
), wanted AS (
    INSERT INTO inventory_itemsite (item_id, site_id, company_id, safety_stock, reorder_point, order_minimum,
                                    order_multiple, version)
    SELECT f.item_id, site.id, %(company)s, 0, 0, 0, 0, 1
    FROM first f CROSS JOIN unnest(%(sites)s::bigint[]) AS site(id)
    ORDER BY 3, 2, 1
    ON CONFLICT DO NOTHING
    RETURNING id, item_id, site_id
), rows AS (
    SELECT id, item_id, site_id FROM wanted
    UNION
    SELECT k.id, k.item_id, k.site_id FROM inventory_itemsite k
    WHERE k.company_id = %(company)s AND k.item_id = ANY(%(items)s)
      AND (NOT %(missing)s OR k.source_lead_time_days IS NULL)
)
SELECT rows.id, first.days, rows.item_id, rows.site_id
FROM rows LEFT JOIN first ON first.item_id = rows.item_id
JOIN sites_site site ON site.id = rows.site_id AND site.is_buying
LEFT JOIN inventory_itemcompany c ON c.item_id = rows.item_id AND c.company_id = %(company)s
WHERE NOT (site.is_making AND coalesce(c.is_made, false) AND NOT coalesce(c.is_bought, false))
"""

_WRITE_DAYS = """
UPDATE inventory_itemsite k SET source_lead_time_days = w.days, source_calendar_id = NULL
FROM unnest(%s::bigint[], %s::int[]) AS w(id, days)
WHERE k.id = w.id AND k.source_lead_time_days IS DISTINCT FROM w.days
RETURNING k.item_id, k.site_id, k.company_id
"""


class SupplierItemFields(TypedDict, total=False):
    """Minimum, multiple and maximum are in the supplier's unit, of which one is `unit_factor` stocking units."""

    supplier_sku: str
    unit_label: str
    unit_factor: Any
    lead_time_days: int | None
    order_minimum: Any
    order_multiple: Any
    order_maximum: Any
    preference: int


@dataclass(frozen=True, kw_only=True)
class PriceDraft:
    """A price per the supplier's unit from `minimum_quantity` on; the currency defaults to the supplier's."""

    unit_price: object
    minimum_quantity: object = 0
    currency: str = ""
    valid_from_on: date | None = None
    valid_until_on: date | None = None


@service
def create(
    *,
    supplier: Supplier,
    item: Item,
    prices: Sequence[PriceDraft] = (),
    actor: Any,
    **fields: Unpack[SupplierItemFields],
) -> SupplierItem:
    """An item as a supplier sells it, with its price breaks. The first source's lead time goes to the item's sites.

    Emits `supplier_item.created`.

    :raises InvalidInput: naming the field, or the item that he sells already.
    """
    access.require(actor, company_id=supplier.company_id, roles=access.PLANNERS)
    _check_quantities(dict(fields))
    row = checking.insert(SupplierItem(company_id=supplier.company_id, supplier=supplier, item=item, **fields))
    give_sight([item.pk], supplier.company_id)
    _put_prices(row, prices)
    keys = write_first_sources(company_id=row.company_id, item_ids=[item.pk])
    events.record_supplier_items("created", [row], company_id=row.company_id, keys=keys, actor=actor)
    return row


@service
def edit(
    row: SupplierItem,
    *,
    prices: Sequence[PriceDraft] = (),
    removed_price_ids: Collection[int] = (),
    expected: int | None = None,
    actor: Any,
    **changes: Unpack[SupplierItemFields],
) -> SupplierItem:
    """Change what is named, and write these price breaks; a break is known by its quantity and first day.

    Other breaks stay; one ends by its `valid_until_on`, one that was wrong is removed. Emits `supplier_item.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field.
    """
    access.require(actor, company_id=row.company_id, roles=access.PLANNERS)
    _check_quantities(dict(changes))
    row = checking.update(row, expected=expected, changes=dict(changes), is_forced=bool(prices or removed_price_ids))
    row.prices.filter(pk__in=removed_price_ids).delete()
    _put_prices(row, prices)
    keys = write_first_sources(company_id=row.company_id, item_ids=[row.item_id])
    events.record_supplier_items("changed", [row], company_id=row.company_id, keys=keys, actor=actor)
    return row


@service
def remove(row: SupplierItem, *, expected: int | None = None, actor: Any) -> None:
    """The supplier sells it no more; orders of it stay. Emits `supplier_item.removed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    """
    access.require(actor, company_id=row.company_id, roles=access.PLANNERS)
    versions.check(row, expected)
    tombstones.leave(NOUN, row.pk, company_id=row.company_id)
    row_id = row.pk
    row.delete()
    row.pk = row_id
    keys = write_first_sources(company_id=row.company_id, item_ids=[row.item_id])
    events.record_supplier_items("removed", [row], company_id=row.company_id, keys=keys, actor=actor)


@service
def set_first_source(
    *, company_id: int, item_ids: Collection[int], site_ids: Collection[int] = (), actor: Any
) -> frozenset[LevelKey]:
    """Write the first source's lead time to where the company keeps these items and buys, making the rows of
    `site_ids` that are missing. Emits `supplier_item.sourced` where something changed.

    The first source is the one of the best preference, of several a preferred supplier's, of several the oldest.
    Items that the company only makes are left to production at sites that make.
    """
    access.require(actor, company_id=company_id, roles=access.PLANNERS)
    keys = write_first_sources(company_id=company_id, item_ids=item_ids, site_ids=site_ids)
    if keys:
        events.record_supplier_items("sourced", [], company_id=company_id, keys=keys, actor=actor)
    return keys


@service
def fill_first_sources(*, company_id: int, item_ids: Collection[int]) -> None:
    """As `set_first_source`, only where no lead time is known yet; for what is kept since the source was entered."""
    if keys := write_first_sources(company_id=company_id, item_ids=item_ids, is_missing_only=True):
        events.record_supplier_items("sourced", [], company_id=company_id, keys=keys, actor=None)


def write_first_sources(
    *, company_id: int, item_ids: Collection[int], site_ids: Collection[int] = (), is_missing_only: bool = False
) -> frozenset[LevelKey]:
    """As `set_first_source`, inside a service of the caller's who records the keys. Two statements.

    Where nobody sells the item any more, its lead time goes.
    """
    params: dict[str, Any] = {
        "company": company_id,
        "items": list(item_ids),
        "sites": sorted(site_ids),
        "missing": is_missing_only,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_SOURCE, params)
        rows = sorted(cursor.fetchall())
        if not rows:
            return frozenset()
        cursor.execute(_WRITE_DAYS, [[row[0] for row in rows], [row[1] for row in rows]])
        return frozenset(LevelKey(*row) for row in cursor.fetchall())


def _put_prices(row: SupplierItem, prices: Sequence[PriceDraft]) -> None:
    if not prices:
        return
    drafts = [_price(row, price, f"prices.{place}") for place, price in enumerate(prices)]
    SupplierPrice.objects.bulk_create(
        drafts,
        update_conflicts=True,
        unique_fields=["supplier_item", "minimum_quantity", "valid_from_on"],
        update_fields=["unit_price", "currency", "valid_until_on"],
    )


def _price(row: SupplierItem, price: PriceDraft, field: str) -> SupplierPrice:
    minimum = to_decimal(price.minimum_quantity, field=f"{field}.minimum_quantity")
    if minimum < 0:
        raise InvalidInput(errors={f"{field}.minimum_quantity": f"{minimum} is not allowed; it can't be below 0."})
    check_dates(vars(price), prefix=f"{field}.")
    if price.valid_from_on and price.valid_until_on and price.valid_until_on < price.valid_from_on:
        text = f"{price.valid_until_on} lies before {price.valid_from_on}, when the price starts."
        raise InvalidInput(errors={f"{field}.valid_until_on": text})
    return SupplierPrice(
        company_id=row.company_id,
        supplier_item=row,
        minimum_quantity=minimum,
        unit_price=check_price(price.unit_price, field=f"{field}.unit_price"),
        currency=rules.check_currency(price.currency or row.supplier.currency, field=f"{field}.currency"),
        valid_from_on=price.valid_from_on,
        valid_until_on=price.valid_until_on,
    )


def _check_quantities(fields: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    for name in ("unit_factor", "order_minimum", "order_multiple", "order_maximum"):
        if fields.get(name) is None:
            continue
        number = to_decimal(fields[name], field=name)
        if number < 0 or (number == 0 and name == "unit_factor"):
            errors[name] = (
                f"{fields[name]} is not allowed; it must be {'greater than' if number == 0 else 'at least'} 0."
            )
    if errors:
        raise InvalidInput(errors=errors)
