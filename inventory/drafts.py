"""What a service asks the ledger to write. Plain values: ids, quantities in the stocking unit, moments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from inventory.choices import CostKind, DemandKind, DocumentKind, Firmness, PostingKind, SupplyKind, Tier


class LevelKey(NamedTuple):
    """What levels, registers and allocation are keyed by."""

    item_id: int
    site_id: int
    used_by_id: int


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """Change these fields of a document's line and leave the others: names as in its line draft."""

    line_id: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class LineRemoval:
    """Take a line out of a document, as long as nothing was posted on it."""

    line_id: int


@dataclass(frozen=True)
class PostingDraft:
    """The head of a posting. `company_id` is the document's; `effective_at` may lie in the past, in an open period."""

    kind: PostingKind
    company_id: int
    site_id: int
    effective_at: datetime
    source_kind: str = ""
    source_id: int | None = None
    source_number: str = ""
    reason: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True)
class Withdrawal:
    """Take `quantity` of an item out of physical stock at a site into `to_location_id`.

    Where location, lot and owner are not all named, the ledger chooses among the on-hand balances that may serve
    `used_by_id`: its own first, then consigned, each by earliest expiry, lot age, pick order; over as many as
    needed. With `passes_title` (shipment, issue) consigned parts first become the using company's. Without it
    (transfer, adjustment, count) they leave as they are, and the target keeps lot and owner. With `is_correction`
    (adjustment, count, loss) it takes the stock of the owner it names, whoever may use it. With `is_repair` it uses
    what stands blocked or in quarantine of the lot it names, to mend it.
    """

    item_id: int
    quantity: Decimal
    site_id: int
    used_by_id: int
    to_location_id: int
    location_id: int | None = None
    lot_id: int | None = None
    owner_id: int | None = None
    passes_title: bool = False
    is_correction: bool = False
    is_repair: bool = False
    line_id: int | None = None
    field: str = "quantity"


@dataclass(frozen=True)
class Deposit:
    """Put `quantity` of an item into a physical place, coming from `from_location_id`.

    `amount` is its value in the owner's currency; out of a manufacturing order's pool no more than that has. Without
    one: from TRANSIT or WIP and for a manufacturing order the value comes out of that pool (`pool_part` = (part, whole)
    of it; absent: the part that the quantity is); otherwise the average of the pool it joins, else the standard cost,
    else 0 with a warning. Work in progress comes out of the lot `from_lot_id` and goes on in `lot_id`, or in none;
    elsewhere the lot stays (None). What comes for the demand `reserved_for_demand_id` is reserved for it, as far as
    that has it open and at this key.
    """

    item_id: int
    quantity: Decimal
    site_id: int
    location_id: int
    owner_id: int
    from_location_id: int
    lot_id: int | None = None
    amount: Decimal | None = None
    pool_part: tuple[Decimal, Decimal] | None = None
    from_lot_id: int | None = None
    reserved_for_demand_id: int | None = None
    line_id: int | None = None
    field: str = "quantity"

    @property
    def source_lot_id(self) -> int | None:
        """The lot that it comes from."""
        return self.lot_id if self.from_lot_id is None else self.from_lot_id


@dataclass(frozen=True)
class OrderPool:
    """The cost pool of a manufacturing order: what is issued to it adds to it, what is completed takes from it."""

    item_id: int
    company_id: int
    order_id: int


@dataclass(frozen=True)
class Absorbed:
    """Cost that a manufacturing order's pool takes on without a move: time, a service, transport.

    `amount` is in the currency of the order's company, rounded to its minor unit.
    """

    kind: CostKind
    amount: Decimal


@dataclass(frozen=True)
class Piece:
    """One posting of a series: its head, and what it takes, absorbs and brings."""

    draft: PostingDraft
    withdrawals: Sequence[Withdrawal] = ()
    absorbed: Sequence[Absorbed] = ()
    deposits: Sequence[Deposit] = ()


@dataclass(frozen=True)
class Moved:
    """One move as it was written; `amount` is its value in the currency of the owner who gave (or got) it."""

    move_id: int
    item_id: int
    quantity: Decimal
    from_location_id: int
    to_location_id: int
    lot_id: int | None
    owner_id: int
    amount: Decimal
    line_id: int | None


@dataclass(frozen=True)
class Posted:
    """A posting as it was written, the level keys it touched, and what its user should know."""

    posting_id: int
    number: str
    moves: Sequence[Moved]
    keys: frozenset[LevelKey]
    warnings: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class DemandDraft:
    """One row of the demand register; unique by kind, line and part, so putting it again rewrites it."""

    kind: DemandKind
    line_id: int
    company_id: int
    item_id: int
    site_id: int
    used_by_id: int
    document_kind: DocumentKind
    document_id: int
    document_number: str
    open_quantity: Decimal
    due_on: date
    firmness: Firmness
    party_name: str = ""
    tier: Tier = Tier.RANKED
    priority_id: int | None = None
    part: int = 0
    chain_id: int | None = None


@dataclass(frozen=True)
class SupplyDraft:
    """One row of the supply register; unique by kind, line and part, so putting it again rewrites it."""

    kind: SupplyKind
    line_id: int
    company_id: int
    item_id: int
    site_id: int
    used_by_id: int
    document_kind: DocumentKind
    document_id: int
    document_number: str
    open_quantity: Decimal
    due_on: date
    firmness: Firmness
    party_name: str = ""
    in_transit_quantity: Decimal = Decimal(0)
    origin_id: int | None = None
    part: int = 0
    chain_id: int | None = None
    pegged_demand_id: int | None = None
