"""What callers ask of production, and what they get. Plain values: ids, quantities in the stocking unit, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inventory.drafts import LineChange, LineRemoval, Posted
from production.choices import BillKind, BillLineKind, OrderKind
from production.models import Completion, ManufacturingOrder


@dataclass(frozen=True, kw_only=True)
class SubstituteDraft:
    """Another item for a component: `factor` of it stand for one of the component's; lower `preference` comes first."""

    item_id: int
    factor: object = Decimal(1)
    preference: int = 1


@dataclass(frozen=True, kw_only=True)
class BillLineDraft:
    """A component of a recipe to be: `quantity_per` bill quantity plus `fixed_quantity` per order.

    Used at an operation and brought from a site, if it says so; of a by-product or co-product so much comes out. In a
    change, `substitutes` are all that the line shall have.
    """

    component_id: int
    kind: str = BillLineKind.COMPONENT
    operation_number: int | None = None
    supply_site_id: int | None = None
    cost_share: object = Decimal(0)
    substitutes: Sequence[SubstituteDraft] = ()
    quantity_per: object = Decimal(0)
    fixed_quantity: object = Decimal(0)
    scrap_factor: object = Decimal(0)
    valid_from_on: date | None = None
    valid_until_on: date | None = None
    note: str = ""
    line_no: int | None = None


BillLineChange = LineChange
BillLineRemoval = LineRemoval
BillLineEdit = BillLineDraft | BillLineChange | BillLineRemoval


@dataclass(frozen=True, kw_only=True)
class BillDraft:
    """A recipe to be: of a site (for its default owner unless `company_id` says whose), of a company, or shared."""

    item_id: int
    lines: Sequence[BillLineDraft]
    site_id: int | None = None
    company_id: int | None = None
    kind: str = BillKind.MAKE
    code: str = ""
    revision: str = ""
    quantity: object = Decimal(1)
    yield_factor: object = Decimal(1)
    lead_time_days: int | None = None
    valid_from_on: date | None = None
    valid_until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """An order to be, for `quantity` good ones by `due_at` (or the end of receiving on `due_on`).

    `company_id` defaults to the site's default owner, `bill_id` to the closest recipe. With `demand_id` it is made
    for that demand and shares its place in the ranks; else it is made to stock and goes to the end. A rework repairs
    pieces of the item, those of the held lot `source_lot_id` if it names one; of a disassembly `quantity` is how many
    are taken apart. Neither is for a demand.
    """

    item_id: int
    site_id: int
    quantity: object
    due_at: datetime | None = None
    due_on: date | None = None
    company_id: int | None = None
    bill_id: int | None = None
    demand_id: int | None = None
    kind: str = OrderKind.MAKE
    source_lot_id: int | None = None
    number: str = ""
    lot_number: str = ""
    note: str = ""
    external_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class ComponentUse:
    """So much of a component was used, out of a lot or place if named. An item that was not planned may be named."""

    item_id: int
    quantity: object
    lot_id: int | None = None
    location_id: int | None = None
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class OutputDraft:
    """So much of a by-product or co-product came out, in a lot if it is tracked by one, or by serial numbers."""

    item_id: int
    quantity: object
    lot_number: str = ""
    serial_numbers: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CompletionDraft:
    """A report: `quantity` good ones and `scrapped_quantity` lost.

    `components`: None takes the planned share, an empty list nothing, anything else as given; `outputs` the same for
    what comes out beside. A lot-tracked item needs `lot_number` (absent: the order's), one tracked by serial number as
    many `serial_numbers` as good ones.
    """

    quantity: object
    scrapped_quantity: object = Decimal(0)
    components: Sequence[ComponentUse] | None = None
    outputs: Sequence[OutputDraft] | None = None
    lot_number: str = ""
    serial_numbers: Sequence[str] = ()
    expires_on: date | None = None
    location_id: int | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True)
class Completed:
    """The order after a report or its reversal, the report (None: cost taken back alone), and what was posted."""

    order: ManufacturingOrder
    completion: Completion | None
    posted: Posted
