"""What operators do at a task besides reporting: start, pause, resume, finish, call for help."""

from functools import partial
from typing import Any

from core.errors import InvalidInput
from production import rules
from production.choices import TaskEventKind, TaskState
from production.services.tasks.doing import alone
from production.services.tasks.drafts import Doing, Done
from production.services.tasks.session import Act, Session
from production.services.tasks.timing import book
from production.task_rules import TaskStep


def start(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Begin with a task; the order is in progress from now on. Who starts it has it. Locks the order.

    Emits `task.started`, and with the first of an order `manufacturing_order.started`.

    :raises WrongState, TaskBlocked, DocumentBlocked: when task or order don't allow it.
    """
    return alone(task_id, starting(), by=by, now=now, actor=actor)


def pause(task_id: int, *, reason: str = "", by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Stop the clock; the time since the start or the last report is booked. Locks the order, then its cost pool.

    Emits `task.paused`.

    :raises WrongState: unless it is running.
    """
    return alone(task_id, pausing(reason), by=by, now=now, actor=actor)


def resume(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Go on with a paused task. Locks the order. Emits `task.resumed`."""
    return alone(task_id, resuming(), by=by, now=now, actor=actor)


def finish(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """No more is done at a task: what is through goes on. The time since the last report is booked. Locks the order.

    Emits `task.finished`.

    :raises WrongState: when it is done or canceled.
    :raises InvalidInput: when nothing was reported on it.
    """
    return alone(task_id, finishing(), by=by, now=now, actor=actor)


def reopen(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """A finished task was not finished after all. Locks the order. Emits `task.reopened`.

    :raises WrongState: unless it is done, and its order not yet.
    """
    return alone(task_id, Act(TaskStep.REOPEN, _reopen), by=by, now=now, actor=actor)


def call_for_help(task_id: int, *, note: str = "", by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Somebody is needed at the machine; the call stands until it is answered. Emits `task.help_called`."""
    return alone(task_id, calling(note), by=by, now=now, actor=actor)


def answer_help(task_id: int, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """The call is answered. Emits `task.help_answered`."""
    return alone(task_id, Act(TaskStep.HELP, _answer), by=by, now=now, actor=actor)


def starting() -> Act:
    """The step of `start`."""
    return Act(TaskStep.START, _start)


def pausing(reason: str = "") -> Act:
    """The step of `pause`."""
    return Act(TaskStep.PAUSE, partial(_pause, reason=reason.strip()))


def resuming() -> Act:
    """The step of `resume`."""
    return Act(TaskStep.RESUME, _resume)


def finishing() -> Act:
    """The step of `finish`."""
    return Act(TaskStep.FINISH, _finish)


def calling(note: str = "") -> Act:
    """The step of `call_for_help`."""
    return Act(TaskStep.HELP, partial(_call, note=note.strip()))


def _start(session: Session) -> None:
    opened, task = session.opened, session.opened.task
    task.state, task.started_at, task.resumed_at = TaskState.RUNNING, task.started_at or opened.at, opened.at
    _take(session)
    session.begin_order()
    session.tell(TaskEventKind.START)


def _pause(session: Session, reason: str) -> None:
    minutes, piece = book(session)
    task = session.opened.task
    task.state, task.resumed_at, task.pause_reason = TaskState.PAUSED, None, reason[:200]
    session.tell(TaskEventKind.PAUSE, piece=piece, minutes=minutes, reason=reason)


def _resume(session: Session) -> None:
    task = session.opened.task
    task.state, task.resumed_at, task.pause_reason = TaskState.RUNNING, session.opened.at, ""
    _take(session)
    session.tell(TaskEventKind.RESUME)


def _finish(session: Session) -> None:
    opened, task = session.opened, session.opened.task
    if task.good_quantity + task.scrapped_quantity == 0:
        raise InvalidInput(errors={"task": f"Nothing is reported on {opened.name} yet; report it, or pause it."})
    minutes, piece = book(session)
    task.state, task.done_at, task.resumed_at = TaskState.DONE, opened.at, None
    session.changes_readiness = True
    session.tell(TaskEventKind.FINISH, piece=piece, minutes=minutes)


def _reopen(session: Session) -> None:
    order, task = session.opened.order, session.opened.task
    rules.check(order.state, rules.Step.COMPLETE, number=order.number)
    task.state, task.done_at = TaskState.PAUSED, None
    session.changes_readiness = True
    session.tell(TaskEventKind.REOPEN)


def _call(session: Session, note: str) -> None:
    task = session.opened.task
    task.help_called_at, task.help_note = session.opened.at, note[:500]
    session.tell(TaskEventKind.HELP, reason=note)


def _answer(session: Session) -> None:
    task = session.opened.task
    task.help_called_at, task.help_note = None, ""
    session.tell(TaskEventKind.HELP_ANSWERED)


def _take(session: Session) -> None:
    operator_id = session.opened.by.operator_id
    if operator_id is not None:
        session.opened.task.operator_id = operator_id
