"""Reading and writing a shipment in prepared statements, whatever the number of lines.

Shipping is the hot path of sales: through querysets, compiling them cost more than all the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.prepared import Statement
from sales.drafts import Planned
from sales.models import SalesOrder, Shipment

_LINES = Statement(
    "sales_order_lines",
    """
SELECT l.id, l.line_no, l.company_id, l.site_id, s.code, l.item_id, i.sku, u.code, u.decimals,
       l.quantity, l.posted_quantity, l.closed_quantity, l.need_by_on,
       (SELECT place.id FROM inventory_location place WHERE place.site_id = l.site_id AND place.kind = 'customer'
        ORDER BY place.id LIMIT 1)
FROM sales_salesorderline l
JOIN sites_site s ON s.id = l.site_id
JOIN inventory_item i ON i.id = l.item_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
WHERE l.order_id = %(order)s::bigint
ORDER BY l.line_no
""",
)

_MOVE_ON = """
line AS (
    UPDATE sales_salesorderline l SET posted_quantity = l.posted_quantity + d.difference
    FROM unnest(%(changed)s::bigint[], %(differences)s::numeric[]) AS d(id, difference) WHERE l.id = d.id
), head AS (
    UPDATE sales_salesorder SET state = %(state)s::text, shipped_at = %(shipped_at)s::timestamptz, version = version + 1
    WHERE id = %(order)s::bigint
    RETURNING version
)"""

_SHIP = Statement(
    "sales_ship",
    f"""
WITH {_MOVE_ON}, shipment AS (
    INSERT INTO sales_shipment (company_id, site_id, order_id, posting_id, number, shipped_at, carrier, tracking_number)
    VALUES (%(company)s::bigint, %(site)s::bigint, %(order)s::bigint, %(posting)s::bigint, %(number)s::text,
            %(left_at)s::timestamptz, %(carrier)s::text, %(tracking_number)s::text)
    RETURNING id
), part AS (
    INSERT INTO sales_shipmentline (shipment_id, order_line_id, quantity)
    SELECT shipment.id, p.line_id, p.quantity
    FROM shipment, unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) WITH ORDINALITY AS p(line_id, quantity, place)
    ORDER BY p.place
)
SELECT head.version, shipment.id FROM head, shipment
""",
)

_TAKE_BACK = Statement(
    "sales_take_back",
    f"""
WITH {_MOVE_ON}, shipment AS (
    UPDATE sales_shipment SET reversed_at = %(reversed_at)s::timestamptz WHERE id = %(shipment)s::bigint
)
SELECT version FROM head
""",
)


@dataclass
class OpenLine:
    """A line as shipping needs it, with its item's SKU and unit, its site's code and virtual
    customer location (None before the site's first shipment)."""

    pk: int
    line_no: int
    company_id: int
    site_id: int
    site_code: str
    item_id: int
    sku: str
    unit: str
    decimals: int
    quantity: Decimal
    posted_quantity: Decimal
    closed_quantity: Decimal
    need_by_on: date | None
    customer_location_id: int | None


def lines_of(order: SalesOrder) -> dict[int, OpenLine]:
    """The order's lines by id, in order; the caller holds its lock."""
    return {row[0]: OpenLine(*row) for row in _LINES.all({"order": order.pk})}


@dataclass(frozen=True)
class Change:
    """What a shipment or its reversal changes: posted quantities by line id, and the order's state."""

    differences: Mapping[int, Decimal]
    state: str
    shipped_at: datetime | None


def ship(order: SalesOrder, change: Change, shipment: Shipment, parts: Sequence[Planned]) -> None:
    """Write a change and the shipment that made it, whose id it gives; the caller holds the order's lock."""
    rows = _SHIP.all(
        {
            **_params(order, change),
            "company": shipment.company_id,
            "site": shipment.site_id,
            "posting": shipment.posting_id,
            "number": shipment.number,
            "left_at": shipment.shipped_at,
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "lines": [part.line_id for part in parts],
            "quantities": [part.quantity for part in parts],
        }
    )
    ((order.version, shipment.pk),) = rows
    order.state, order.shipped_at = change.state, change.shipped_at
    shipment._state.adding, shipment._state.db = False, "default"


def take_back(order: SalesOrder, change: Change, shipment: Shipment, *, at: datetime) -> None:
    """Write a change and that the shipment was reversed; the caller holds the order's lock."""
    rows = _TAKE_BACK.all({**_params(order, change), "shipment": shipment.pk, "reversed_at": at})
    ((order.version,),) = rows
    order.state, order.shipped_at = change.state, change.shipped_at
    shipment.reversed_at = at


def _params(order: SalesOrder, change: Change) -> dict[str, Any]:
    return {
        "order": order.pk,
        "state": change.state,
        "shipped_at": change.shipped_at,
        "changed": list(change.differences),
        "differences": list(change.differences.values()),
    }
