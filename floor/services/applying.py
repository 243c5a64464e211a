"""What each kind of command asks of the services of production.

The tablet names tasks by id and everything else as it was seen or scanned: a lot by its number, an item by its SKU.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, NotFound, plain
from core.quantities import to_decimal
from floor.choices import CommandKind
from floor.drafts import Meant
from floor.errors import UndoneMeanwhile
from inventory.choices import LotKind
from inventory.models import Lot
from production.choices import BillLineKind, TaskEventKind
from production.drafts import ComponentUse
from production.models import BillOfMaterialsSubstitute, Task, TaskEvent
from production.services import tasks
from production.services.tasks import Act, Doing, Done, ReportDraft

# What an undo takes back; the others stand beside the work.
_UNDONE = (TaskEventKind.REPORT, TaskEventKind.ISSUE)


def apply(meant: Meant, *, undone_event_id: int | None = None, now: datetime, actor: Any) -> dict[str, Any]:
    """Do it; returns the task's figures and the event's id, as JSON. The caller holds the device's lock.

    `undone_event_id` is what the tablet means to undo, where it said so.

    :raises DomainError: whatever the service refuses, and a task that is not at the device's site.
    """
    task = _task(meant)
    if meant.kind == CommandKind.UNDO_LAST:
        if undone_event_id is not None:
            _check_last(task, undone_event_id)
        return shown(tasks.undo_last(task.pk, by=_doing(meant), now=now, actor=actor))
    return shown(tasks.alone(task.pk, _act(meant, task), by=_doing(meant), now=now, actor=actor))


def apply_together(meant: Sequence[Meant], *, now: datetime, actor: Any) -> list[dict[str, Any]]:
    """Do several at one task, one after another, all or none; returns what each alone would. None is an undo.

    :raises DomainError: whatever one of them would be refused for.
    """
    task = _task(meant[0])
    acts = [(_doing(one), _act(one, task)) for one in meant]
    return [shown(done) for done in tasks.together(task.pk, acts, now=now, actor=actor)]


def _task(meant: Meant) -> Task:
    if meant.kind not in _ACTS and meant.kind != CommandKind.UNDO_LAST:
        raise InvalidInput(errors={"kind": f"“{meant.kind}” is nothing that can be done."})
    task = Task.objects.select_related("order").filter(pk=meant.task_id or 0, site_id=meant.site_id).first()
    if task is None:
        raise NotFound("There is no such task at this site.")
    return task


def _doing(meant: Meant) -> Doing:
    return Doing(
        operator_id=meant.operator.pk if meant.operator else None,
        device_id=meant.device_id,
        happened_at=meant.happened_at,
        device_at=meant.device_at,
    )


def _act(meant: Meant, task: Task) -> Act:
    return _ACTS[meant.kind](task, meant.payload)


def shown(done: Done) -> dict[str, Any]:
    """What the tablet is told: the task's figures after the step."""
    return {"event": done.event.pk, "task": figures(done.task)}


def figures(task: Task) -> dict[str, Any]:
    """A task's state and quantities as texts."""
    return {
        "id": task.pk,
        "state": str(task.state),
        "good": plain(task.good_quantity),
        "scrap": plain(task.scrapped_quantity),
        "rework": plain(task.rework_quantity),
    }


def _report(task: Task, payload: dict[str, Any]) -> Act:
    serials = payload.get("serial_numbers") or []
    draft = ReportDraft(
        good_quantity=_quantity(payload, "good"),
        scrapped_quantity=_quantity(payload, "scrap"),
        rework_quantity=_quantity(payload, "rework"),
        reason=_text(payload, "reason", 500),
        lot_number=_text(payload, "lot", 64),
        serial_numbers=[str(number)[:64] for number in serials] if isinstance(serials, list) else [],
    )
    return tasks.reporting(draft)


def _issue(task: Task, payload: dict[str, Any]) -> Act:
    item_id, lot_id = _material(task, _text(payload, "item", 64), _text(payload, "lot", 64))
    use = ComponentUse(item_id=item_id, lot_id=lot_id, quantity=_quantity(payload, "quantity"))
    return tasks.issuing([use])


_ACTS: dict[str, Callable[[Task, dict[str, Any]], Act]] = {
    CommandKind.START: lambda task, payload: tasks.starting(),
    CommandKind.PAUSE: lambda task, payload: tasks.pausing(_text(payload, "reason", 200)),
    CommandKind.RESUME: lambda task, payload: tasks.resuming(),
    CommandKind.REPORT: _report,
    CommandKind.ISSUE: _issue,
    CommandKind.FINISH: lambda task, payload: tasks.finishing(),
    CommandKind.HELP: lambda task, payload: tasks.calling(_text(payload, "note", 500)),
}
# What can be done in one go with others of its task.
TOGETHER = frozenset(_ACTS)


def _check_last(task: Task, event_id: int) -> None:
    """Undo takes the last report or use back, so it must be the one that the operator saw."""
    events = TaskEvent.objects.filter(task=task, kind__in=_UNDONE, reversed_by=None)
    last = events.order_by("-pk").values_list("pk", flat=True).first()
    if last != event_id:
        raise UndoneMeanwhile("Something else was reported at this task since, so this is no longer the last.")


def _material(task: Task, sku: str, number: str) -> tuple[int, int | None]:
    """The item and lot among the order's components and what may stand for them, from what was scanned.

    A lot's number may do for both.
    """
    parts = task.order.components.filter(kind=BillLineKind.COMPONENT)
    known = dict(parts.values_list("item_id", "item__sku"))
    known |= dict(
        BillOfMaterialsSubstitute.objects.filter(line__in=parts.values("bill_line")).values_list("item_id", "item__sku")
    )
    items = {item_id: name for item_id, name in known.items() if not sku or name.lower() == sku.lower()}
    if not items:
        raise InvalidInput(errors={"item": f"{task.order.number} does not use {sku or 'any material'}."})
    if not number:
        return _only(items, "item", f"Say which of {', '.join(sorted(items.values()))} it is."), None
    lots = Lot.objects.filter(item__in=list(items), kind=LotKind.STOCK, number__iexact=number).order_by("pk")
    found = dict(lots.values_list("pk", "item_id"))
    if not found:
        raise InvalidInput(errors={"lot": f"No lot {number} of what {task.order.number} uses is known."})
    lot_id = _only(found, "lot", f"There are {len(found)} lots {number}; say which item it is.")
    return found[lot_id], lot_id


def _only(found: dict[int, Any], field: str, otherwise: str) -> int:
    if len(found) > 1:
        raise InvalidInput(errors={field: otherwise})
    return next(iter(found))


def _quantity(payload: dict[str, Any], name: str) -> Decimal:
    return to_decimal(payload.get(name) or 0, field=name)


def _text(payload: dict[str, Any], name: str, most: int) -> str:
    return str(payload.get(name) or "")[:most]
