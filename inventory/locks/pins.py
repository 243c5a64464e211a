"""Locks on pins: what of a key's reserved stock is whose. The caller holds the balances' locks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.prepared import Statement
from inventory.drafts import LevelKey

_LOCK = Statement(
    "lock_pins",
    """
SELECT p.id, d.line_id, p.quantity
FROM inventory_allocationpin p JOIN inventory_demand d ON d.id = p.demand_id
WHERE p.supply_id IS NULL AND d.kind = %(kind)s::text AND d.line_id = ANY(%(lines)s::bigint[])
ORDER BY p.id FOR NO KEY UPDATE OF p
""",
)
_USE = Statement(
    "use_pins",
    """
WITH used AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[]) AS u(id, quantity)
), emptied AS (
    DELETE FROM inventory_allocationpin p USING used u WHERE p.id = u.id AND p.quantity <= u.quantity
)
UPDATE inventory_allocationpin p SET quantity = p.quantity - u.quantity
FROM used u WHERE p.id = u.id AND p.quantity > u.quantity
RETURNING p.id
""",
)

_OF_KEY = Statement(
    "lock_pins_of_key",
    """
SELECT p.id, p.quantity FROM inventory_allocationpin p JOIN inventory_demand d ON d.id = p.demand_id
WHERE p.supply_id IS NULL AND d.item_id = %(item)s::bigint AND d.site_id = %(site)s::bigint
  AND d.used_by_id = %(user)s::bigint
ORDER BY p.id DESC FOR NO KEY UPDATE OF p
""",
)

# A pin beyond what its demand still needs; the later pins of a demand are the ones that go.
_LOOSE = """
SELECT p.id, d.item_id, d.site_id, d.used_by_id, p.supply_id IS NULL AS is_on_hand, least(p.quantity, greatest(0,
           sum(p.quantity) OVER (PARTITION BY p.demand_id ORDER BY p.id) - d.open_quantity)) AS surplus
FROM inventory_allocationpin p JOIN inventory_demand d ON d.id = p.demand_id
WHERE (d.item_id, d.site_id, d.used_by_id) IN (
    SELECT * FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[])
)
"""
_LOOSE_PINS = Statement("loose_pins", f"SELECT * FROM ({_LOOSE}) pin WHERE surplus > 0 ORDER BY id")


_ROOM = Statement(
    "pin_room",
    """
SELECT d.id, d.item_id, d.site_id, d.used_by_id, greatest(0, d.open_quantity - coalesce((
           SELECT sum(p.quantity) FROM inventory_allocationpin p WHERE p.demand_id = d.id), 0))
FROM inventory_demand d WHERE d.id = ANY(%(ids)s::bigint[]) AND d.closed_at IS NULL
""",
)
_PEG = Statement(
    "peg_on_hand",
    """
INSERT INTO inventory_allocationpin AS p (demand_id, supply_id, quantity, kind)
SELECT k.demand_id, NULL, k.quantity, 'pegged'
FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[]) AS k(demand_id, quantity) ORDER BY 1
ON CONFLICT (demand_id, supply_id) DO UPDATE SET quantity = p.quantity + EXCLUDED.quantity
RETURNING p.id
""",
)
_OF_DEMAND = Statement(
    "lock_pin_of_demand",
    """
SELECT p.id, p.quantity, d.item_id, d.site_id, d.used_by_id
FROM inventory_allocationpin p JOIN inventory_demand d ON d.id = p.demand_id
WHERE p.demand_id = %(demand)s::bigint AND p.supply_id IS NULL
FOR NO KEY UPDATE OF p
""",
)


@dataclass
class Reservation:
    """A pin of a line to stock on hand; `used` of it goes with this posting."""

    pin_id: int
    quantity: Decimal
    used: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        return self.quantity - self.used


def lock_reservations(kind: str, line_ids: Collection[int]) -> dict[int, Reservation]:
    """Lock what these lines have reserved on hand, by line."""
    rows = _LOCK.all({"kind": kind, "lines": sorted(set(line_ids))})
    return {line_id: Reservation(pin_id, quantity) for pin_id, line_id, quantity in rows}


def use(reservations: Mapping[int, Reservation]) -> None:
    """Take what was used off the pins; an empty one goes. The balances' `reserved` falls by the same."""
    used = [one for one in reservations.values() if one.used]
    if used:
        _USE.all({"ids": [one.pin_id for one in used], "quantities": [one.used for one in used]})


def rooms(demand_ids: Collection[int]) -> dict[int, tuple[LevelKey, Decimal]]:
    """The key of each open demand, and how much of it is not pinned yet; without a lock."""
    return {row[0]: (LevelKey(*row[1:4]), row[4]) for row in _ROOM.all({"ids": sorted(demand_ids)})}


def peg(quantities: Mapping[int, Decimal]) -> None:
    """Raise what these demands have on hand for themselves; the caller raises the balances' `reserved` by the same.

    A pin that somebody set by hand is raised and stays his.
    """
    _PEG.all({"ids": list(quantities), "quantities": list(quantities.values())})


def lock_of_demand(demand_id: int) -> tuple[LevelKey, Reservation] | None:
    """Lock what a demand has reserved on hand, if anything, and at which key."""
    rows = _OF_DEMAND.all({"demand": demand_id})
    return (LevelKey(*rows[0][2:]), Reservation(rows[0][0], rows[0][1])) if rows else None


def loose_keys(keys: Sequence[LevelKey]) -> set[LevelKey]:
    """Those of the keys where a pin holds more than its demand still needs."""
    return {LevelKey(*row[1:4]) for row in _loose(keys)}


def loose_pins(key: LevelKey) -> list[tuple[int, Decimal, bool]]:
    """Pins of a key that hold too much: id, by how much, whether on hand. The caller holds the level's lock."""
    return [(row[0], row[5], row[4]) for row in _loose([key])]


def shrink(pin_id: int, quantity: Decimal) -> None:
    """Take so much off a pin; an empty one goes."""
    _USE.all({"ids": [pin_id], "quantities": [quantity]})


def surrender(key: LevelKey, quantity: Decimal) -> None:
    """Take so much off a key's pins on hand, the latest first; the caller frees as much of the balances' `reserved`."""
    rows = _OF_KEY.all({"item": key.item_id, "site": key.site_id, "user": key.used_by_id})
    for pin_id, pinned in rows:
        part = min(quantity, pinned)
        if part:
            shrink(pin_id, part)
            quantity -= part


def _loose(keys: Sequence[LevelKey]) -> list[tuple]:
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    return _LOOSE_PINS.all(dict(zip(("items", "sites", "users"), columns, strict=True)))
