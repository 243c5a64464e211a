"""What became of some lots: where they came in, where they stand now, and where they left, for a trace or a recall.

Quantities are in the item's stocking unit. Postings that were reversed, and their reversals, count for nothing. All is
what the reader sees: moves and balances of his companies and sites.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.db import connection

from core.prepared import Statement
from inventory.choices import ON_HAND_KINDS, LocationKind
from inventory.models import Lot
from sites.access import Access

ZERO = Decimal(0)

_COUNTED = """
p.reverses_id IS NULL
AND NOT EXISTS (SELECT FROM inventory_posting r WHERE r.reverses_id = p.id AND r.reverses_id IS NOT NULL)
"""

# What crossed the edge of the world: one row a lot, posting, line and place.
_CROSSINGS = f"""
WITH asked AS MATERIALIZED (SELECT unnest(%(lots)s::bigint[]) AS id),
crossing AS (
    SELECT m.from_lot_id AS lot_id, m.posting_id, from_place.kind IN ('supplier', 'count') AS is_in,
           CASE WHEN from_place.kind IN ('supplier', 'count') THEN from_place.kind ELSE to_place.kind END AS kind,
           sum(m.quantity) AS quantity
    FROM asked JOIN inventory_stockmove m ON m.from_lot_id = asked.id
    JOIN inventory_location from_place ON from_place.id = m.from_location_id
    JOIN inventory_location to_place ON to_place.id = m.to_location_id
    WHERE (from_place.kind IN ('supplier', 'count') OR to_place.kind IN ('customer', 'supplier', 'scrap', 'count'))
      AND {{scope}}
    GROUP BY 1, 2, 3, 4
)
SELECT c.lot_id, l.number, i.sku, u.code, u.decimals, c.is_in, c.kind, c.quantity, p.id, p.number, p.kind,
       p.source_kind, p.source_id, p.source_number, p.effective_on, s.code,
       coalesce((SELECT max(d.party_name) FROM inventory_demand d
                 WHERE d.document_kind = p.source_kind AND d.document_id = p.source_id),
                (SELECT max(d.party_name) FROM inventory_supply d
                 WHERE d.document_kind = p.source_kind AND d.document_id = p.source_id), '')
FROM crossing c JOIN inventory_posting p ON p.id = c.posting_id JOIN sites_site s ON s.id = p.site_id
JOIN inventory_lot l ON l.id = c.lot_id JOIN inventory_item i ON i.id = l.item_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
WHERE {_COUNTED}
ORDER BY p.effective_on, p.id, i.sku, l.number, c.lot_id
LIMIT %(most)s::bigint
"""

# Work in progress is found from its places, which are few, because lots have no index on their order.
_STANDING = """
SELECT l.id, l.number, l.kind, l.state, i.id, i.sku, u.code, u.decimals, place.kind, place.code, s.code, owner.code,
       b.quantity, t.id, coalesce(t.number, ''), l.source_id
FROM inventory_stockbalance b JOIN inventory_lot l ON l.id = b.lot_id JOIN inventory_item i ON i.id = b.item_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id JOIN inventory_location place ON place.id = b.location_id
JOIN sites_site s ON s.id = b.site_id JOIN sites_company owner ON owner.id = b.owner_id
LEFT JOIN inventory_transfer t ON t.id = place.transfer_id
WHERE b.quantity > 0 AND {scope} AND b.id IN (
    SELECT b.id FROM unnest(%(lots)s::bigint[]) AS asked(id) JOIN inventory_lot l ON l.id = asked.id
    JOIN inventory_stockbalance b ON b.item_id = l.item_id AND b.lot_id = l.id
    UNION
    SELECT b.id FROM inventory_location place JOIN inventory_stockbalance b ON b.location_id = place.id
    JOIN inventory_lot l ON l.id = b.lot_id
    WHERE place.kind IN ('wip', 'transit') AND b.quantity > 0 AND l.kind = 'wip'
      AND l.source_kind = 'manufacturing_order' AND l.source_id = ANY(%(orders)s::bigint[])
)
ORDER BY s.code, i.sku, l.number, b.id
"""

_TURNOVER = f"""
SELECT from_place.kind, to_place.kind, m.from_lot_id IS NOT DISTINCT FROM %(lot)s, m.to_lot_id IS NOT DISTINCT FROM %(lot)s,
       sum(m.quantity)
FROM (
    SELECT * FROM inventory_stockmove WHERE from_lot_id = %(lot)s
    UNION ALL
    SELECT * FROM inventory_stockmove WHERE to_lot_id = %(lot)s AND to_lot_id IS NOT NULL
        AND (from_lot_id IS NULL OR from_lot_id < to_lot_id OR from_lot_id > to_lot_id)
) m JOIN inventory_posting p ON p.id = m.posting_id
JOIN inventory_location from_place ON from_place.id = m.from_location_id
JOIN inventory_location to_place ON to_place.id = m.to_location_id
WHERE {{scope}} AND {_COUNTED}
GROUP BY 1, 2, 3, 4
"""  # noqa: E501


class Crossing(NamedTuple):
    """A lot came in from a supplier or a count (`is_in`), or left to a customer, supplier, scrap or count."""

    lot_id: int
    lot: str
    sku: str
    unit: str
    decimals: int
    is_in: bool
    kind: str
    quantity: Decimal
    posting_id: int
    posting: str
    posting_kind: str
    source_kind: str
    source_id: int | None
    source_number: str
    on: date
    site: str
    party: str


class Standing(NamedTuple):
    """So much of a lot stands in a place; in transit the transfer is named, in progress the order's id."""

    lot_id: int
    lot: str
    lot_kind: str
    lot_state: str
    item_id: int
    sku: str
    unit: str
    decimals: int
    place_kind: str
    place: str
    site: str
    owner: str
    quantity: Decimal
    transfer_id: int | None
    transfer: str
    order_id: int | None

    @property
    def is_on_hand(self) -> bool:
        """In a place for stock, whether it may be used or not."""
        return self.place_kind in (*ON_HAND_KINDS, LocationKind.QUARANTINE)


@dataclass(frozen=True)
class MassBalance:
    """What came of a lot is what went and what stands: `difference` is 0 unless the reader doesn't see it all."""

    received: Decimal
    made: Decimal
    found: Decimal
    used: Decimal
    shipped: Decimal
    returned: Decimal
    scrapped: Decimal
    missed: Decimal
    became_another: Decimal
    standing: Decimal

    @property
    def came(self) -> Decimal:
        return self.received + self.made + self.found

    @property
    def went(self) -> Decimal:
        return self.used + self.shipped + self.returned + self.scrapped + self.missed + self.became_another

    @property
    def difference(self) -> Decimal:
        return self.came - self.went - self.standing


def crossings(lot_ids: Collection[int], access: Access, *, most: int = 20_000) -> list[Crossing]:
    """Where these lots came in and left, the oldest first; a receipt's supplier and a shipment's customer are named."""
    scope, params = _move_scope(access)
    rows = _crossings(scope).all({**params, "lots": list(lot_ids), "most": most})
    return [Crossing(*row) for row in rows]


@cache
def _crossings(scope: str) -> Statement:
    return Statement(f"crossings_{'all' if scope == 'TRUE' else 'seen'}", _CROSSINGS.format(scope=scope))


def standing(lot_ids: Collection[int], order_ids: Collection[int], access: Access) -> list[Standing]:
    """Where these lots stand now, and the work in progress of these orders: on hand, in transit, in progress."""
    scope, params = access.sql(companies=["b.owner_id", "b.used_by_id"], sites=["b.site_id"])
    asked = {"lots": list(lot_ids), "orders": list(order_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(scope=scope), {**params, **asked})
        return [Standing(*row) for row in cursor.fetchall()]


def mass_balance(lot: Lot, access: Access) -> MassBalance:
    """What of a lot came, went and stands, as far as the reader sees it."""
    scope, params = _move_scope(access)
    sums: dict[str, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TURNOVER.format(scope=scope), {**params, "lot": lot.pk})
        for row in cursor.fetchall():
            if name := _turnover(*row[:4]):
                sums[name] = sums.get(name, ZERO) + row[4]
    stands = sum((row.quantity for row in standing([lot.pk], [], access)), ZERO)
    return MassBalance(**{name: sums.get(name, ZERO) for name in _TURNOVERS}, standing=stands)


_TURNOVERS = ("received", "made", "found", "used", "shipped", "returned", "scrapped", "missed", "became_another")
_CAME = {LocationKind.SUPPLIER: "received", LocationKind.PRODUCTION: "made", LocationKind.COUNT: "found"}
_WENT = {
    LocationKind.PRODUCTION: "used",
    LocationKind.CUSTOMER: "shipped",
    LocationKind.SUPPLIER: "returned",
    LocationKind.SCRAP: "scrapped",
    LocationKind.COUNT: "missed",
}


def _turnover(from_kind: str, to_kind: str, is_from: bool, is_to: bool) -> str:
    """What a move is to the lot; "" where it only changes its place or owner."""
    if is_from and is_to:
        return _CAME.get(LocationKind(from_kind)) or _WENT.get(LocationKind(to_kind)) or ""
    return "became_another" if is_from else "made"


def _move_scope(access: Access) -> tuple[str, dict[str, list[int]]]:
    return access.sql(
        companies=["m.company_id", "m.from_owner_id", "m.to_owner_id"], sites=["m.from_site_id", "m.to_site_id"]
    )
