"""Writing what steps at a task have done: postings, task, order, components, leg, service, registers and events."""

from collections.abc import Sequence

from inventory.drafts import LevelKey, OrderPool, Posted
from inventory.services.posting import post_series
from inventory.services.transfers import legs
from production import events, rules
from production.choices import TaskEventKind
from production.models import Completion, Task, TaskEvent
from production.services import registers
from production.services.manufacturing_orders.completing import completion_of, save_completed, save_issued
from production.services.tasks import readiness, recording
from production.services.tasks.drafts import Done
from production.services.tasks.session import Session, Told
from purchasing.services import services

_WRITTEN = (
    *("state", "started_at", "resumed_at", "done_at", "pause_reason", "spent_minutes", "operator"),
    *("good_quantity", "scrapped_quantity", "rework_quantity", "help_called_at", "help_note", "version"),
)


def write(session: Session) -> list[Done]:
    """Write all of it, in the order of locks; returns what each step did. The caller holds the documents' locks."""
    opened, order = session.opened, session.opened.order
    posted = _post(session)
    _save(opened.task)
    completions = [told for told in session.told if told.is_completion]
    _write_order(session, completions, posted)
    if session.has_parts:
        save_issued(session.parts, session.issues, is_done=order.state == rules.State.DONE)
    for task in session.ended:
        if task is not opened.task:
            _save(task)
    if opened.leg_id is not None and any(told.event.good_quantity for told in session.told):
        legs.offer(opened.leg_id, opened.task.good_quantity, actor=opened.actor)
    _accept(session, posted)
    keys = registers.put([(order, session.parts)]) | posted[0].keys if session.has_parts and posted else frozenset()
    return _tell(session, completions, posted, keys)


def _post(session: Session) -> list[Posted]:
    if not session.pieces:
        return []
    opened, order = session.opened, session.opened.order
    pool = OrderPool(order.item_id, order.company_id, order.pk)
    return post_series(session.pieces, order_pool=pool, now=opened.now, actor=opened.actor)


def _save(task: Task) -> None:
    task.version += 1
    task.save(update_fields=_WRITTEN)


def _write_order(session: Session, completions: Sequence[Told], posted: Sequence[Posted]) -> None:
    opened, order = session.opened, session.opened.order
    if completions:
        save_completed(order)
        Completion.objects.bulk_create(
            completion_of(
                order,
                told.event.good_quantity,
                told.event.scrapped_quantity,
                posted[told.piece or 0],
                site_id=opened.task.site_id,
                at=told.event.happened_at,
            )
            for told in completions
        )
    elif session.has_begun:
        order.version += 1
        order.save(update_fields=["state", "started_at", "version"])


def _accept(session: Session, posted: Sequence[Posted]) -> None:
    """A service's reports are the receipts of its order."""
    opened = session.opened
    if opened.service is None or opened.task.purchase_line_id is None:
        return
    for told in session.told:
        if told.piece is None or told.event.kind != TaskEventKind.REPORT:
            continue
        acceptance = services.Acceptance(
            line_id=opened.task.purchase_line_id,
            good_quantity=told.event.good_quantity,
            rejected_quantity=told.event.scrapped_quantity,
            posting_id=posted[told.piece].posting_id,
            number=posted[told.piece].number,
            received_at=told.event.happened_at,
        )
        services.accept(opened.service, acceptance, actor=opened.actor)


def _tell(
    session: Session, completions: Sequence[Told], posted: Sequence[Posted], keys: frozenset[LevelKey]
) -> list[Done]:
    """Write the events of the task and tell of each kind once; levels are recomputed with the last."""
    opened = session.opened
    if session.has_begun:
        events.record_order("started", opened.order, actor=opened.actor)
    if completions:
        events.record_order("completed", opened.order, actor=opened.actor)
    for told in session.told:
        told.event.posting_id = None if told.piece is None else posted[told.piece].posting_id
    TaskEvent.objects.bulk_create(told.event for told in session.told)
    verbs = list(dict.fromkeys(recording.VERBS[TaskEventKind(told.event.kind)] for told in session.told))
    for verb in verbs:
        recording.tell(opened, verb, keys=keys if verb == verbs[-1] else (), actor=opened.actor)
    if session.changes_readiness:
        readiness.refresh([opened.order.pk])
    last = len(session.told) - 1
    return [
        Done(
            opened.task if place == last else told.task,
            told.event,
            None if told.piece is None else posted[told.piece],
        )
        for place, told in enumerate(session.told)
    ]
