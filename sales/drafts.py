"""What callers ask of sales, and what they get. Plain values: ids, quantities, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inventory.drafts import LineChange, LineRemoval
from sales.models import SalesOrder, Shipment


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """A line to be. `quantity` is in `unit_id` (absent: the stocking unit), `unit_price` per that unit.

    Site and dates default to the order's; the price to the item's list price. `discount` is a fraction (0.1: 10 %).
    """

    item_id: int
    quantity: object
    unit_id: int | None = None
    unit_price: object | None = None
    discount: object = 0
    site_id: int | None = None
    need_by_on: date | None = None
    promised_on: date | None = None
    description: str = ""
    source_kind: str = ""
    source_id: int | None = None


LineEdit = LineDraft | LineChange | LineRemoval


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """An order to be. `company_id` and `owner_id` default to the site's default owner, `currency` to the customer's.

    `number` is for orders that have one already; absent, the next of the company is taken.
    """

    customer_id: int
    site_id: int
    lines: Sequence[LineDraft]
    company_id: int | None = None
    owner_id: int | None = None
    number: str = ""
    currency: str = ""
    ordered_on: date | None = None
    need_by_on: date | None = None
    promised_on: date | None = None
    note: str = ""
    external_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class ShipLine:
    """Ship `quantity` (stocking unit; absent: all that is open) of a line, out of a lot or place if named."""

    line_id: int
    quantity: object | None = None
    lot_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShipDraft:
    """A shipment to be. Without `lines`, all that is open at the site; `effective_at` absent: now."""

    lines: Sequence[ShipLine] | None = None
    site_id: int | None = None
    effective_at: datetime | None = None
    carrier: str = ""
    tracking_number: str = ""


@dataclass(frozen=True)
class Planned:
    """A checked part of a shipment: how much of which line, from where."""

    line_id: int
    item_id: int
    quantity: Decimal
    lot_id: int | None
    location_id: int | None
    field: str


@dataclass(frozen=True)
class Shipped:
    """The order after a shipment or its reversal, the shipment, and what its user should know."""

    order: SalesOrder
    shipment: Shipment
    warnings: Sequence[str] = ()
