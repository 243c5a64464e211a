"""What a posting will need: the locations, balances and cost pools that its lines name or may take from."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.prepared import Statement
from inventory.choices import PoolKind
from inventory.drafts import Deposit, OrderPool, Withdrawal
from inventory.locks.stock import PickKey, Place, PoolKey
from inventory.services.working_set import Side, Spot, order_pool_key, pool_key

# Nearly always the balances and pools of plain stock are there, and to see that in the same query costs a third of
# inserting nothing into three tables. Transit and work in progress have pools of their own: they go the long way.
_SPOTS = Statement(
    "posting_spots",
    """
SELECT s.time_zone, l.id, l.site_id, l.kind, l.transfer_id,
    NOT EXISTS (
        SELECT 1
        FROM unnest(%(items)s::bigint[], %(goals)s::bigint[], %(lots)s::bigint[], %(owners)s::bigint[])
            AS p(item_id, location_id, lot_id, owner_id)
        JOIN inventory_location g ON g.id = p.location_id
        WHERE g.kind IN ('transit', 'wip')
           OR NOT EXISTS (
                SELECT 1 FROM inventory_stockbalance b
                WHERE b.item_id = p.item_id AND b.location_id = p.location_id
                  AND b.lot_id IS NOT DISTINCT FROM p.lot_id AND b.owner_id = p.owner_id)
           OR NOT EXISTS (
                SELECT 1 FROM inventory_costpool c
                WHERE c.kind = 'stock' AND c.item_id = p.item_id AND c.owner_id = p.owner_id
                  AND c.site_id = g.site_id AND c.source_id IS NULL)
           OR EXISTS (SELECT 1 FROM inventory_itemcompany c WHERE c.item_id = p.item_id)
              AND NOT EXISTS (SELECT 1 FROM inventory_itemcompany c
                              WHERE c.item_id = p.item_id AND c.company_id = p.owner_id)
    ) AND NOT EXISTS (
        SELECT 1
        FROM unnest(%(title_items)s::bigint[], %(title_owners)s::bigint[], %(title_sites)s::bigint[])
            AS p(item_id, owner_id, site_id)
        WHERE NOT EXISTS (
            SELECT 1 FROM inventory_costpool c
            WHERE c.kind = 'stock' AND c.item_id = p.item_id AND c.owner_id = p.owner_id
              AND c.site_id = p.site_id AND c.source_id IS NULL)
    ),
    EXISTS (SELECT 1 FROM inventory_item i WHERE i.id = ANY(%(tracked)s::bigint[]) AND i.tracking = 'serial')
FROM sites_site s LEFT JOIN inventory_location l ON l.id = ANY(%(locations)s::bigint[])
WHERE s.id = %(site)s::bigint
""",
)


def location_ids(withdrawals: Iterable[Withdrawal], deposits: Iterable[Deposit]) -> list[int]:
    """Every location that the lines name."""
    ids = {withdrawal.to_location_id for withdrawal in withdrawals}
    ids |= {withdrawal.location_id for withdrawal in withdrawals if withdrawal.location_id}
    ids |= {location for deposit in deposits for location in (deposit.location_id, deposit.from_location_id)}
    return sorted(ids)


class Ground(NamedTuple):
    """The locations by id, the time zone of the posting's site, whether every row is there that `prepare` makes, and
    whether serial numbers are among what comes."""

    spots: dict[int, Spot]
    zone: str
    is_prepared: bool
    has_serials: bool


def load_spots(site_id: int, withdrawals: Sequence[Withdrawal] = (), deposits: Sequence[Deposit] = ()) -> Ground:
    """What must be known before anything is locked; one query.

    Only what goes between plain stock and the world outside is ever said to be prepared.
    """
    passing = [withdrawal for withdrawal in withdrawals if withdrawal.passes_title]
    rows = _SPOTS.all(
        {
            "site": site_id,
            "locations": location_ids(withdrawals, deposits),
            "items": [deposit.item_id for deposit in deposits],
            "goals": [deposit.location_id for deposit in deposits],
            "lots": [deposit.lot_id for deposit in deposits],
            "owners": [deposit.owner_id for deposit in deposits],
            "tracked": [deposit.item_id for deposit in deposits if deposit.lot_id is not None],
            "title_items": [withdrawal.item_id for withdrawal in passing],
            "title_owners": [withdrawal.used_by_id for withdrawal in passing],
            "title_sites": [withdrawal.site_id for withdrawal in passing],
        }
    )
    spots = {row[1]: Spot(*row[1:5]) for row in rows if row[1]}
    ends = [withdrawal.to_location_id for withdrawal in withdrawals]
    ends += [deposit.from_location_id for deposit in deposits]
    is_prepared = rows[0][5] and all(spots[end].is_virtual for end in ends)
    return Ground(spots, rows[0][0], is_prepared, rows[0][6])


def targets(deposits: Iterable[Deposit], spots: dict[int, Spot]) -> list[Place]:
    """The physical places that deposits go to, in key order."""
    return sorted(
        {(d.item_id, d.location_id, d.lot_id, d.owner_id) for d in deposits if not spots[d.location_id].is_virtual},
        key=place_order,
    )


def places(deposits: Sequence[Deposit], spots: dict[int, Spot]) -> list[Place]:
    """The physical places at both ends of the deposits, in key order."""
    sources = {
        (d.item_id, d.from_location_id, d.source_lot_id, d.owner_id)
        for d in deposits
        if not spots[d.from_location_id].is_virtual
    }
    return sorted(sources.union(targets(deposits, spots)), key=place_order)


def place_order(place: Place) -> tuple[int, int, int, int]:
    """Sorts places, those without a lot first."""
    item_id, location_id, lot_id, owner_id = place
    return item_id, location_id, lot_id or 0, owner_id


def picks(withdrawals: Iterable[Withdrawal]) -> list[PickKey]:
    """The keys whose balances a withdrawal may choose from."""
    return list({(w.item_id, w.site_id, w.used_by_id, w.owner_id) for w in withdrawals})


def known_pools(
    withdrawals: Sequence[Withdrawal],
    deposits: Sequence[Deposit],
    spots: dict[int, Spot],
    order_pool: OrderPool | None,
) -> list[PoolKey]:
    """The pools that may have to be made before anything is locked.

    What a withdrawal takes from has a pool already; what it passes title to, or sends on its way, may not.
    """
    keys: set[PoolKey | None] = {order_pool_key(order_pool)} if order_pool else set()
    for deposit in deposits:
        keys |= {pool_key(side, deposit.item_id, order_pool) for side in ends(deposit, spots)}
    for withdrawal in withdrawals:
        if withdrawal.passes_title:
            keys.add((PoolKind.STOCK.value, withdrawal.item_id, withdrawal.used_by_id, withdrawal.site_id, None))
        target = Side(spots[withdrawal.to_location_id], None, withdrawal.owner_id or withdrawal.used_by_id)
        keys.add(pool_key(target, withdrawal.item_id, order_pool))
    return sorted((key for key in keys if key), key=pool_order)


def pool_order(key: PoolKey) -> tuple:
    """Sorts pools, those without a site or source first."""
    kind, item_id, owner_id, site_id, source_id = key
    return kind, item_id, owner_id, site_id or 0, source_id or 0


def ends(deposit: Deposit, spots: dict[int, Spot]) -> tuple[Side, Side]:
    """Where a deposit comes from and goes to."""
    source = Side(spots[deposit.from_location_id], deposit.source_lot_id, deposit.owner_id)
    return source, Side(spots[deposit.location_id], deposit.lot_id, deposit.owner_id)
