"""Locks on lots: a serial number comes into stock once, wherever it is brought."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from core.prepared import Statement
from inventory.models import Lot

# The lots are locked by id after the balances and pools, so that of two postings that bring one number the second one
# counts what the first one brought; the count is a statement of its own because this one's snapshot is older.
_LOCK = Statement(
    "lock_serials",
    """
SELECT lot.id, lot.number, i.sku
FROM inventory_lot lot JOIN inventory_item i ON i.id = lot.item_id
WHERE lot.id = ANY(%(lots)s::bigint[]) AND lot.kind = 'stock' AND i.tracking = 'serial'
ORDER BY lot.id FOR NO KEY UPDATE OF lot
""",
)
_COUNT = Statement(
    "count_serials",
    """
SELECT b.lot_id, sum(b.quantity)
FROM inventory_stockbalance b JOIN inventory_lot lot ON lot.id = b.lot_id AND lot.item_id = b.item_id
WHERE b.lot_id = ANY(%(lots)s::bigint[]) AND b.quantity > 0 GROUP BY 1
""",
)


def lock_serials(lot_ids: Collection[int]) -> dict[int, str]:
    """Lock those of the lots that are serial numbers of stock, by id; returns what each is called."""
    rows = _LOCK.all({"lots": sorted(lot_ids)})
    return {lot_id: f"{number} of {sku}" for lot_id, number, sku in rows}


def in_stock(lot_ids: Collection[int]) -> Mapping[int, Decimal]:
    """How much stands anywhere of each of these lots; the caller holds their locks."""
    return dict(_COUNT.all({"lots": sorted(lot_ids)}))


def lock_lots(lot_ids: Collection[int]) -> list[Lot]:
    """Lock these lots by id, as they stand now."""
    return list(Lot.objects.select_for_update(no_key=True).filter(pk__in=sorted(lot_ids)).order_by("pk"))
