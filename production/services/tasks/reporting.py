"""Reporting at a task: good and scrapped pieces, time, material; all of one report in one posting.

The first step makes work in progress out of its material, each further one takes it from the lot of the step before
to its own, and the last one takes it into stock. The ledger refuses pieces that have not come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import local_date
from core.errors import InvalidInput
from core.quantities import to_decimal
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.drafts import Deposit, OrderPool, Posted, PostingDraft, Withdrawal
from inventory.models import StockBalance
from inventory.selectors.places import virtual_location, wip_locations
from inventory.services.posting import post
from inventory.services.transfers import legs
from production import events, rules, task_rules
from production.choices import BillLineKind, TaskEventKind, TaskState
from production.drafts import CompletionDraft, ComponentUse
from production.errors import NotThere, OverCompletion, OverReport
from production.models import ManufacturingOrderComponent
from production.services import registers
from production.services.manufacturing_orders.completing import (
    Goods,
    deposits_of,
    lot_numbers,
    none_or_more,
    withdrawal_of,
    write_completion,
    write_issued,
)
from production.services.manufacturing_orders.issuing import Issue, given_issues, planned_issues
from production.services.steps import costs
from production.services.steps.releasing import stage_lots
from production.services.tasks import recording
from production.services.tasks.drafts import Doing, Done, ReportDraft
from production.services.tasks.opening import Opened, open_task
from production.services.tasks.working import begin_order
from production.task_rules import TaskStep
from purchasing.services import services

ZERO = Decimal(0)


@dataclass(frozen=True)
class _Report:
    """A checked report."""

    good: Decimal
    scrapped: Decimal
    rework: Decimal
    minutes: Decimal
    lot_numbers: Sequence[str]


@service
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
    opened = open_task(task_id, TaskStep.REPORT, by=by or Doing(), now=now, actor=actor)
    told = _checked(opened, draft)
    parts = _parts(opened)
    issues = _issues(opened, told, parts, draft.components)
    _count(opened, told)
    posted = _post(opened, draft, told, parts, issues)
    return _write(opened, draft, told, parts, issues, posted)


@service
def issue(task_id: int, uses: Sequence[ComponentUse], *, by: Doing | None = None, now: Any, actor: Any) -> Done:
    """Take material for a task before it is reported on, out of the lots named; its next report takes less.

    Locks as `report`. Emits `task.issued`.

    :raises InsufficientStock, InsufficientStocks, LotBlocked, InvalidInput: naming each part that is wrong.
    """
    if not uses:
        raise InvalidInput(errors={"components": "Say what was used."})
    opened = open_task(task_id, TaskStep.ISSUE, by=by or Doing(), now=now, actor=actor)
    parts = _parts(opened)
    issues = given_issues(opened.order, parts, uses, actor=actor, task=opened.task)
    posted = _post_moves(opened, PostingKind.ISSUE, issues, (), (), ())
    write_issued(parts, issues, is_done=False)
    begin_order(opened)
    keys = registers.put([(opened.order, parts)]) | posted.keys
    return recording.record(opened, TaskEventKind.ISSUE, posted=posted, keys=keys)


def _checked(opened: Opened, draft: ReportDraft) -> _Report:
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
    _check_there(opened, good + scrapped)
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


def _check_there(opened: Opened, processed: Decimal) -> None:
    """Refuse pieces that are not here yet, in the operator's words; the ledger's lock has the last word."""
    before = opened.before
    if before is None or processed == 0:
        return
    balances = StockBalance.objects.filter(
        item_id=opened.order.item_id,
        site_id=opened.task.site_id,
        location__kind=LocationKind.WIP,
        lot__source_id=opened.order.pk,
        lot__stage=str(before.number),
    )
    there = sum(balances.values_list("quantity", flat=True), ZERO)
    if processed > there:
        raise NotThere(number=opened.name, requested=processed, there=there, before=before.name)


def _parts(opened: Opened) -> list[ManufacturingOrderComponent]:
    inputs = opened.order.components.filter(kind=BillLineKind.COMPONENT)
    return list(inputs.select_related("item__unit").order_by("line_no", "pk"))


def _issues(
    opened: Opened,
    told: _Report,
    parts: Sequence[ManufacturingOrderComponent],
    uses: Sequence[ComponentUse] | None,
) -> list[Issue]:
    task = opened.task
    if uses is not None:
        return given_issues(opened.order, parts, uses, actor=opened.actor, task=task)
    own = [part for part in parts if part.task_id == task.pk]
    processed = task.good_quantity + task.scrapped_quantity + told.good + told.scrapped
    return planned_issues(own, ordered=task.start_quantity, completed=processed)


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


def _post(
    opened: Opened,
    draft: ReportDraft,
    told: _Report,
    parts: Sequence[ManufacturingOrderComponent],
    issues: Sequence[Issue],
) -> Posted | None:
    """One posting of all that the report says; None where it moves neither stock nor cost."""
    absorbed = costs.absorbed(opened.order, opened.task, good=told.good, minutes=told.minutes, at=opened.at)
    scrap = _scrap(opened, told.scrapped)
    deposits = _deposits(opened, draft, told, parts, issues) if told.good else []
    if not (absorbed or scrap or deposits or issues):
        return None
    kind = PostingKind.COMPLETION if opened.is_last else PostingKind.OPERATION
    return _post_moves(opened, kind, issues, scrap, deposits, absorbed, reason=draft.reason)


def _post_moves(
    opened: Opened,
    kind: PostingKind,
    issues: Sequence[Issue],
    scrap: Sequence[Withdrawal],
    deposits: Sequence[Deposit],
    absorbed: Sequence[Any],
    *,
    reason: str = "",
) -> Posted:
    order, site_id = opened.order, opened.task.site_id
    production = virtual_location(site_id, LocationKind.PRODUCTION)
    return post(
        PostingDraft(
            kind=kind,
            company_id=order.company_id,
            site_id=site_id,
            effective_at=opened.at,
            source_kind=DocumentKind.MANUFACTURING_ORDER,
            source_id=order.pk,
            source_number=order.number,
            reason=reason,
        ),
        withdrawals=[*(withdrawal_of(order, one, production, site_id) for one in issues), *scrap],
        deposits=deposits,
        absorbed=absorbed,
        order_pool=OrderPool(order.item_id, order.company_id, order.pk),
        now=opened.now,
        actor=opened.actor,
    )


def _scrap(opened: Opened, quantity: Decimal) -> list[Withdrawal]:
    """What is spoiled of the work in progress; at the first operation there is none yet, only its material."""
    before = opened.before
    if before is None or quantity == 0:
        return []
    order, site_id = opened.order, opened.task.site_id
    return [
        Withdrawal(
            item_id=order.item_id,
            quantity=quantity,
            site_id=site_id,
            used_by_id=order.company_id,
            to_location_id=virtual_location(site_id, LocationKind.SCRAP),
            location_id=wip_locations([site_id])[site_id],
            lot_id=stage_lots([(order, before)])[before.pk],
            owner_id=order.company_id,
            is_correction=True,
            field="scrapped_quantity",
        )
    ]


def _deposits(
    opened: Opened,
    draft: ReportDraft,
    told: _Report,
    parts: Sequence[ManufacturingOrderComponent],
    issues: Sequence[Issue],
) -> list[Deposit]:
    order, task, before = opened.order, opened.task, opened.before
    wip = wip_locations([task.site_id])[task.site_id]
    source = virtual_location(task.site_id, LocationKind.PRODUCTION) if before is None else wip
    # The last one takes out of a stage and has none of its own.
    stages = [step for step in (before, None if opened.is_last else task) if step is not None]
    lot_ids = stage_lots([(order, step) for step in stages])
    from_lot = None if before is None else lot_ids[before.pk]
    if opened.is_last:
        goods = Goods(
            quantity=told.good,
            lot_numbers=told.lot_numbers,
            on=local_date(opened.at, task.work_center.site.time_zone),
            expires_on=draft.expires_on,
            location_id=draft.location_id,
        )
        part = costs.finished_part(order, opened.tasks, parts, issues, finished=told.good)
        return deposits_of(order, goods, source, part, from_lot_id=from_lot)
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


def _write(
    opened: Opened,
    draft: ReportDraft,
    told: _Report,
    parts: list[ManufacturingOrderComponent],
    issues: Sequence[Issue],
    posted: Posted | None,
) -> Done:
    order, task = opened.order, opened.task
    save_task(opened)
    is_completion = opened.is_last and posted is not None and (told.good > 0 or told.scrapped > 0)
    if is_completion:
        assert posted is not None
        write_completion(order, told.good, told.scrapped, posted, site_id=task.site_id, at=opened.at)
    else:
        begin_order(opened)
    is_done = order.state == rules.State.DONE
    write_issued(parts, issues, is_done=is_done)
    if is_done:
        end_tasks(opened)
    if opened.leg_id is not None and told.good:
        legs.offer(opened.leg_id, task.good_quantity, actor=opened.actor)
    _accept(opened, told, posted)

    keys = registers.put([(order, parts)]) | (posted.keys if posted else frozenset())
    if is_completion:
        events.record_order("completed", order, actor=opened.actor)
    return recording.record(
        opened,
        TaskEventKind.REPORT,
        good=told.good,
        scrapped=told.scrapped,
        rework=told.rework,
        minutes=told.minutes,
        reason=draft.reason.strip(),
        posted=posted,
        keys=keys,
    )


def save_task(opened: Opened) -> None:
    """Write what a report or its undoing changes of a task."""
    task = opened.task
    task.version += 1
    task.save(
        update_fields=[
            *("good_quantity", "scrapped_quantity", "rework_quantity", "spent_minutes"),
            *("state", "started_at", "resumed_at", "done_at", "version"),
        ]
    )


def end_tasks(opened: Opened) -> None:
    """The order is done, so all of its operations are."""
    for task in opened.tasks:
        if task.state in {TaskState.WAITING, TaskState.READY, TaskState.RUNNING, TaskState.PAUSED}:
            task.state, task.done_at, task.resumed_at = TaskState.DONE, opened.at, None
            task.version += 1
            task.save(update_fields=["state", "done_at", "resumed_at", "version"])


def _accept(opened: Opened, told: _Report, posted: Posted | None) -> None:
    """A service's report is the receipt of its order."""
    task = opened.task
    if opened.service is None or posted is None or task.purchase_line_id is None:
        return
    services.accept(
        opened.service,
        services.Acceptance(
            line_id=task.purchase_line_id,
            good_quantity=told.good,
            rejected_quantity=told.scrapped,
            posting_id=posted.posting_id,
            number=posted.number,
            received_at=opened.at,
        ),
        actor=opened.actor,
    )
