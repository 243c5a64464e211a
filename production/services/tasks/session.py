"""Steps at one task, done in memory one after another and written together.

A tablet that comes back brings an hour's steps of a task at once. Each alone locks, reads and writes the same order
again; together they do so once, and each keeps its own event and its own posting.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.drafts import Piece, PostingDraft
from inventory.models import StockBalance
from inventory.selectors.places import virtual_location, wip_locations
from production import rules
from production.choices import BillLineKind, TaskEventKind, TaskState
from production.models import ManufacturingOrderComponent, Task, TaskEvent
from production.services.manufacturing_orders.completing import Target, target_of
from production.services.manufacturing_orders.issuing import Issue
from production.services.steps.releasing import stage_lots
from production.services.tasks import recording
from production.services.tasks.opening import Opened
from production.task_rules import TaskStep

ZERO = Decimal(0)


class Act(NamedTuple):
    """A step that can be done in a session: which one, and how it changes what is in memory."""

    step: TaskStep
    do: "Callable[[Session], None]"


class Told(NamedTuple):
    """What a step leaves to be written: its event, the task after it, and the place of its posting in the series."""

    event: TaskEvent
    task: Task
    piece: int | None
    is_completion: bool


@dataclass
class Session:
    """Steps at one task that are done and not written yet. Everything they need is locked and read once."""

    opened: Opened
    pieces: list[Piece] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    has_begun: bool = False
    changes_readiness: bool = False
    ended: list[Task] = field(default_factory=list)
    _parts: list[ManufacturingOrderComponent] | None = None
    _there: Decimal | None = None
    _lots: dict[int, int] = field(default_factory=dict)
    _places: dict[LocationKind, int] = field(default_factory=dict)
    _target: Target | None = None

    @property
    def parts(self) -> list[ManufacturingOrderComponent]:
        """The order's components as the steps so far leave them."""
        if self._parts is None:
            inputs = self.opened.order.components.filter(kind=BillLineKind.COMPONENT)
            self._parts = list(inputs.select_related("item__unit").order_by("line_no", "pk"))
        return self._parts

    @property
    def has_parts(self) -> bool:
        """Whether a step asked for the components, so that the registers must follow."""
        return self._parts is not None

    def there(self, before: Task) -> Decimal:
        """How many pieces of the step before are at the task's site, less what the steps so far took."""
        if self._there is None:
            balances = StockBalance.objects.filter(
                item_id=self.opened.order.item_id,
                site_id=self.opened.task.site_id,
                location__kind=LocationKind.WIP,
                lot__source_id=self.opened.order.pk,
                lot__stage=str(before.number),
            )
            self._there = sum(balances.values_list("quantity", flat=True), ZERO)
        return self._there

    def take(self, quantity: Decimal) -> None:
        """So many pieces of the step before are gone."""
        if self._there is not None:
            self._there -= quantity

    def place(self, kind: LocationKind) -> int:
        """The task's site's own location of that kind."""
        if kind not in self._places:
            site_id = self.opened.task.site_id
            is_wip = kind == LocationKind.WIP
            self._places[kind] = wip_locations([site_id])[site_id] if is_wip else virtual_location(site_id, kind)
        return self._places[kind]

    def lots(self, tasks: Sequence[Task]) -> dict[int, int]:
        """The lots of work in progress behind these tasks, by task id."""
        if missing := [task for task in tasks if task.pk not in self._lots]:
            self._lots |= stage_lots([(self.opened.order, task) for task in missing])
        return self._lots

    def target(self, location_id: int | None) -> Target:
        """Where good ones go: the place named, else where the item is received."""
        if location_id is not None:
            return target_of(self.opened.order, location_id)
        if self._target is None:
            self._target = target_of(self.opened.order)
        return self._target

    def begin_order(self) -> None:
        """Something was done for the order; with the first of it, it is in progress."""
        order = self.opened.order
        if order.state == rules.State.RELEASED:
            order.state = rules.State.IN_PROGRESS
            order.started_at = order.started_at or self.opened.at
            self.has_begun = True

    def end_tasks(self) -> None:
        """The order is done, so all of its operations are."""
        for task in self.opened.tasks:
            if task.state in {TaskState.WAITING, TaskState.READY, TaskState.RUNNING, TaskState.PAUSED}:
                task.state, task.done_at, task.resumed_at = TaskState.DONE, self.opened.at, None
                self.ended.append(task)

    def post(self, kind: PostingKind, *, reason: str = "", **lines: Any) -> int:
        """Add a posting of the step being done to the series; returns its place. `lines` are a `Piece`'s."""
        order = self.opened.order
        draft = PostingDraft(
            kind=kind,
            company_id=order.company_id,
            site_id=self.opened.task.site_id,
            effective_at=self.opened.at,
            source_kind=DocumentKind.MANUFACTURING_ORDER,
            source_id=order.pk,
            source_number=order.number,
            reason=reason,
        )
        self.pieces.append(Piece(draft, **lines))
        return len(self.pieces) - 1

    def tell(
        self, kind: TaskEventKind, *, piece: int | None = None, is_completion: bool = False, **counted: Any
    ) -> None:
        """Add the event of the step being done."""
        event = recording.event_of(self.opened, kind, **counted)
        self.told.append(Told(event, copy(self.opened.task), piece, is_completion))
