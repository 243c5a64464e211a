"""Taking a task in hand: what it stands in is locked, read and checked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.dates import happened_at
from core.errors import InvalidInput, NotFound, WrongState
from inventory.choices import DocumentKind
from inventory.locks import documents
from inventory.models import TransferLine
from inventory.services.orders.blocking import refuse_blocked
from production import locks, rules, task_rules
from production.choices import ManufacturingOrderState, TaskState
from production.errors import TaskBlocked
from production.models import ManufacturingOrder, Operator, Task
from production.services.tasks.drafts import Doing
from production.task_rules import TaskStep
from purchasing.models import PurchaseOrder
from purchasing.services import services
from sites.access import WRITERS, require

_POSTING = {TaskStep.REPORT, TaskStep.ISSUE, TaskStep.UNDO}


@dataclass
class Opened:
    """A task in hand: its order is locked, and with a step that posts the leg behind it and the service's order too.

    `tasks` are all of the order's, first to last. `leg_id` is the way of what it gives to the next site. `by` and `at`
    are those of the step being done.
    """

    order: ManufacturingOrder
    tasks: list[Task]
    task: Task
    by: Doing
    at: datetime
    now: datetime
    actor: Any
    leg_id: int | None = None
    service: PurchaseOrder | None = None
    operators: dict[int, Operator | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.order.number}/{self.task.number}"

    @property
    def place(self) -> int:
        return self.tasks.index(self.task)

    @property
    def before(self) -> Task | None:
        """The step before, or None for the first."""
        return self.tasks[self.place - 1] if self.place else None

    @property
    def is_last(self) -> bool:
        return self.task is self.tasks[-1]

    def begin(self, step: TaskStep, by: Doing) -> None:
        """Turn to a step: who does it and when, and whether task and order allow it.

        :raises WrongState, TaskBlocked, DocumentBlocked: when they don't.
        :raises InvalidInput: for an operator of another site.
        """
        self.by, self.at = by, happened_at(by.happened_at, now=self.now)
        _check(self, step)


def open_task(task_id: int, step: TaskStep, *, by: Doing, now: datetime, actor: Any, roles: Any = WRITERS) -> Opened:
    """Lock what a step needs and turn to it; see `take_in_hand` and `Opened.begin`."""
    opened = take_in_hand(task_id, [step], now=now, actor=actor, roles=roles)
    opened.begin(step, by)
    return opened


def take_in_hand(task_id: int, steps: Iterable[TaskStep], *, now: datetime, actor: Any, roles: Any = WRITERS) -> Opened:
    """Lock what these steps need, in the order of locks: leg, order of a service, manufacturing order.

    :raises NotFound, Forbidden: for whoever does not work at the site or for the order's company.
    """
    known = Task.objects.filter(pk=task_id).values("order_id", "number", "purchase_line_id").first()
    if known is None:
        raise NotFound(f"There is no task {task_id}.")
    leg_id, service = None, None
    if not _POSTING.isdisjoint(steps):
        leg_id = leg_behind(known["order_id"], known["number"])
        if leg_id is not None:
            documents.transfer(leg_id)
        if known["purchase_line_id"] is not None:
            service = services.lock_of(known["purchase_line_id"])
    order = locks.order(known["order_id"])
    tasks = tasks_of(order)
    task = next(one for one in tasks if one.pk == task_id)
    require(actor, company_id=order.company_id, site_id=task.site_id, roles=roles, by_operator=True)
    return Opened(order, tasks, task, Doing(), now, now, actor, leg_id, service)


def tasks_of(order: ManufacturingOrder) -> list[Task]:
    """The tasks of an order, first to last, with their work centers and sites; the caller holds the order's lock."""
    return list(order.tasks.select_related("work_center__site", "operator", "supplier").order_by("number", "pk"))


def leg_behind(order_id: int, number: int) -> int | None:
    """The leg on which what an operation gives goes to the next one's site, or None where it stays."""
    lines = TransferLine.objects.filter(
        transfer__source_kind=DocumentKind.MANUFACTURING_ORDER,
        transfer__source_id=order_id,
        wip_lot__stage=str(number),
    )
    return lines.order_by("-pk").values_list("transfer_id", flat=True).first()


def _check(opened: Opened, step: TaskStep) -> None:
    task, order = opened.task, opened.order
    if task.state == TaskState.CANCELED:
        raise WrongState(
            f"{order.number} was {order.get_state_display().lower()}, so {task.name} is not done any more."
        )
    task_rules.check(task.state, step, number=opened.name)
    if step == TaskStep.UNDO and order.state == ManufacturingOrderState.CLOSED:
        # What ended with it, and the cost written off, come back first, with what stands below it locked before it.
        raise WrongState(f"{order.number} is closed; take that back first.")
    if step not in {TaskStep.BLOCK, TaskStep.HELP, TaskStep.ASSIGN, TaskStep.PAUSE, TaskStep.UNDO}:
        refuse_blocked(order)
        if task.blocked_at is not None:
            raise TaskBlocked(number=opened.name, reason=task.blocked_reason)
    if step in {TaskStep.START, TaskStep.RESUME, TaskStep.REPORT, TaskStep.ISSUE}:
        rules.check(order.state, rules.Step.COMPLETE, number=order.number)
    if opened.by.operator_id is not None:
        _check_operator(opened, opened.by.operator_id)


def _check_operator(opened: Opened, operator_id: int) -> None:
    if operator_id not in opened.operators:
        opened.operators[operator_id] = Operator.objects.filter(pk=operator_id).first()
    operator, task = opened.operators[operator_id], opened.task
    if operator is None or operator.archived_at is not None:
        raise InvalidInput(errors={"operator": "This person is not known here any more."})
    if operator.site_id != task.site_id:
        text = f"{operator.name} does not work at {task.work_center.site.code}, where this is done."
        raise InvalidInput(errors={"operator": text})
