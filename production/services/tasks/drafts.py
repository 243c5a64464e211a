"""What callers ask of a task, and what they get. Plain values: ids, quantities in the stocking unit, minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inventory.drafts import Posted
from production.drafts import ComponentUse, OutputDraft
from production.models import Task, TaskEvent


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Who did it, and when: `happened_at` (absent: now) by our clock, `device_at` by the device's own.

    A planner in the office is the actor alone and no operator.
    """

    operator_id: int | None = None
    device_id: int | None = None
    happened_at: datetime | None = None
    device_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReportDraft:
    """A report: so many good ones more, so many lost (`reason` says why), so many repaired on the way.

    `components`: None takes the planned share of what is used here, less what was issued before; an empty list
    nothing; anything else as given; `outputs` the same for what comes out beside. `minutes` is the time spent since
    the last report; None: by the clock, since it was started or resumed. At the last operation a lot-tracked item needs
    `lot_number` (absent: the order's), one tracked by serial number as many `serial_numbers` as good ones.
    `location_id` is where good ones go then.
    """

    good_quantity: object = Decimal(0)
    scrapped_quantity: object = Decimal(0)
    rework_quantity: object = Decimal(0)
    reason: str = ""
    components: Sequence[ComponentUse] | None = None
    outputs: Sequence[OutputDraft] | None = None
    minutes: object = None
    lot_number: str = ""
    serial_numbers: Sequence[str] = ()
    expires_on: date | None = None
    location_id: int | None = None


@dataclass(frozen=True)
class Done:
    """The task after a step, the event that tells of it, and what was posted (None: no stock and no cost moved)."""

    task: Task
    event: TaskEvent
    posted: Posted | None = None
