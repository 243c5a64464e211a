"""Reporting at a task: good and scrapped pieces, time, material; all of one report in one posting.

The first step makes work in progress out of its material, each further one takes it from the lot of the step before
to its own, and the last one takes it into stock. The ledger refuses pieces that have not come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from core.clock import local_date
from core.errors import InvalidInput
from core.quantities import to_decimal
from inventory.choices import LocationKind, PostingKind
from inventory.drafts import Deposit, Withdrawal
from production import rules, task_rules
from production.choices import TaskEventKind, TaskState
from production.drafts import CompletionDraft, ComponentUse
from production.errors import NotThere, OverCompletion, OverReport
from production.services import subject
from production.services.manufacturing_orders.completing import (
    Goods,
    count_completion,
    count_issued,
    deposits_of,
    lot_numbers,
    none_or_more,
    withdrawal_of,
)
from production.services.manufacturing_orders.issuing import Issue, given_issues, planned_issues
from production.services.steps import costs
from production.services.tasks.doing import alone
from production.services.tasks.drafts import Doing, Done, ReportDraft
from production.services.tasks.opening import Opened
from production.services.tasks.session import Act, Session
from production.task_rules import TaskStep

ZERO = Decimal(0)


@dataclass(frozen=True)
class _Report:
    """A checked report."""

    good: Decimal
    scrapped: Decimal
    rework: Decimal
    minutes: Decimal
    lot_numbers: Sequence[str]


def report(task_id: int, draft: ReportDraft, *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Report good, scrapped and repaired pieces, the time since the last report, and what was used for them.

    At the last operation good ones go into stock with their part of the order's cost; at a service the supplier's
    price for them is added, and the report is the receipt of his order. Locks the leg behind the task, the service's
    order, the manufacturing order, then what the ledger needs. Emits `task.reported`, and with the last operation
    `manufacturing_order.completed`.

    :raises WrongState, TaskBlocked, DocumentBlocked: when task or order don't allow it.
    :raises OverReport, OverCompletion: when more good ones are reported than are left.
    :raises NotThere: when they have not come from the operation before.
    :raises InsufficientStock, InsufficientStocks, LotBlocked: for the material.
    :raises InvalidInput: naming each field that is wrong.
    """
    return alone(task_id, reporting(draft), by=by, now=now, actor=actor)


def issue(task_id: int, uses: Sequence[ComponentUse], *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Take material for a task before it is reported on, out of the lots named; its next report takes less.

    Locks as `report`. Emits `task.issued`.

    :raises InsufficientStock, InsufficientStocks, LotBlocked, InvalidInput: naming each part that is wrong.
    """
    return alone(task_id, issuing(uses), by=by, now=now, actor=actor)


def reporting(draft: ReportDraft) -> Act:
    """The step of `report`."""
    return Act(TaskStep.REPORT, partial(_report, draft=draft))


def issuing(uses: Sequence[ComponentUse]) -> Act:
    """The step of `issue`."""
    return Act(TaskStep.ISSUE, partial(_issue, uses=uses))


def _report(session: Session, draft: ReportDraft) -> None:
    opened = session.opened
    told = _checked(session, draft)
    issues = _issues(session, told, draft.components)
    _count(opened, told)
    piece = _post(session, draft, told, issues)
    is_completion = opened.is_last and piece is not None and told.good + told.scrapped > 0
    if is_completion:
        count_completion(opened.order, told.good, told.scrapped, at=opened.at)
        if told.good:
            subject.free(opened.order)
    else:
        session.begin_order()
    _count_issues(session, issues)
    if opened.order.state == rules.State.DONE:
        session.end_tasks()
    session.tell(
        TaskEventKind.REPORT,
        piece=piece,
        is_completion=is_completion,
        good_quantity=told.good,
        scrapped_quantity=told.scrapped,
        rework_quantity=told.rework,
        minutes=told.minutes,
        reason=draft.reason.strip(),
    )


def _issue(session: Session, uses: Sequence[ComponentUse]) -> None:
    if not uses:
        raise InvalidInput(errors={"components": "Say what was used."})
    opened = session.opened
    issues = given_issues(opened.order, session.parts, uses, actor=opened.actor, task=opened.task)
    piece = session.post(PostingKind.ISSUE, withdrawals=_withdrawals(session, issues))
    _count_issues(session, issues)
    session.begin_order()
    session.tell(TaskEventKind.ISSUE, piece=piece)


def _count_issues(session: Session, issues: Sequence[Issue]) -> None:
    count_issued(session.parts, issues)
    session.issues += issues


def _checked(session: Session, draft: ReportDraft) -> _Report:
    opened = session.opened
    order, task = opened.order, opened.task
    unit = order.item.unit
    good, scrapped, rework = (
        none_or_more(getattr(draft, name), name, unit.decimals, unit.code)
        for name in ("good_quantity", "scrapped_quantity", "rework_quantity")
    )
    minutes = _minutes(opened, draft)
    if good == scrapped == rework == minutes == 0:
        raise InvalidInput(errors={"good_quantity": "Report at least one piece, or the time spent."})
    _check_plan(opened, good)
    _check_there(session, good + scrapped)
    numbers: Sequence[str] = ()
    if opened.is_last:
        draft_of_stock = CompletionDraft(
            quantity=good, lot_number=draft.lot_number, serial_numbers=draft.serial_numbers, expires_on=draft.expires_on
        )
        numbers = lot_numbers(order, draft_of_stock, good)
    elif draft.lot_number.strip() or draft.serial_numbers:
        raise InvalidInput(errors={"lot": f"{task.name} is not the last operation; lots are named there."})
    return _Report(good, scrapped, rework, minutes, numbers)


def _minutes(opened: Opened, draft: ReportDraft) -> Decimal:
    if draft.minutes is None:
        return task_rules.clocked_minutes(since=opened.task.resumed_at, until=opened.at)
    minutes = to_decimal(draft.minutes, field="minutes")
    if not 0 <= minutes <= 60 * 24 * 31:
        raise InvalidInput(errors={"minutes": f"{minutes} is no time that somebody works on a task."})
    return minutes.quantize(Decimal("0.01"))


def _check_plan(opened: Opened, good: Decimal) -> None:
    task, order = opened.task, opened.order
    if opened.is_last:
        left = order.quantity - order.posted_quantity - order.closed_quantity
        if good > left:
            raise OverCompletion(
                number=order.number,
                item=order.item.sku,
                requested=good,
                open_quantity=left,
                ordered=order.quantity,
            )
    elif opened.before is None and good > (left := task.start_quantity - task.good_quantity):
        raise OverReport(number=opened.name, requested=good, left=max(left, ZERO), planned=task.start_quantity)


def _check_there(session: Session, processed: Decimal) -> None:
    """Refuse pieces that are not here yet, in the operator's words; the ledger's lock has the last word."""
    before = session.opened.before
    if before is None or processed == 0:
        return
    there = session.there(before)
    if processed > there:
        raise NotThere(number=session.opened.name, requested=processed, there=there, before=before.name)
    session.take(processed)


def _issues(session: Session, told: _Report, uses: Sequence[ComponentUse] | None) -> list[Issue]:
    opened, task = session.opened, session.opened.task
    if uses is not None:
        return given_issues(opened.order, session.parts, uses, actor=opened.actor, task=task)
    own = [part for part in session.parts if part.task_id == task.pk]
    processed = task.good_quantity + task.scrapped_quantity + told.good + told.scrapped
    return planned_issues(opened.order, own, ordered=task.start_quantity, completed=processed)


def _count(opened: Opened, told: _Report) -> None:
    """Bring the task up to date, unsaved."""
    task = opened.task
    task.good_quantity += told.good
    task.scrapped_quantity += told.scrapped
    task.rework_quantity += told.rework
    task.spent_minutes += told.minutes
    task.started_at = task.started_at or opened.at
    if task.state in {TaskState.WAITING, TaskState.READY}:
        task.state = TaskState.RUNNING
    elif task.resumed_at is not None:
        task.resumed_at = opened.at


def _post(session: Session, draft: ReportDraft, told: _Report, issues: Sequence[Issue]) -> int | None:
    """One posting of all that the report says; None where it moves neither stock nor cost."""
    opened = session.opened
    absorbed = costs.absorbed(opened.order, opened.task, good=told.good, minutes=told.minutes, at=opened.at)
    scrap = _scrap(session, told.scrapped)
    deposits = _deposits(session, draft, told, issues) if told.good else []
    if not (absorbed or scrap or deposits or issues):
        return None
    kind = PostingKind.COMPLETION if opened.is_last else PostingKind.OPERATION
    withdrawals = [*_withdrawals(session, issues), *scrap]
    return session.post(kind, reason=draft.reason, withdrawals=withdrawals, absorbed=absorbed, deposits=deposits)


def _withdrawals(session: Session, issues: Sequence[Issue]) -> list[Withdrawal]:
    opened, production = session.opened, session.place(LocationKind.PRODUCTION)
    return [withdrawal_of(opened.order, one, production, opened.task.site_id) for one in issues]


def _scrap(session: Session, quantity: Decimal) -> list[Withdrawal]:
    """What is spoiled of the work in progress; at the first operation there is none yet, only its material."""
    before = session.opened.before
    if before is None or quantity == 0:
        return []
    order, site_id = session.opened.order, session.opened.task.site_id
    return [
        Withdrawal(
            item_id=order.item_id,
            quantity=quantity,
            site_id=site_id,
            used_by_id=order.company_id,
            to_location_id=session.place(LocationKind.SCRAP),
            location_id=session.place(LocationKind.WIP),
            lot_id=session.lots([before])[before.pk],
            owner_id=order.company_id,
            is_correction=True,
            field="scrapped_quantity",
        )
    ]


def _deposits(session: Session, draft: ReportDraft, told: _Report, issues: Sequence[Issue]) -> list[Deposit]:
    opened = session.opened
    order, task, before = opened.order, opened.task, opened.before
    wip = session.place(LocationKind.WIP)
    source = session.place(LocationKind.PRODUCTION) if before is None else wip
    # The last one takes out of a stage and has none of its own.
    lot_ids = session.lots([step for step in (before, None if opened.is_last else task) if step is not None])
    from_lot = None if before is None else lot_ids[before.pk]
    if opened.is_last:
        on = local_date(opened.at, task.work_center.site.time_zone)
        goods = Goods(told.good, told.lot_numbers, on, draft.expires_on, draft.outputs)
        part = costs.finished_part(order, opened.tasks, session.parts, issues, finished=told.good)
        return deposits_of(order, goods, session.target(draft.location_id), source, part, from_lot_id=from_lot)
    return [
        Deposit(
            item_id=order.item_id,
            quantity=told.good,
            site_id=task.site_id,
            location_id=wip,
            owner_id=order.company_id,
            from_location_id=source,
            lot_id=lot_ids[task.pk],
            from_lot_id=from_lot,
            field="good_quantity",
        )
    ]
