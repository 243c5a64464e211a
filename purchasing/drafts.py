"""What callers ask of purchasing, and what they get. Plain values: ids, quantities, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inventory.drafts import LineChange, LineRemoval
from purchasing.models import PurchaseOrder, Receipt


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """A line to be. `quantity` is in `unit_id`, or in the supplier's own unit when `unit_label` names it; with
    neither, in the stocking unit. `unit_price` is per that unit and defaults to the supplier's price.

    Site and date default to the order's, the date then to today and the lead time.
    """

    item_id: int
    quantity: object
    unit_id: int | None = None
    unit_label: str = ""
    unit_price: object | None = None
    site_id: int | None = None
    need_by_on: date | None = None
    promised_on: date | None = None
    expected_on: date | None = None
    description: str = ""
    source_kind: str = ""
    source_id: int | None = None


LineEdit = LineDraft | LineChange | LineRemoval


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """An order to be. `company_id` and `owner_id` default to the site's default owner, `currency` to the supplier's.

    `number` is for orders that have one already; absent, the next of the company is taken.
    """

    supplier_id: int
    site_id: int
    lines: Sequence[LineDraft]
    company_id: int | None = None
    owner_id: int | None = None
    number: str = ""
    currency: str = ""
    ordered_on: date | None = None
    expected_on: date | None = None
    note: str = ""
    external_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiveLine:
    """Receive `quantity` (stocking unit) of a line; absent: what is open, less what is rejected of it.

    `rejected_quantity` came too and went back; it stays open. A lot is named by its id, or by its number, which is
    then the supplier's: new if he has none of that number. `location_id` overrules where receipts of the item go.
    """

    line_id: int
    quantity: object | None = None
    rejected_quantity: object = 0
    lot_id: int | None = None
    lot_number: str = ""
    began_on: date | None = None
    expires_on: date | None = None
    location_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiveDraft:
    """A receipt to be. Without `lines`, all that is open at the site; `effective_at` absent: now."""

    lines: Sequence[ReceiveLine] | None = None
    site_id: int | None = None
    effective_at: datetime | None = None
    supplier_reference: str = ""


@dataclass(frozen=True)
class Planned:
    """A checked part of a receipt; `field` is the path of its line."""

    line_id: int
    item_id: int
    quantity: Decimal
    rejected_quantity: Decimal
    lot_id: int | None
    lot_number: str
    began_on: date | None
    expires_on: date | None
    location_id: int | None
    field: str


@dataclass(frozen=True)
class Received:
    """The order after a receipt or its reversal, the receipt, and what its user should know."""

    order: PurchaseOrder
    receipt: Receipt
    warnings: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class HistoricalLine:
    """A line of the past. Quantities and `unit_price` are in the supplier's unit, of which one is `unit_factor`
    stocking units; `received_quantity` is what was accepted."""

    item_id: int
    ordered_quantity: Decimal
    received_quantity: Decimal
    unit_price: Decimal
    rejected_quantity: Decimal = Decimal(0)
    unit_label: str = ""
    unit_factor: Decimal = Decimal(1)
    expected_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class HistoricalOrder:
    """An order of the past, and its one receipt at `received_at`; `is_closed` releases what never came."""

    company_id: int
    supplier_id: int
    site_id: int
    currency: str
    ordered_on: date
    received_at: datetime
    lines: Sequence[HistoricalLine]
    is_closed: bool
    number: str = ""
    expected_on: date | None = None
    external_reference: str = ""


@dataclass(frozen=True)
class Recorded:
    """How much of history was written."""

    orders: int
    lines: int
    receipts: int
