"""What operators do at a task besides reporting: start, pause, resume, finish, call for help."""

from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from production import events, rules
from production.choices import TaskEventKind, TaskState
from production.models import Task
from production.services.tasks import readiness, recording
from production.services.tasks.drafts import Doing, Done
from production.services.tasks.opening import Opened, open_task
from production.services.tasks.timing import book
from production.task_rules import TaskStep

_WRITTEN = ("state", "started_at", "resumed_at", "done_at", "pause_reason", "spent_minutes", "operator", "version")


@service
def start(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Begin with a task; the order is in progress from now on. Who starts it has it. Locks the order.

    Emits `task.started`, and with the first of an order `manufacturing_order.started`.

    :raises WrongState, TaskBlocked, DocumentBlocked: when task or order don't allow it.
    """
    opened = open_task(task_id, TaskStep.START, by=by or Doing(), now=now, actor=actor)
    task = opened.task
    task.state, task.started_at, task.resumed_at = TaskState.RUNNING, task.started_at or opened.at, opened.at
    _take(opened)
    _save(task)
    begin_order(opened)
    return recording.record(opened, TaskEventKind.START)


@service
def pause(task_id: int, *, reason: str = "", by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Stop the clock; the time since the start or the last report is booked. Locks the order, then its cost pool.

    Emits `task.paused`.

    :raises WrongState: unless it is running.
    """
    opened = open_task(task_id, TaskStep.PAUSE, by=by or Doing(), now=now, actor=actor)
    minutes, posted = book(opened)
    task = opened.task
    task.state, task.resumed_at, task.pause_reason = TaskState.PAUSED, None, reason.strip()[:200]
    _save(task)
    return recording.record(opened, TaskEventKind.PAUSE, minutes=minutes, reason=reason.strip(), posted=posted)


@service
def resume(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Go on with a paused task. Locks the order. Emits `task.resumed`."""
    opened = open_task(task_id, TaskStep.RESUME, by=by or Doing(), now=now, actor=actor)
    task = opened.task
    task.state, task.resumed_at, task.pause_reason = TaskState.RUNNING, opened.at, ""
    _take(opened)
    _save(task)
    return recording.record(opened, TaskEventKind.RESUME)


@service
def finish(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """No more is done at a task: what is through goes on. The time since the last report is booked. Locks the order.

    Emits `task.finished`.

    :raises WrongState: when it is done or canceled.
    :raises InvalidInput: when nothing was reported on it.
    """
    opened = open_task(task_id, TaskStep.FINISH, by=by or Doing(), now=now, actor=actor)
    task = opened.task
    if task.good_quantity + task.scrapped_quantity == 0:
        raise InvalidInput(errors={"task": f"Nothing is reported on {opened.name} yet; report it, or pause it."})
    minutes, posted = book(opened)
    task.state, task.done_at, task.resumed_at = TaskState.DONE, opened.at, None
    _save(task)
    readiness.refresh([opened.order.pk])
    return recording.record(opened, TaskEventKind.FINISH, minutes=minutes, posted=posted)


@service
def reopen(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """A finished task was not finished after all. Locks the order. Emits `task.reopened`.

    :raises WrongState: unless it is done, and its order not yet.
    """
    opened = open_task(task_id, TaskStep.REOPEN, by=by or Doing(), now=now, actor=actor)
    rules.check(opened.order.state, rules.Step.COMPLETE, number=opened.order.number)
    opened.task.state, opened.task.done_at = TaskState.PAUSED, None
    _save(opened.task)
    readiness.refresh([opened.order.pk])
    return recording.record(opened, TaskEventKind.REOPEN)


@service
def call_for_help(task_id: int, *, note: str = "", by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Somebody is needed at the machine; the call stands until it is answered. Emits `task.help_called`."""
    opened = open_task(task_id, TaskStep.HELP, by=by or Doing(), now=now, actor=actor)
    opened.task.help_called_at, opened.task.help_note = opened.at, note.strip()[:500]
    opened.task.version += 1
    opened.task.save(update_fields=["help_called_at", "help_note", "version"])
    return recording.record(opened, TaskEventKind.HELP, reason=note.strip())


@service
def answer_help(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """The call is answered. Emits `task.help_answered`."""
    opened = open_task(task_id, TaskStep.HELP, by=by or Doing(), now=now, actor=actor)
    opened.task.help_called_at, opened.task.help_note = None, ""
    opened.task.version += 1
    opened.task.save(update_fields=["help_called_at", "help_note", "version"])
    return recording.record(opened, TaskEventKind.HELP_ANSWERED)


def begin_order(opened: Opened) -> None:
    """Something was done for the order; the caller holds its lock."""
    order = opened.order
    if order.state != rules.State.RELEASED:
        return
    order.state = rules.State.IN_PROGRESS
    order.started_at = order.started_at or opened.at
    order.version += 1
    order.save(update_fields=["state", "started_at", "version"])
    events.record_order("started", order, actor=opened.actor)


def _take(opened: Opened) -> None:
    if opened.by.operator_id is not None:
        opened.task.operator_id = opened.by.operator_id


def _save(task: Task) -> None:
    task.version += 1
    task.save(update_fields=_WRITTEN)
