"""What callers ask of transfers, and what they get. Plain values: ids, quantities, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inventory.drafts import LineChange, LineRemoval, Posted
from inventory.models import Transfer


@dataclass(frozen=True, kw_only=True)
class TransferLineDraft:
    """A line to be; `quantity` is in `unit_id` (absent: the stocking unit)."""

    item_id: int
    quantity: object
    unit_id: int | None = None


TransferLineChange = LineChange
TransferLineRemoval = LineRemoval
TransferLineEdit = TransferLineDraft | TransferLineChange | TransferLineRemoval


@dataclass(frozen=True, kw_only=True)
class TransferDraft:
    """A transfer to be. `company_id` defaults to the origin's default owner, `owner_id` to the company.

    `ship_by_on` defaults to today at the origin, `expected_on` follows from the lane. One that is made for something
    names it with `source_kind` and `source_id` and takes its `priority_id`.
    """

    origin_id: int
    destination_id: int
    lines: Sequence[TransferLineDraft]
    company_id: int | None = None
    owner_id: int | None = None
    ship_by_on: date | None = None
    expected_on: date | None = None
    carrier: str = ""
    note: str = ""
    external_reference: str = ""
    source_kind: str = ""
    source_id: int | None = None
    priority_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """So much (stocking unit; absent: all there is) of a line, of a lot or owner if named.

    `location_id` is where it is taken from (dispatch) or put (receive).
    """

    line_id: int
    quantity: object | None = None
    lot_id: int | None = None
    owner_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A dispatch, receipt or discrepancy to be; without `parts` all that can be."""

    parts: Sequence[Part] | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True)
class MovedOn:
    """The transfer after a step, and what was posted."""

    transfer: Transfer
    posted: Posted
