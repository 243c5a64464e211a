"""Locks on balances and cost pools, and the rows they need.

A transaction first inserts every row that it will need and that is missing, in key order; then it locks balances
by id, then cost pools by id. No transaction holds a lock of the second phase while it waits in the first, and
both phases are ordered, so these waits form no cycle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.prepared import Statement
from inventory.rules.taking import Stock
from inventory.rules.valuing import Pool
from inventory.selectors.consignment import TODAY, used_by_sql

# item, location, lot, owner
Place = tuple[int, int, int | None, int]
# kind, item, owner, site, source
PoolKey = tuple[str, int, int, int | None, int | None]
# item, site, used_by, owner
PickKey = tuple[int, int, int | None, int | None]

_PLACES = """
unnest(%(items)s::bigint[], %(locations)s::bigint[], %(lots)s::bigint[], %(owners)s::bigint[])
    AS p(item_id, location_id, lot_id, owner_id)"""

_LACKS_BALANCE = """
NOT EXISTS (
    SELECT 1 FROM inventory_stockbalance b
    WHERE b.item_id = p.item_id AND b.location_id = p.location_id
      AND b.lot_id IS NOT DISTINCT FROM p.lot_id AND b.owner_id = p.owner_id)"""

_POOLS = """
unnest(%(kinds)s::text[], %(pool_items)s::bigint[], %(pool_owners)s::bigint[], %(pool_sites)s::bigint[],
       %(sources)s::bigint[]) AS k(kind, item_id, owner_id, site_id, source_id)"""

_LACKS_POOL = """
NOT EXISTS (
    SELECT 1 FROM inventory_costpool p
    WHERE p.kind = k.kind AND p.item_id = k.item_id AND p.owner_id = k.owner_id
      AND p.site_id IS NOT DISTINCT FROM k.site_id AND p.source_id IS NOT DISTINCT FROM k.source_id)"""

_LACKS_SIGHT = """
EXISTS (SELECT 1 FROM inventory_itemcompany c WHERE c.item_id = p.item_id)
AND NOT EXISTS (SELECT 1 FROM inventory_itemcompany c WHERE c.item_id = p.item_id AND c.company_id = p.owner_id)"""

# By the site's day now: a posting of a day long past makes balances that are used from now on.
_USED_BY = used_by_sql(item="p.item_id", owner="p.owner_id", site="l.site_id", on=TODAY)

_PREPARE = Statement(
    "prepare_posting",
    f"""
WITH place AS (
    SELECT * FROM {_PLACES}
), balance AS (
    INSERT INTO inventory_stockbalance (item_id, location_id, lot_id, owner_id, site_id, used_by_id)
    SELECT p.item_id, p.location_id, p.lot_id, p.owner_id, l.site_id, {_USED_BY}
    FROM place p JOIN inventory_location l ON l.id = p.location_id JOIN sites_site s ON s.id = l.site_id
    WHERE {_LACKS_BALANCE}
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING
), pool AS (
    INSERT INTO inventory_costpool (kind, item_id, owner_id, site_id, source_id, currency)
    SELECT k.kind, k.item_id, k.owner_id, k.site_id, k.source_id, c.currency
    FROM {_POOLS}
    JOIN sites_company c ON c.id = k.owner_id
    WHERE {_LACKS_POOL}
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT DO NOTHING
), sight AS (
    INSERT INTO inventory_itemcompany (item_id, company_id, is_keeper, is_made, is_bought, is_sold)
    SELECT DISTINCT p.item_id, p.owner_id, false, false, false, false FROM place p
    WHERE {_LACKS_SIGHT}
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
)
SELECT 1
""",
)

# The ids are collected first, so that the lock itself only sees a list of ids in order; a row that another
# transaction has just changed is read again after its commit, with its new quantity.
_LOCK = """
SELECT b.id, b.item_id, b.location_id, b.lot_id, b.owner_id, b.site_id, b.used_by_id, b.quantity, b.reserved,
       l.kind, l.pick_order, lot.number, lot.state, lot.expires_on, lot.began_on
FROM inventory_stockbalance b
JOIN inventory_location l ON l.id = b.location_id
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE b.id = ANY(ARRAY({ids}))
ORDER BY b.id
FOR NO KEY UPDATE OF b
"""
_AT_PLACES = """
    SELECT w.id FROM unnest(%(items)s::bigint[], %(locations)s::bigint[], %(lots)s::bigint[], %(owners)s::bigint[])
        AS p(item_id, location_id, lot_id, owner_id)
    JOIN inventory_stockbalance w ON w.item_id = p.item_id AND w.location_id = p.location_id
        AND w.lot_id IS NOT DISTINCT FROM p.lot_id AND w.owner_id = p.owner_id
"""
_TO_PICK = """
    SELECT w.id FROM unnest(%(pick_items)s::bigint[], %(pick_sites)s::bigint[], %(pick_users)s::bigint[],
                            %(pick_owners)s::bigint[]) AS p(item_id, site_id, used_by_id, owner_id)
    JOIN inventory_stockbalance w ON w.item_id = p.item_id AND w.site_id = p.site_id AND w.quantity > 0
        AND (p.owner_id IS NULL AND w.used_by_id = p.used_by_id OR w.owner_id = p.owner_id)
"""
# Nearly every posting only brings or only takes, and setting up the other half costs a third of the statement.
_LOCK_PLACES = Statement("lock_places", _LOCK.format(ids=_AT_PLACES))
_LOCK_PICKS = Statement("lock_picks", _LOCK.format(ids=_TO_PICK))
_LOCK_BOTH = Statement("lock_balances", _LOCK.format(ids=f"{_AT_PLACES} UNION {_TO_PICK}"))

_LOCK_POOLS = Statement(
    "lock_pools",
    """
SELECT p.id, p.kind, p.item_id, p.owner_id, p.site_id, p.source_id, p.quantity, p.value, p.currency,
       c.code, c.closed_through_on
FROM inventory_costpool p JOIN sites_company c ON c.id = p.owner_id
WHERE p.id = ANY(ARRAY(
    SELECT w.id FROM unnest(%(kinds)s::text[], %(pool_items)s::bigint[], %(pool_owners)s::bigint[],
                            %(pool_sites)s::bigint[], %(sources)s::bigint[])
        AS k(kind, item_id, owner_id, site_id, source_id)
    JOIN inventory_costpool w ON w.kind = k.kind AND w.item_id = k.item_id AND w.owner_id = k.owner_id
        AND w.site_id IS NOT DISTINCT FROM k.site_id AND w.source_id IS NOT DISTINCT FROM k.source_id
))
ORDER BY p.id
FOR NO KEY UPDATE OF p
""",
)


@dataclass(frozen=True)
class Owner:
    """What a posting must know of an owner: its name in messages and how far its books are closed."""

    code: str
    closed_through_on: date | None


def prepare(places: Iterable[Place], pools: Iterable[PoolKey], *, now: datetime) -> None:
    """Insert the balances and cost pools that are missing, in key order; takes no lock on those that are there.

    A balance's `used_by` follows from the consignment agreement in force at the site now; an owner that gets an
    item for the first time gets sight of it.
    """
    _PREPARE.all({**_place_arrays(places), **_pool_arrays(pools), "now": now})


def lock_balances(places: Iterable[Place], picks: Iterable[PickKey]) -> list[Stock]:
    """Lock the balances of exact places, and all with stock that an open choice may take from, by id."""
    places, picks = list(places), list(picks)
    statement = _LOCK_BOTH if places and picks else _LOCK_PICKS if picks else _LOCK_PLACES
    wanted = dict(zip(("pick_items", "pick_sites", "pick_users", "pick_owners"), _columns(picks, 4), strict=True))
    return [Stock(*row) for row in statement.all({**_place_arrays(places), **wanted})]


def lock_pools(keys: Iterable[PoolKey]) -> tuple[dict[PoolKey, Pool], dict[int, Owner]]:
    """Lock cost pools by id; returns them by key, and their owners by id. The caller holds the balances' locks."""
    rows = _LOCK_POOLS.all(_pool_arrays(keys))
    pools = {tuple(row[1:6]): Pool(*row[:9]) for row in rows}
    return pools, {row[3]: Owner(row[9], row[10]) for row in rows}


def _place_arrays(places: Iterable[Place]) -> dict[str, Sequence[object]]:
    return dict(zip(("items", "locations", "lots", "owners"), _columns(places, 4), strict=True))


def _pool_arrays(keys: Iterable[PoolKey]) -> dict[str, Sequence[object]]:
    names = ("kinds", "pool_items", "pool_owners", "pool_sites", "sources")
    return dict(zip(names, _columns(keys, 5), strict=True))


def _columns(rows: Iterable[tuple], width: int) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
