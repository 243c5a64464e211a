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
       l.quantity, l.posted_quantity, l.closed_quantity, l.need_by_on
FROM sales_salesorderline l
JOIN sites_site s ON s.id = l.site_id
JOIN inventory_item i ON i.id = l.item_id
JOIN inventory_unitofmeasure u ON u.id = i.unit_id
WHERE l.order_id = %(order)s::bigint
ORDER BY l.line_no
""",
)

_WRITE = Statement(
    "sales_shipment_write",
    """
WITH shipment AS (
    INSERT INTO sales_shipment (company_id, site_id, order_id, posting_id, number, shipped_at, carrier, tracking_number)
    VALUES (%(company)s::bigint, %(site)s::bigint, %(order)s::bigint, %(posting)s::bigint, %(number)s::text,
            %(shipped_at)s::timestamptz, %(carrier)s::text, %(tracking_number)s::text)
    RETURNING id
), part AS (
    INSERT INTO sales_shipmentline (shipment_id, order_line_id, quantity)
    SELECT shipment.id, p.line_id, p.quantity
    FROM shipment, unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) WITH ORDINALITY AS p(line_id, quantity, place)
    ORDER BY p.place
)
SELECT id FROM shipment
""",
)

_MOVE_ON = Statement(
    "sales_order_move_on",
    """
WITH line AS (
    UPDATE sales_salesorderline l SET posted_quantity = l.posted_quantity + d.difference
    FROM unnest(%(lines)s::bigint[], %(differences)s::numeric[]) AS d(id, difference) WHERE l.id = d.id
)
UPDATE sales_salesorder SET state = %(state)s::text, shipped_at = %(shipped_at)s::timestamptz, version = version + 1
WHERE id = %(order)s::bigint
RETURNING version
""",
)


@dataclass
class OpenLine:
    """A line as shipping needs it, with its item's SKU and unit and its site's code."""

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


def lines_of(order: SalesOrder) -> dict[int, OpenLine]:
    """The order's lines by id, in order; the caller holds its lock."""
    return {row[0]: OpenLine(*row) for row in _LINES.all({"order": order.pk})}


def write_shipment(shipment: Shipment, parts: Sequence[Planned]) -> None:
    """Insert a shipment with its lines, and give it its id."""
    rows = _WRITE.all(
        {
            "company": shipment.company_id,
            "site": shipment.site_id,
            "order": shipment.order_id,
            "posting": shipment.posting_id,
            "number": shipment.number,
            "shipped_at": shipment.shipped_at,
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "lines": [part.line_id for part in parts],
            "quantities": [part.quantity for part in parts],
        }
    )
    shipment.pk = rows[0][0]
    shipment._state.adding, shipment._state.db = False, "default"


def move_on(order: SalesOrder, differences: Mapping[int, Decimal], *, state: str, shipped_at: datetime | None) -> None:
    """Add to the posted quantities of lines by id, and write the order's state; the caller holds its lock."""
    params: dict[str, Any] = {
        "order": order.pk,
        "state": state,
        "shipped_at": shipped_at,
        "lines": list(differences),
        "differences": list(differences.values()),
    }
    ((order.version,),) = _MOVE_ON.all(params)
    order.state, order.shipped_at = state, shipped_at
