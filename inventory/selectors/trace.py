"""Where a lot came from and where it went, over sites and companies, by the ledger alone.

The graph has three kinds of nodes: a lot; an order (the lots of its work in progress are the order itself); and an
item without lots, which ends the way. Each counted move has a node on either side, and is an edge where they differ:

- a physical place holds the node of the move's lot there;
- a PRODUCTION place is the order whose posting it is: what was issued to an order is linked to all that came out of
  it, whichever report brought it, because nobody knows which plank went into which table;
- supplier, customer, scrap and count difference end the way; `inventory.selectors.recall` lists them.

A posting that was reversed, and its reversal, count for nothing. An edge is followed where the reader sees one of its
moves (`ledger.moves`); otherwise the way ends there as another company's, without a name, a number or a quantity.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from django.db import connection

from core.prepared import Statement
from inventory.choices import DocumentKind, LotKind
from inventory.models import Lot
from sites.access import Access

MOST_LEVELS = 20
MOST_NODES = 20_000


class Direction(StrEnum):
    BACKWARD = "backward"
    FORWARD = "forward"


class NodeKind(StrEnum):
    LOT = "lot"
    ORDER = "order"
    ITEM = "item"


_KINDS = {kind.value: kind for kind in NodeKind}


class Key(NamedTuple):
    """What a node stands for: the id of a lot, a manufacturing order, or an item without lots."""

    kind: NodeKind
    id: int


class Node(NamedTuple):
    """A node as it is shown; `level` 0 is where the trace begins, and each lot after an order is one further.

    `number` is the lot's or the order's, `sku` and `name` the item's. Of an order: the item is what the trace passes
    through, `on` the day of its first step on the way. `leads_on`: another company's step follows, which the reader
    does not see.
    """

    key: Key
    level: int
    number: str
    item_id: int | None
    sku: str
    name: str
    unit: str
    decimals: int
    state: str
    on: date | None
    leads_on: bool


class Edge(NamedTuple):
    """So much (stocking unit of the source's item) of one node went into another; what the reader sees of it."""

    source: Key
    target: Key
    quantity: Decimal


@dataclass(frozen=True)
class Trace:
    """Nodes by level, the edges between them in the direction of the goods, and whether that is all.

    `is_complete` is False where the way was longer or wider than what is read at once.
    """

    start: Key
    direction: Direction
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    is_complete: bool = True

    @property
    def lot_ids(self) -> list[int]:
        """The lots on the way, the one it begins with among them."""
        return [node.key.id for node in self.nodes if node.key.kind == NodeKind.LOT]

    @property
    def order_ids(self) -> list[int]:
        """The manufacturing orders on the way."""
        return [node.key.id for node in self.nodes if node.key.kind == NodeKind.ORDER]


_ORDER = f"'{DocumentKind.MANUFACTURING_ORDER}'"
_CHANGES_LOT = "(m.from_lot_id IS NULL OR m.from_lot_id < m.to_lot_id OR m.from_lot_id > m.to_lot_id)"

# The moves to look at, by what is asked for. Without the two indexes on lots each step would read the whole ledger.
_MOVES_OF_LOTS = f"""
    SELECT asked.id AS own_id, m.* FROM asked JOIN inventory_stockmove m ON m.from_lot_id = asked.id
    WHERE m.{{own}}_lot_id = asked.id
    UNION ALL
    SELECT asked.id, m.* FROM asked JOIN inventory_stockmove m
        ON m.to_lot_id = asked.id AND m.to_lot_id IS NOT NULL AND {_CHANGES_LOT}
    WHERE m.{{own}}_lot_id = asked.id
"""
_MOVES_OF_ORDERS = f"""
    SELECT asked.id AS own_id, m.* FROM asked
    JOIN inventory_posting p ON p.source_kind = {_ORDER} AND p.source_id = asked.id
    JOIN inventory_stockmove m ON m.posting_id = p.id
"""

_OUTSIDE = "('supplier', 'customer', 'scrap', 'count')"
# Where lots of work in progress can be; elsewhere none is looked for.
_WORKED = "('wip', 'transit')"
# What a move's own side must be: the asked lot in a physical place; or production or work in progress of the order.
_IS_LOT = f"(own_place.kind <> 'production' AND own_place.kind NOT IN {_OUTSIDE})"
_IS_ORDER = "(own_place.kind = 'production' OR own_lot.id IS NOT NULL)"
_WIP_OF_ORDER = f"""
    LEFT JOIN inventory_lot own_lot
        ON own_lot.id = CASE WHEN own_place.kind IN {_WORKED} THEN m.{{own}}_lot_id END AND own_lot.kind = 'wip'
        AND own_lot.source_kind = {_ORDER} AND own_lot.source_id = m.own_id
"""

# The other side: (kind, id), null where the way ends, and those rows are not read.
_STEP = f"""
WITH asked AS MATERIALIZED (SELECT unnest(%(ids)s::bigint[]) AS id),
m AS ({{moves}}),
side AS (
    SELECT m.own_id, m.quantity, m.effective_on, {{scope}} AS is_seen,
           CASE WHEN p.source_kind = {_ORDER} THEN p.source_number ELSE '' END AS order_number,
           CASE WHEN other_place.kind = 'production' OR other_lot.id IS NOT NULL THEN 'order'
                WHEN m.{{other}}_lot_id IS NOT NULL THEN 'lot' ELSE 'item' END AS kind,
           CASE WHEN other_place.kind = 'production' THEN p.source_id
                ELSE coalesce(other_lot.source_id, m.{{other}}_lot_id, m.item_id) END AS id
    FROM m JOIN inventory_location own_place ON own_place.id = m.{{own}}_location_id
    JOIN inventory_location other_place ON other_place.id = m.{{other}}_location_id
    {{own_lot}}
    LEFT JOIN inventory_lot other_lot
        ON other_lot.id = CASE WHEN other_place.kind IN {_WORKED} THEN m.{{other}}_lot_id END
        AND other_lot.kind = 'wip' AND other_lot.source_kind = {_ORDER}
    JOIN inventory_posting p ON p.id = m.posting_id
    WHERE {{is_own}} AND other_place.kind NOT IN {_OUTSIDE}
      AND (other_place.kind <> 'production' OR p.source_kind = {_ORDER})
      AND p.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM inventory_posting r WHERE r.reverses_id = p.id AND r.reverses_id IS NOT NULL)
)
SELECT own_id, CASE WHEN is_seen THEN kind END, CASE WHEN is_seen THEN id END, sum(quantity), max(order_number),
       min(effective_on)
FROM side WHERE kind <> %(kind)s::text OR id <> own_id
GROUP BY 1, 2, 3
"""

_LOTS = """
SELECT l.id, l.number, i.id, i.sku, i.name, u.code, u.decimals, l.state
FROM unnest(%(ids)s::bigint[]) AS asked(id) JOIN inventory_lot l ON l.id = asked.id
JOIN inventory_item i ON i.id = l.item_id JOIN inventory_unitofmeasure u ON u.id = i.unit_id
"""
_ITEMS = """
SELECT i.id, i.sku, i.name, u.code, u.decimals
FROM unnest(%(ids)s::bigint[]) AS asked(id) JOIN inventory_item i ON i.id = asked.id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
"""


def trace(lot: Lot, direction: Direction, access: Access, *, levels: int = MOST_LEVELS) -> Trace:
    """The trace of a lot that the reader may see, at most `levels` lots deep, in two queries a level.

    A lot of work in progress begins with its order.
    """
    is_order = lot.kind == LotKind.WIP and lot.source_kind == DocumentKind.MANUFACTURING_ORDER
    start = Key(NodeKind.ORDER, lot.source_id or 0) if is_order else Key(NodeKind.LOT, lot.pk)
    walk = _Walk(start, direction, access)
    walk.go(min(levels, MOST_LEVELS))
    return Trace(start, direction, _named(walk), walk.edges, walk.is_complete)


class _Walk:
    """The state of one trace: what was reached at which level, and what is to be asked next."""

    def __init__(self, start: Key, direction: Direction, access: Access) -> None:
        self.direction = direction
        self.access = access
        self.levels: dict[Key, int] = {start: 0}
        self.orders: dict[int, tuple[str, date | None]] = {}
        self.lead_on: set[Key] = set()
        self.edges: list[Edge] = []
        self.is_complete = True

    def go(self, most: int) -> None:
        """From lots to orders and from orders to lots, until nothing new is reached."""
        fresh = list(self.levels)
        for level in range(most + 1):
            if level == most:
                asked = [key.id for key in fresh if key.kind == NodeKind.LOT]
                self.is_complete = not _step(NodeKind.LOT, asked, self.direction, self.access)
            reached = self._ask(fresh, NodeKind.LOT, level) if level < most else []
            orders = [key for key in [*fresh, *reached] if key.kind == NodeKind.ORDER]
            # An order may lead to another one: work in progress that was split off.
            while orders:
                found = self._ask(orders, NodeKind.ORDER, level)
                reached += found
                orders = [key for key in found if key.kind == NodeKind.ORDER]
            fresh = [key for key in reached if key.kind == NodeKind.LOT]
            if not fresh:
                return
            if len(self.levels) > MOST_NODES:
                self.is_complete = False
                return

    def _ask(self, keys: Iterable[Key], kind: NodeKind, level: int) -> list[Key]:
        """The nodes reached first from those of this kind, entered at their level."""
        asked = [key.id for key in keys if key.kind == kind]
        fresh: list[Key] = []
        is_forward, is_order = self.direction == Direction.FORWARD, kind == NodeKind.ORDER
        for own_id, other_kind, other_id, quantity, number, on in _step(kind, asked, self.direction, self.access):
            key = Key(kind, own_id)
            if other_kind is None:
                self.lead_on.add(key)
                continue
            other = Key(_KINDS[other_kind], other_id)
            # Between two orders nobody knows whose number it is.
            if is_order != (other.kind == NodeKind.ORDER):
                self.orders.setdefault(own_id if is_order else other_id, (number, on))
            self.edges.append(Edge(key, other, quantity) if is_forward else Edge(other, key, quantity))
            if other not in self.levels:
                self.levels[other] = level + (other.kind != NodeKind.ORDER)
                fresh.append(other)
        return fresh


def _step(kind: NodeKind, ids: Collection[int], direction: Direction, access: Access) -> list[tuple]:
    """The edges of these nodes: own id, the other's kind and id (None: hidden), quantity, order's number, first day."""
    if not ids:
        return []
    scope, params = access.sql(
        companies=["m.company_id", "m.from_owner_id", "m.to_owner_id"], sites=["m.from_site_id", "m.to_site_id"]
    )
    return _statement(kind, direction, scope).all({**params, "ids": list(ids), "kind": kind.value})


@cache
def _statement(kind: NodeKind, direction: Direction, scope: str) -> Statement:
    """The step as a statement that is planned once: planning it took as long as running it."""
    own, other = ("from", "to") if direction == Direction.FORWARD else ("to", "from")
    is_lot = kind == NodeKind.LOT
    sql = _STEP.format(
        moves=(_MOVES_OF_LOTS if is_lot else _MOVES_OF_ORDERS).format(own=own),
        own_lot="" if is_lot else _WIP_OF_ORDER.format(own=own),
        is_own=_IS_LOT if is_lot else _IS_ORDER,
        scope=scope,
        own=own,
        other=other,
    )
    return Statement(f"trace_{kind}_{direction}_{'all' if scope == 'TRUE' else 'seen'}", sql)


def _named(walk: _Walk) -> list[Node]:
    """The nodes by level, then by item and number."""
    by_kind: dict[NodeKind, list[int]] = {}
    for key in walk.levels:
        by_kind.setdefault(key.kind, []).append(key.id)
    lots = {row[0]: row for row in _rows(_LOTS, by_kind.get(NodeKind.LOT, []))}
    items = {row[0]: row for row in _rows(_ITEMS, by_kind.get(NodeKind.ITEM, []))}
    nodes = []
    for key, level in walk.levels.items():
        leads_on = key in walk.lead_on
        if key.kind == NodeKind.LOT:
            _, number, item_id, sku, name, unit, decimals, state = lots[key.id]
            nodes.append(Node(key, level, number, item_id, sku, name, unit, decimals, state, None, leads_on))
        elif key.kind == NodeKind.ITEM:
            item_id, sku, name, unit, decimals = items[key.id]
            nodes.append(Node(key, level, "", item_id, sku, name, unit, decimals, "", None, leads_on))
        else:
            number, on = walk.orders.get(key.id, ("", None))
            nodes.append(Node(key, level, number, None, "", "", "", 0, "", on, leads_on))
    return sorted(nodes, key=lambda node: (node.level, node.key.kind, node.sku, node.number, node.key.id))


def _rows(sql: str, ids: Collection[int]) -> list[tuple]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids)})
        return cursor.fetchall()
