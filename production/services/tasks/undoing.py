"""Taking reports of tasks back: goods, cost and counts return."""

from datetime import datetime
from typing import Any

from core.errors import WrongState
from core.transactions import service
from inventory.drafts import Posted
from inventory.services.transfers import legs
from production.choices import TaskEventKind, TaskState
from production.models import ManufacturingOrder, Task, TaskEvent
from production.services.tasks import recording
from production.services.tasks.drafts import Doing, Done
from production.services.tasks.opening import Opened, leg_behind, open_task
from production.task_rules import TaskStep
from purchasing.services import services

_TAKEN_BACK = (TaskEventKind.REPORT, TaskEventKind.ISSUE)


@service
def undo_last(task_id: int, *, by: Doing | None = None, now: datetime, actor: Any) -> Done:
    """Take the latest report or issue of a task back. Locks as its report did.

    Emits `task.undone`, and where it had posted `manufacturing_order.reversed`.

    :raises WrongState: when nothing stands that can be taken back.
    :raises ReversalBlocked: naming what took the pieces meanwhile.
    """
    from production.services.manufacturing_orders.reversing import take_back

    opened = open_task(task_id, TaskStep.UNDO, by=by or Doing(), now=now, actor=actor)
    event = TaskEvent.objects.filter(task=opened.task, kind__in=_TAKEN_BACK, reversed_by=None).order_by("-pk").first()
    if event is None:
        raise WrongState(f"{opened.name} has nothing to take back.")
    if event.posting_id is None:
        return uncount(opened, event, None)
    _, done = take_back(opened.order, event.posting_id, reason="", by=opened.by, now=now, actor=actor)
    return next(one for one in done if one.task.pk == task_id)


def uncount(opened: Opened, event: TaskEvent, posted: Posted | None) -> Done:
    """Take what an event counted off its task again, and tell it. The caller holds the order's lock.

    A finished task is open again. The leg behind it offers less, the service's order has accepted less.
    """
    task = opened.task
    task.good_quantity -= event.good_quantity
    task.scrapped_quantity -= event.scrapped_quantity
    task.rework_quantity -= event.rework_quantity
    task.spent_minutes -= event.minutes
    if task.state == TaskState.DONE:
        task.state, task.done_at = TaskState.PAUSED, None
    task.version += 1
    task.save(
        update_fields=[
            *("good_quantity", "scrapped_quantity", "rework_quantity", "spent_minutes"),
            *("state", "done_at", "version"),
        ]
    )
    if event.good_quantity and opened.leg_id is not None:
        legs.offer(opened.leg_id, task.good_quantity, actor=opened.actor)
    if opened.service is not None and event.posting_id is not None:
        services.take_back(opened.service, event.posting_id, now=opened.now, actor=opened.actor)
    return recording.record(
        opened,
        TaskEventKind.UNDO,
        good=-event.good_quantity,
        scrapped=-event.scrapped_quantity,
        rework=-event.rework_quantity,
        minutes=-event.minutes,
        posted=posted,
        reverses=event,
    )


def uncount_posting(
    order: ManufacturingOrder, posting_id: int, posted: Posted, *, by: Doing, now: datetime, actor: Any
) -> list[Done]:
    """The same for all that a reversed posting counted, on every task. The caller holds all locks."""
    events = list(
        TaskEvent.objects.filter(posting_id=posting_id, reversed_by=None)
        .exclude(kind=TaskEventKind.UNDO)
        .order_by("pk")
    )
    if not events:
        return []
    tasks = list(order.tasks.select_related("work_center__site").order_by("number", "pk"))
    by_id = {task.pk: task for task in tasks}
    return [uncount(_opened(order, tasks, by_id[one.task_id], by, now, actor), one, posted) for one in events]


def _opened(order: ManufacturingOrder, tasks: list[Task], task: Task, by: Doing, now: datetime, actor: Any) -> Opened:
    leg_id = leg_behind(order.pk, task.number)
    service_order = services.lock_of(task.purchase_line_id) if task.purchase_line_id else None
    return Opened(order, tasks, task, by, now, now, actor, leg_id, service_order)
