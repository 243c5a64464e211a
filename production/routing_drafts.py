"""What callers ask of routings. Plain values: ids, minutes, quantities in the stocking unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory.drafts import LineChange, LineRemoval
from production.choices import OrderKind


@dataclass(frozen=True, kw_only=True)
class AlternativeDraft:
    """Another work center for an operation; lower `preference` first; times and price of None are the operation's."""

    work_center_id: int
    preference: int = 1
    setup_time_minutes: object = None
    run_time_minutes_per_unit: object = None
    service_unit_price: object = None


@dataclass(frozen=True, kw_only=True)
class InstructionDraft:
    """A step of what to do, with a picture or file; numbered as they come."""

    text: str = ""
    attachment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class OperationDraft:
    """A step of a routing to be; without a `number` ten more than the last.

    In a change `skill_ids`, `tool_ids`, `alternatives` and `instructions` are all that it shall have.
    """

    name: str
    work_center_id: int
    number: int | None = None
    setup_time_minutes: object = Decimal(0)
    run_time_minutes_per_unit: object = Decimal(0)
    queue_time_minutes: object = Decimal(0)
    overlap_quantity: object = Decimal(0)
    yield_factor: object = Decimal(1)
    service_unit_price: object = None
    skill_ids: Sequence[int] = ()
    tool_ids: Sequence[int] = ()
    alternatives: Sequence[AlternativeDraft] = ()
    instructions: Sequence[InstructionDraft] = ()


OperationChange = LineChange
OperationRemoval = LineRemoval
OperationEdit = OperationDraft | OperationChange | OperationRemoval


@dataclass(frozen=True, kw_only=True)
class RoutingDraft:
    """A routing to be: of a site (for its default owner unless `company_id` says whose), of a company, or shared."""

    item_id: int
    operations: Sequence[OperationDraft]
    site_id: int | None = None
    company_id: int | None = None
    kind: str = OrderKind.MAKE
    code: str = ""
    revision: str = ""
    valid_from_on: date | None = None
    valid_until_on: date | None = None
