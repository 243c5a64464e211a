"""What suppliers sell, many rows at once, for imports: as `purchasing.services.supplier_items`, set-based."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.upserts import Put, Wanted, put
from inventory.services.items import give_sight
from purchasing import events
from purchasing.models import Supplier, SupplierItem, SupplierPrice
from purchasing.services.supplier_items import write_first_sources
from sites import access

PriceKey = tuple[Decimal, date | None]


@dataclass(frozen=True)
class SupplierItemRow:
    """An item of a supplier: `fields` of the supplier item, and its price breaks by (minimum quantity, first day)."""

    supplier: Supplier
    item_id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[PriceKey, Mapping[str, Any]] = field(default_factory=dict)


def put_many(rows: Sequence[SupplierItemRow], *, company_id: int, actor: Any) -> Put[SupplierItem]:
    """Write supplier items by supplier and item with checked fields and prices; what is not given stays.

    A row counts as changed when one of its prices is. The first sources' lead times go to the item-sites that are
    there. Emits `supplier_item.created` and `supplier_item.changed`.
    """
    access.require(actor, company_id=company_id, roles=access.PLANNERS)
    queryset = SupplierItem.objects.filter(
        company=company_id,
        supplier__in={row.supplier.pk for row in rows},
        item__in={row.item_id for row in rows},
    )
    known = {(row.supplier_id, row.item_id): row for row in queryset}
    wanted = []
    for row in rows:
        stored = known.get((row.supplier.pk, row.item_id))
        new = {"company_id": company_id, "supplier_id": row.supplier.pk, "item_id": row.item_id}
        wanted.append(Wanted(stored, dict(row.fields) if stored else {**row.fields, **new}))
    result = put(SupplierItem, wanted)
    _count_changed(result, _put_prices(rows, result))

    touched = [*result.created, *result.changed]
    item_ids = sorted({row.item_id for row in touched})
    give_sight(item_ids, company_id)
    keys = write_first_sources(company_id=company_id, item_ids=item_ids) if item_ids else frozenset()
    for verb, part in (("created", result.created), ("changed", result.changed)):
        if part:
            events.record_supplier_items(verb, part, company_id=company_id, keys=keys, actor=actor)
    return result


def _put_prices(rows: Sequence[SupplierItemRow], result: Put[SupplierItem]) -> set[int]:
    """Write the price breaks; returns the supplier items with one that is new or differs."""
    ids = [row.pk for row in result.rows]
    known = {
        (price.supplier_item_id, price.minimum_quantity, price.valid_from_on): price
        for price in SupplierPrice.objects.filter(supplier_item__in=ids)
    }
    wanted = []
    for row, stored in zip(rows, result.rows, strict=True):
        for (minimum, begins_on), fields in row.prices.items():
            price = known.get((stored.pk, minimum, begins_on))
            new = {
                "company_id": stored.company_id,
                "supplier_item_id": stored.pk,
                "minimum_quantity": minimum,
                "valid_from_on": begins_on,
                "currency": row.supplier.currency,
            }
            wanted.append(Wanted(price, dict(fields) if price else {**new, **fields}))
    prices = put(SupplierPrice, wanted)
    return {price.supplier_item_id for price in (*prices.created, *prices.changed)}


def _count_changed(result: Put[SupplierItem], ids: set[int]) -> None:
    moved = [row for row in result.unchanged if row.pk in ids]
    result.changed += moved
    result.unchanged = [row for row in result.unchanged if row.pk not in ids]
