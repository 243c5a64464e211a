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
from typing import NamedTuple

from django.db import connection

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


class _Row(NamedTuple):
    """An edge as it is read: `key` is the node asked for, `other` where the way goes on; other of None is hidden."""

    key: Key
    other: Key | None
    quantity: Decimal
    order_number: str
    on: date | None


_ORDER = f"'{DocumentKind.MANUFACTURING_ORDER}'"
_CHANGES_LOT = "(m.from_lot_id IS NULL OR m.from_lot_id < m.to_lot_id OR m.from_lot_id > m.to_lot_id)"

# The moves to look at, by what is asked for. Without the two indexes on lots each step would read the whole ledger.
_MOVES_OF_LOTS = f"""
    SELECT m.* FROM asked JOIN inventory_stockmove m ON m.from_lot_id = asked.id
    UNION ALL
    SELECT m.* FROM asked JOIN inventory_stockmove m
        ON m.to_lot_id = asked.id AND m.to_lot_id IS NOT NULL AND {_CHANGES_LOT}
"""
_MOVES_OF_ORDERS = f"""
    SELECT m.* FROM asked JOIN inventory_posting p ON p.source_kind = {_ORDER} AND p.source_id = asked.id
    JOIN inventory_stockmove m ON m.posting_id = p.id
"""

# The node on a side of a move: (kind, id), null where the way ends.
_NODE = """
CASE WHEN {side}_place.kind = 'production' THEN CASE WHEN p.source_kind = {order} THEN 'order' END
     WHEN {side}_place.kind IN ('supplier', 'customer', 'scrap', 'count') THEN NULL
     WHEN {side}_lot.kind = 'wip' AND {side}_lot.source_kind = {order} THEN 'order'
     WHEN m.{side}_lot_id IS NOT NULL THEN 'lot' ELSE 'item' END AS {side}_kind,
CASE WHEN {side}_place.kind = 'production' THEN p.source_id
     WHEN {side}_lot.kind = 'wip' AND {side}_lot.source_kind = {order} THEN {side}_lot.source_id
     ELSE coalesce(m.{side}_lot_id, m.item_id) END AS {side}_id
"""

_STEP = """
WITH asked AS MATERIALIZED (SELECT unnest(%(ids)s::bigint[]) AS id), m AS MATERIALIZED ({moves}),
side AS (
    SELECT m.quantity, m.effective_on, {from_node}, {to_node}, {scope} AS is_seen,
           CASE WHEN p.source_kind = {order} THEN p.source_number ELSE '' END AS order_number
    FROM m JOIN inventory_posting p ON p.id = m.posting_id
    JOIN inventory_location from_place ON from_place.id = m.from_location_id
    JOIN inventory_location to_place ON to_place.id = m.to_location_id
    LEFT JOIN inventory_lot from_lot ON from_lot.id = m.from_lot_id
    LEFT JOIN inventory_lot to_lot ON to_lot.id = m.to_lot_id
    WHERE p.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM inventory_posting r WHERE r.reverses_id = p.id AND r.reverses_id IS NOT NULL)
)
SELECT {own}_id, CASE WHEN is_seen THEN {other}_kind END, CASE WHEN is_seen THEN {other}_id END,
       sum(quantity), max(order_number), min(effective_on)
FROM side
WHERE {own}_kind = %(kind)s AND {own}_id = ANY(%(ids)s::bigint[]) AND {other}_kind IS NOT NULL
  AND ({other}_kind, {other}_id) <> ({own}_kind, {own}_id)
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
                self.is_complete = not (asked and _step(NodeKind.LOT, asked, self.direction, self.access))
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
        for row in _step(kind, asked, self.direction, self.access) if asked else ():
            self._note_order(row)
            if row.other is None:
                self.lead_on.add(row.key)
                continue
            self.edges.append(self._edge(row.key, row.other, row.quantity))
            if row.other not in self.levels:
                self.levels[row.other] = level + (row.other.kind != NodeKind.ORDER)
                fresh.append(row.other)
        return fresh

    def _edge(self, key: Key, other: Key, quantity: Decimal) -> Edge:
        is_forward = self.direction == Direction.FORWARD
        return Edge(key, other, quantity) if is_forward else Edge(other, key, quantity)

    def _note_order(self, row: _Row) -> None:
        orders = [key.id for key in (row.key, row.other) if key is not None and key.kind == NodeKind.ORDER]
        # Between two orders nobody knows whose number it is.
        if row.other is not None and len(orders) == 1:
            self.orders.setdefault(orders[0], (row.order_number, row.on))


def _step(kind: NodeKind, ids: Collection[int], direction: Direction, access: Access) -> list[_Row]:
    own, other = ("from", "to") if direction == Direction.FORWARD else ("to", "from")
    scope, params = access.sql(
        companies=["m.company_id", "m.from_owner_id", "m.to_owner_id"], sites=["m.from_site_id", "m.to_site_id"]
    )
    sql = _STEP.format(
        moves=_MOVES_OF_LOTS if kind == NodeKind.LOT else _MOVES_OF_ORDERS,
        from_node=_NODE.format(side="from", order=_ORDER),
        to_node=_NODE.format(side="to", order=_ORDER),
        scope=scope,
        order=_ORDER,
        own=own,
        other=other,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "ids": list(ids), "kind": kind.value})
        return [
            _Row(Key(kind, own_id), Key(NodeKind(to_kind), to_id) if to_kind else None, quantity, number, on)
            for own_id, to_kind, to_id, quantity, number, on in cursor.fetchall()
        ]


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
