"""Writing what happened at a task, and telling who follows it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from inventory.choices import DocumentKind
from inventory.drafts import LevelKey, Posted
from inventory.events import record_change
from production.choices import TaskEventKind
from production.models import TaskEvent
from production.services.tasks.drafts import Done
from production.services.tasks.opening import Opened

_ORDER = str(DocumentKind.MANUFACTURING_ORDER)
VERBS = {
    TaskEventKind.START: "started",
    TaskEventKind.PAUSE: "paused",
    TaskEventKind.RESUME: "resumed",
    TaskEventKind.REPORT: "reported",
    TaskEventKind.ISSUE: "issued",
    TaskEventKind.FINISH: "finished",
    TaskEventKind.REOPEN: "reopened",
    TaskEventKind.ASSIGN: "assigned",
    TaskEventKind.HELP: "help_called",
    TaskEventKind.HELP_ANSWERED: "help_answered",
    TaskEventKind.UNDO: "undone",
}


def record(
    opened: Opened,
    kind: TaskEventKind,
    *,
    good: Decimal = Decimal(0),
    scrapped: Decimal = Decimal(0),
    rework: Decimal = Decimal(0),
    minutes: Decimal = Decimal(0),
    reason: str = "",
    posted: Posted | None = None,
    reverses: TaskEvent | None = None,
    keys: Iterable[LevelKey] = (),
) -> Done:
    """Write the event of a step and emit `task.<verb>`; the order's company and the task's site hear of it.

    The caller holds the order's lock.
    """
    counted = {"good_quantity": good, "scrapped_quantity": scrapped, "rework_quantity": rework, "minutes": minutes}
    event = event_of(opened, kind, **counted, reason=reason, reverses=reverses)
    event.posting_id = posted.posting_id if posted else None
    event.save(force_insert=True)
    tell(opened, VERBS[kind], keys=keys, actor=opened.actor)
    return Done(opened.task, event, posted)


def event_of(opened: Opened, kind: TaskEventKind, *, reason: str = "", **counted: Any) -> TaskEvent:
    """What happened at the step being done, unsaved: `counted` are fields of the event."""
    return TaskEvent(
        company_id=opened.order.company_id,
        site_id=opened.task.site_id,
        order=opened.order,
        task=opened.task,
        kind=kind,
        reason=reason,
        operator_id=opened.by.operator_id,
        actor_id=getattr(opened.actor, "pk", None),
        device_id=opened.by.device_id,
        happened_at=opened.at,
        device_at=opened.by.device_at,
        **counted,
    )


def tell(opened: Opened, verb: str, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Emit `task.<verb>`."""
    record_change(
        f"task.{verb}",
        documents=[("task", opened.task.pk), (_ORDER, opened.order.pk)],
        keys=keys,
        company_ids=[opened.order.company_id],
        site_ids={opened.task.site_id, opened.order.site_id},
        actor=actor,
    )
