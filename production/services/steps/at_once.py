"""Completing an order with operations in one step: all of them are done for what is reported, as planned."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core import inserts
from core.errors import WrongState
from inventory.drafts import Absorbed
from production import rules, task_rules
from production.choices import TaskEventKind, TaskState
from production.models import Completion, ManufacturingOrder, Task, TaskEvent
from production.services.steps import costs

ZERO = Decimal(0)
_WRITTEN = (
    *("good_quantity", "scrapped_quantity", "spent_minutes", "state", "started_at", "resumed_at", "done_at"),
    "version",
)


def tasks_of(order: ManufacturingOrder) -> list[Task]:
    """The tasks of an order that can be done in one step; none for an order without operations.

    The caller holds the order's lock.

    :raises WrongState: naming what stands against it: another site, or work in progress.
    """
    tasks = list(order.tasks.select_related("work_center__site").order_by("number", "pk"))
    if not tasks:
        return tasks
    elsewhere = next((task for task in tasks if task.is_service or task.site_id != order.site_id), None)
    if elsewhere is not None:
        place = elsewhere.work_center.site.code
        raise WrongState(f"{order.number} is not made in one step: {elsewhere.name} is done at {place}; report there.")
    under_way = next((task for task in tasks if _is_under_way(order, task)), None)
    if under_way is not None:
        raise WrongState(f"{order.number} has work in progress at {under_way.name}; report its operations one by one.")
    return tasks


def count(tasks: Sequence[Task], good: Decimal, scrapped: Decimal) -> None:
    """Count what is reported at each task, unsaved: all of it passes, and the last one loses what is scrapped."""
    for task in tasks:
        task.good_quantity += good if task is tasks[-1] else good + scrapped
    if tasks:
        tasks[-1].scrapped_quantity += scrapped


def absorbed(order: ManufacturingOrder, tasks: Sequence[Task], started: Decimal, *, at: datetime) -> list[Absorbed]:
    """What the time of all tasks costs by plan, a kind of cost each; the setup with the first report."""
    sums: dict[Any, Decimal] = {}
    for task in tasks:
        for cost in costs.absorbed(order, task, good=started, minutes=_minutes(task, started), at=at):
            sums[cost.kind] = sums.get(cost.kind, ZERO) + cost.amount
    return [Absorbed(kind, amount) for kind, amount in sums.items()]


def write(order: ManufacturingOrder, tasks: Sequence[Task], completion: Completion, *, actor: Any) -> None:
    """Save the tasks and an event for each; two statements. The caller holds the order's lock."""
    if not tasks:
        return
    is_done = order.state == rules.State.DONE
    started = completion.quantity + completion.scrapped_quantity
    events = []
    for task in tasks:
        events.append(_event(order, task, completion, started, is_last=task is tasks[-1], actor=actor))
        task.spent_minutes += events[-1].minutes
        task.started_at = task.started_at or completion.completed_at
        task.state = TaskState.DONE if is_done else TaskState.RUNNING
        task.done_at = completion.completed_at if is_done else None
        task.resumed_at = None
        task.version += 1
    inserts.update(list(tasks), _WRITTEN)
    inserts.insert(events)


def _is_under_way(order: ManufacturingOrder, task: Task) -> bool:
    """Whether pieces are through with a task that did not come out of the order yet, or were begun and spoiled."""
    return task.good_quantity + task.scrapped_quantity > order.posted_quantity + order.scrapped_quantity


def _minutes(task: Task, started: Decimal) -> Decimal:
    """Run time of so many, and the setup unless it was booked before. The task counts the report already."""
    is_first = task.good_quantity + task.scrapped_quantity <= started
    return task_rules.work_minutes(
        setup=task.setup_time_minutes if is_first else ZERO,
        run_per_unit=task.run_time_minutes_per_unit,
        quantity=started,
        efficiency=task.work_center.efficiency_factor,
    ).quantize(Decimal("0.01"))


def _event(
    order: ManufacturingOrder, task: Task, completion: Completion, started: Decimal, *, is_last: bool, actor: Any
) -> TaskEvent:
    return TaskEvent(
        company_id=order.company_id,
        site_id=task.site_id,
        order=order,
        task=task,
        kind=TaskEventKind.REPORT,
        good_quantity=completion.quantity if is_last else started,
        scrapped_quantity=completion.scrapped_quantity if is_last else ZERO,
        rework_quantity=ZERO,
        minutes=_minutes(task, started),
        reason="",
        actor_id=getattr(actor, "pk", None),
        posting_id=completion.posting_id,
        happened_at=completion.completed_at,
    )
