"""Completing manufacturing orders: components go in, good ones come out, both in one posting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from core.clock import local_date
from core.dates import check_dates, happened_at
from core.errors import InvalidInput
from core.quantities import check_quantity, to_decimal
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind, Tracking
from inventory.drafts import Deposit, OrderPool, Posted, PostingDraft, Withdrawal
from inventory.selectors.ordering import Place, check_places
from inventory.selectors.places import receipt_location, virtual_location
from inventory.services.orders.blocking import refuse_blocked
from inventory.services.posting import post
from production import events, locks, rules
from production.choices import BillLineKind, OrderKind
from production.drafts import Completed, CompletionDraft, OutputDraft
from production.errors import OverCompletion
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent, Task
from production.rules import Step, Use
from production.services import lots, outputs, places, registers, subject
from production.services.access import require_reporter
from production.services.manufacturing_orders.issuing import Issue, given_issues, planned_issues
from production.services.outputs import Beside
from production.services.steps import at_once, costs

ZERO = Decimal(0)

_ADD_ISSUED = """
UPDATE production_manufacturingordercomponent AS component
SET posted_quantity = component.posted_quantity + given.quantity, closed_quantity = given.closed
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS given(id, quantity, closed)
WHERE component.id = given.id
"""


@dataclass(frozen=True)
class Goods:
    """Good ones as they go into stock, and their lots: none, one, or a serial number each.

    `outputs` is what came out beside them (None: as planned).
    """

    quantity: Decimal
    lot_numbers: Sequence[str]
    on: date
    expires_on: date | None = None
    outputs: Sequence[OutputDraft] | None = None


@dataclass(frozen=True)
class _Report:
    """A checked report."""

    quantity: Decimal
    scrapped_quantity: Decimal
    lot_numbers: Sequence[str]
    effective_at: datetime
    on: date


@service
def complete(order_id: int, draft: CompletionDraft, *, now: datetime, actor: Any) -> Completed:
    """Report good and scrapped ones: issue the components, take the good ones into stock with their part of the cost.

    Only good ones meet the order; the last of them settles what is left of the components and of the cost. An order
    with operations goes through all of them at once, with the time that they take by plan. Locks the order, then what
    the ledger needs. Emits `manufacturing_order.completed`.

    :raises WrongState: unless it is released and not blocked; when its operations are at several sites, or work in
        progress stands between them: then each is reported by itself.
    :raises OverCompletion: when more is reported good than is open.
    :raises InsufficientStock, InsufficientStocks: naming each component, what it asked and what is there.
    :raises InvalidInput: naming each field that is wrong.
    """
    order = locks.order(order_id)
    require_reporter(actor, order)
    rules.check(order.state, Step.COMPLETE, number=order.number)
    refuse_blocked(order)
    report = _checked(order, draft, now=now)
    tasks = at_once.tasks_of(order)

    inputs = order.components.filter(kind=BillLineKind.COMPONENT)
    parts = list(inputs.select_related("item__unit").order_by("line_no", "pk"))
    completed = order.posted_quantity + report.quantity
    if draft.components is None:
        gone = order.scrapped_quantity + report.scrapped_quantity
        issues = planned_issues(order, parts, ordered=order.quantity, completed=completed, gone=gone)
    else:
        issues = given_issues(order, parts, draft.components, actor=actor)
    at_once.count(tasks, report.quantity, report.scrapped_quantity)
    posted = _post(order, draft, report, parts, issues, tasks, now=now, actor=actor)

    completion = _write(order, report, parts, issues, posted)
    at_once.write(order, tasks, completion, actor=actor)
    if report.quantity:
        subject.free(order)
    keys = registers.put([(order, parts)]) | posted.keys
    events.record_order("completed", order, keys=keys, actor=actor)
    return Completed(order, completion, posted)


def _checked(order: ManufacturingOrder, draft: CompletionDraft, *, now: datetime) -> _Report:
    unit = order.item.unit
    quantity = none_or_more(draft.quantity, "quantity", unit.decimals, unit.code)
    scrapped = none_or_more(draft.scrapped_quantity, "scrapped_quantity", unit.decimals, unit.code)
    if quantity == 0 and scrapped == 0:
        raise InvalidInput(errors={"quantity": "Report at least one good or scrapped."})
    open_quantity = order.quantity - order.posted_quantity - order.closed_quantity
    if quantity > open_quantity:
        raise OverCompletion(
            number=order.number,
            item=order.item.sku,
            requested=quantity,
            open_quantity=open_quantity,
            ordered=order.quantity,
        )
    effective_at = happened_at(draft.effective_at, now=now)
    check_dates({"expires_on": draft.expires_on})
    return _Report(
        quantity,
        scrapped,
        lot_numbers(order, draft, quantity),
        effective_at,
        local_date(effective_at, order.site.time_zone),
    )


def none_or_more(value: object, field: str, decimals: int, unit: str) -> Decimal:
    """:raises InvalidInput: for a quantity below 0, or with more decimals than its unit has."""
    number = to_decimal(value, field=field)
    return number if number == 0 else check_quantity(number, decimals=decimals, unit=unit, field=field)


def lot_numbers(order: ManufacturingOrder, draft: CompletionDraft, quantity: Decimal) -> list[str]:
    """The lots to fill: none, one, or a serial number for each good one; none of what is taken apart."""
    if order.kind == OrderKind.DISASSEMBLY:
        return []
    serials = [number.strip() for number in draft.serial_numbers]
    lot = draft.lot_number.strip() or order.lot_number
    tracking = order.item.tracking
    if tracking == Tracking.NONE:
        if draft.lot_number.strip() or serials:
            raise InvalidInput(errors={"lot": f"{order.item.sku} is not tracked by lot or serial number."})
        return []
    if quantity == 0:
        return []
    if tracking == Tracking.LOT:
        if not lot:
            raise InvalidInput(errors={"lot": f"{order.item.sku} is tracked by lot; name the lot."})
        return [lot]
    if not serials and quantity == 1 and lot:
        serials = [lot]
    if len(serials) != quantity or len({number.lower() for number in serials}) < len(serials) or "" in serials:
        text = f"{order.item.sku} is tracked by serial number; name {quantity} different ones, not {len(serials)}."
        raise InvalidInput(errors={"serial_numbers": text})
    return serials


def _post(
    order: ManufacturingOrder,
    draft: CompletionDraft,
    report: _Report,
    parts: Sequence[ManufacturingOrderComponent],
    issues: Sequence[Issue],
    tasks: Sequence[Task],
    *,
    now: datetime,
    actor: Any,
) -> Posted:
    production = virtual_location(order.site_id, LocationKind.PRODUCTION)
    return post(
        PostingDraft(
            kind=PostingKind.COMPLETION,
            company_id=order.company_id,
            site_id=order.site_id,
            effective_at=report.effective_at,
            source_kind=DocumentKind.MANUFACTURING_ORDER,
            source_id=order.pk,
            source_number=order.number,
        ),
        withdrawals=[withdrawal_of(order, issue, production, order.site_id) for issue in issues],
        deposits=_deposits(order, draft, report, parts, issues, tasks, production),
        absorbed=at_once.absorbed(order, tasks, report.quantity + report.scrapped_quantity, at=report.effective_at),
        order_pool=OrderPool(order.item_id, order.company_id, order.pk),
        now=now,
        actor=actor,
    )


def withdrawal_of(order: ManufacturingOrder, issue: Issue, production: int, site_id: int) -> Withdrawal:
    """What is used of a component at a site; pieces to repair come out of their lot, blocked as it is."""
    is_subject = subject.is_of(order, issue.component)
    return Withdrawal(
        item_id=issue.component.item_id,
        quantity=issue.quantity,
        site_id=site_id,
        used_by_id=order.company_id,
        to_location_id=production,
        location_id=issue.location_id,
        lot_id=issue.lot_id or (order.source_lot_id if is_subject else None),
        owner_id=issue.owner_id,
        passes_title=True,
        is_repair=is_subject and order.source_lot_id is not None,
        line_id=issue.component.pk,
        field=issue.field,
    )


def _deposits(
    order: ManufacturingOrder,
    draft: CompletionDraft,
    report: _Report,
    parts: Sequence[ManufacturingOrderComponent],
    issues: Sequence[Issue],
    tasks: Sequence[Task],
    production: int,
) -> list[Deposit]:
    """The good ones as they go into stock: at once, or one by one where each has its number."""
    if report.quantity == 0:
        return []
    if tasks:
        part = costs.finished_part(order, tasks, parts, issues, finished=report.quantity)
    else:
        part = rules.pool_part(
            uses=_uses(parts, issues),
            ordered=order.quantity,
            completed_before=order.posted_quantity,
            quantity=report.quantity,
        )
    goods = Goods(report.quantity, report.lot_numbers, report.on, draft.expires_on, draft.outputs)
    return deposits_of(order, goods, target_of(order, draft.location_id), production, part)


@dataclass(frozen=True)
class Target:
    """Where good ones go, and the demand that they are made for (None: for stock)."""

    location_id: int
    demand_id: int | None


def target_of(order: ManufacturingOrder, location_id: int | None = None) -> Target:
    """The place named, else the one where receipts of the item go.

    :raises InvalidInput: when goods can't be kept at the place named, or there is none.
    """
    if location_id is not None:
        check_places([Place("quantity", order.site_id, location_id, order.item_id, None)])
    location = location_id or receipt_location(order.item_id, order.site_id, order.company_id)
    return Target(location, registers.pegged_demand_id(order))


def deposits_of(
    order: ManufacturingOrder,
    goods: Goods,
    target: Target,
    source_id: int,
    pool_part: tuple[Decimal, Decimal],
    *,
    from_lot_id: int | None = None,
) -> list[Deposit]:
    """Good ones out of production, or out of a lot of work in progress, with their part of the order's cost.

    Of what is taken apart only what comes out of it.
    """
    beside = outputs.take(
        order,
        goods.quantity,
        given=goods.outputs,
        on=goods.on,
        lot_number=next(iter(goods.lot_numbers), ""),
    )
    if order.kind == OrderKind.DISASSEMBLY:
        return [*beside.by_products, *_co_products(beside, pool_part)]
    lot_ids: Sequence[int | None] = (
        subject.output_lots(order, goods.lot_numbers)
        or lots.take(order, goods.lot_numbers, began_on=goods.on, expires_on=goods.expires_on)
        or [None]
    )
    each = goods.quantity / len(lot_ids)
    part, whole = beside.share * pool_part[0] / len(lot_ids), pool_part[1]
    made = [
        Deposit(
            item_id=order.item_id,
            quantity=each,
            site_id=order.site_id,
            location_id=target.location_id,
            owner_id=order.company_id,
            from_location_id=source_id,
            lot_id=lot_id,
            from_lot_id=from_lot_id,
            reserved_for_demand_id=target.demand_id,
            # What an earlier one of these took is gone from the pool, and from the whole with it.
            pool_part=(part, whole - place * part),
        )
        for place, lot_id in enumerate(lot_ids)
    ]
    return [*beside.by_products, *made, *_co_products(beside, pool_part)]


def _co_products(beside: Beside, pool_part: tuple[Decimal, Decimal]) -> list[Deposit]:
    """Each with its share of the cost that goes with the report; what went before is gone from the whole.

    The last takes the rest, so that shares which are no decimals leave nothing.
    """
    part, whole = pool_part
    left = part - beside.share * part
    whole -= beside.share * part
    deposits = []
    for place, (deposit, share) in enumerate(beside.co_products, start=1):
        own = left if place == len(beside.co_products) else share * part
        deposits.append(replace(deposit, pool_part=(own, whole) if whole else (Decimal(0), Decimal(1))))
        left, whole = left - own, whole - own
    return deposits


def _uses(parts: Sequence[ManufacturingOrderComponent], issues: Sequence[Issue]) -> list[Use]:
    """Needs and issued quantities, with what this report issues."""
    issued = {component.pk: component.posted_quantity for component in parts}
    for issue in issues:
        issued[issue.component.pk] = issued.get(issue.component.pk, ZERO) + issue.quantity
    return [Use(component.quantity, issued[component.pk]) for component in parts]


def _write(
    order: ManufacturingOrder,
    report: _Report,
    parts: list[ManufacturingOrderComponent],
    issues: Sequence[Issue],
    posted: Posted,
) -> Completion:
    """The order, its components and the report itself; `parts` are brought up to date for the registers."""
    completion = write_completion(
        order,
        report.quantity,
        report.scrapped_quantity,
        posted,
        site_id=order.site_id,
        at=report.effective_at,
    )
    write_issued(parts, issues, is_done=order.state == rules.State.DONE)
    return completion


def write_completion(
    order: ManufacturingOrder, good: Decimal, scrapped: Decimal, posted: Posted, *, site_id: int, at: datetime
) -> Completion:
    """The order after good ones went into stock (or pieces were lost at its last step), and the report of it.

    The caller holds the order's lock.
    """
    count_completion(order, good, scrapped, at=at)
    save_completed(order)
    completion = completion_of(order, good, scrapped, posted, site_id=site_id, at=at)
    completion.save(force_insert=True)
    return completion


def count_completion(order: ManufacturingOrder, good: Decimal, scrapped: Decimal, *, at: datetime) -> None:
    """Bring the order up to date, unsaved."""
    order.posted_quantity += good
    order.scrapped_quantity += scrapped
    order.started_at = order.started_at or at
    order.state = rules.state_of(ordered=order.quantity, completed=order.posted_quantity, has_reports=True)
    order.done_at = at if order.state == rules.State.DONE else None


def save_completed(order: ManufacturingOrder) -> None:
    """Write what completions changed of the order; done, it has no rank any more."""
    order.version += 1
    order.save(update_fields=["posted_quantity", "scrapped_quantity", "started_at", "state", "done_at", "version"])
    if order.state == rules.State.DONE:
        places.follow(order)


def completion_of(
    order: ManufacturingOrder, good: Decimal, scrapped: Decimal, posted: Posted, *, site_id: int, at: datetime
) -> Completion:
    """The report of good ones (or of pieces lost at the last step), unsaved."""
    return Completion(
        company_id=order.company_id,
        site_id=site_id,
        order=order,
        posting_id=posted.posting_id,
        number=posted.number,
        completed_at=at,
        quantity=good,
        scrapped_quantity=scrapped,
    )


def write_issued(parts: list[ManufacturingOrderComponent], issues: Sequence[Issue], *, is_done: bool) -> None:
    """Count what was issued of the components and write it; see `count_issued` and `save_issued`."""
    count_issued(parts, issues)
    save_issued(parts, issues, is_done=is_done)


def count_issued(parts: list[ManufacturingOrderComponent], issues: Sequence[Issue]) -> None:
    """Add to what was issued of the components, unsaved. Quantities below 0 take back.

    Components that `issues` name and `parts` do not have yet are appended to `parts`.
    """
    known = {component.pk: component for component in parts}
    for issue in issues:
        if issue.component.pk not in known:
            known[issue.component.pk] = issue.component
            parts.append(issue.component)
        known[issue.component.pk].posted_quantity += issue.quantity


def save_issued(parts: Sequence[ManufacturingOrderComponent], issues: Sequence[Issue], *, is_done: bool) -> None:
    """Write what was counted, in one statement; of a done order the rest is released."""
    difference = {component.pk: ZERO for component in parts}
    for issue in issues:
        difference[issue.component.pk] += issue.quantity
    for component in parts:
        rest = max(component.quantity - component.posted_quantity, ZERO)
        component.closed_quantity = rest if is_done else ZERO
    closed = [component.closed_quantity for component in parts]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_ISSUED, [list(difference), list(difference.values()), closed])
