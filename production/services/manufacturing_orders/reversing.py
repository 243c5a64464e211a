"""Taking a report back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.errors import NotFound, WrongState
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.drafts import Posted
from inventory.models import Posting, StockMove
from inventory.services import reversal
from production import events, locks, rules
from production.choices import ManufacturingOrderState as State
from production.choices import TaskEventKind, TaskState
from production.drafts import Completed
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent, TaskEvent
from production.rules import Step
from production.services import below, places, registers, subject
from production.services.access import require_reporter
from production.services.manufacturing_orders.completing import write_issued
from production.services.manufacturing_orders.issuing import Issue
from production.services.tasks import undoing
from production.services.tasks.drafts import Doing, Done


@service
def reverse(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> Completed:
    """Take the latest posting of an order back: good ones leave stock, components return, cost with them.

    Of a closed order the latest may be what was written off; either way the order is open again. Locks its legs and
    services, the order, then what the ledger needs. Emits `manufacturing_order.reversed`, and `task.undone` of a task.

    :raises WrongState: when nothing is posted.
    :raises ReversalBlocked: naming what took the good ones meanwhile.
    """
    below.lock(order_id)
    order = locks.order(order_id)
    require_reporter(actor, order)
    rules.check(order.state, Step.REVERSE, number=order.number)
    posting_id = _latest(order)
    if posting_id is None:
        raise WrongState(f"{order.number} has nothing to take back.")
    return take_back(order, posting_id, reason=reason, by=Doing(), now=now, actor=actor)[0]


@service
def undo_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """The same for one posting of an order, be it the latest or not; for `inventory.services.undo`.

    :raises NotFound: when no order has such a posting.
    :raises WrongState: while the cost of a closed order is written off: that goes back first.
    """
    posting = Posting.objects.filter(pk=posting_id, source_kind=DocumentKind.MANUFACTURING_ORDER).first()
    if posting is None or posting.source_id is None:
        raise NotFound("There is no posting of a manufacturing order with that id.")
    below.lock(posting.source_id)
    order = locks.order(posting.source_id)
    require_reporter(actor, order)
    rules.check(order.state, Step.REVERSE, number=order.number)
    if _standing_write_off(order) not in {None, posting_id}:
        raise WrongState(f"{order.number} is closed and its cost written off; take that back first.")
    return take_back(order, posting_id, reason="", by=Doing(), now=now, actor=actor)[0].posted


def _latest(order: ManufacturingOrder) -> int | None:
    """The latest posting that stands: of a closed order what was written off, else a report or an issue."""
    return _standing(order).order_by("-pk").values_list("pk", flat=True).first()


def _standing(order: ManufacturingOrder) -> QuerySet[Posting]:
    """The postings of an order that are no reversals and were not reversed."""
    postings = Posting.objects.filter(source_kind=DocumentKind.MANUFACTURING_ORDER, source_id=order.pk)
    undone = postings.filter(reverses__isnull=False).values_list("reverses_id", flat=True)
    return postings.filter(reverses=None).exclude(pk__in=list(undone))


def _standing_write_off(order: ManufacturingOrder) -> int | None:
    """The posting that wrote the cost of a closed order off, where there is one."""
    if order.state != State.CLOSED:
        return None
    standing = _standing(order).filter(kind=PostingKind.DISCREPANCY)
    return standing.order_by("-pk").values_list("pk", flat=True).first()


def take_back(
    order: ManufacturingOrder, posting_id: int, *, reason: str, by: Doing, now: datetime, actor: Any
) -> tuple[Completed, list[Done]]:
    """Reverse a posting of the order and all that it counted, at its tasks too; returns what became of these.

    The caller holds the locks of the order and of what stands below it.
    """
    completion = order.completions.filter(posting_id=posting_id).first()

    held_for = registers.pegged_demand_id(order)
    posted = reversal.reverse(posting_id, held_for_demand_id=held_for, now=now, actor=actor, reason=reason)

    again = below.resume(order.pk, actor=actor) if order.state == State.CLOSED else frozenset()
    parts = list(order.components.select_related("item__unit").order_by("line_no", "pk"))
    if completion is not None:
        _open_again(order, completion, now=now)
        subject.hold_again(order)
    issued = _issued(posting_id)
    back = [Issue(component, -issued.get(component.pk, Decimal(0))) for component in parts]
    done = undoing.uncount_posting(order, posting_id, posted, by=by, now=now, actor=actor)
    _write(order, parts, back)
    _open_tasks(order)
    keys = registers.put([(order, parts)]) | posted.keys | again
    events.record_order("reversed", order, keys=keys, actor=actor)
    return Completed(order, completion, posted), done


def _open_tasks(order: ManufacturingOrder) -> None:
    """What ended with the order, or by itself when the order was done, is open again where it was not through."""
    order.tasks.filter(state=TaskState.CANCELED).update(state=TaskState.WAITING)
    order.tasks.filter(state=TaskState.DONE, good_quantity=0, scrapped_quantity=0).update(
        state=TaskState.WAITING, done_at=None
    )


def _open_again(order: ManufacturingOrder, completion: Completion, *, now: datetime) -> None:
    completion.reversed_at = now
    completion.save(update_fields=["reversed_at"])
    order.posted_quantity -= completion.quantity
    order.scrapped_quantity -= completion.scrapped_quantity
    order.done_at = None


def _write(order: ManufacturingOrder, parts: list[ManufacturingOrderComponent], back: Sequence[Issue]) -> None:
    has_reports = order.completions.filter(reversed_at=None).exists() or _is_begun(order)
    order.state = rules.state_of(ordered=order.quantity, completed=order.posted_quantity, has_reports=has_reports)
    order.started_at = order.started_at if has_reports else None
    order.closed_quantity, order.close_reason = Decimal(0), ""
    order.version += 1
    order.save(
        update_fields=[
            *("posted_quantity", "scrapped_quantity", "closed_quantity", "close_reason"),
            *("state", "started_at", "done_at", "version"),
        ]
    )
    places.follow(order)
    write_issued(parts, back, is_done=order.state == State.DONE)


def _is_begun(order: ManufacturingOrder) -> bool:
    """Whether something was done at its tasks that stands."""
    events = TaskEvent.objects.filter(order=order, reversed_by=None)
    return events.exclude(kind__in=(TaskEventKind.UNDO, TaskEventKind.ASSIGN)).exists()


def _issued(posting_id: int) -> dict[int, Decimal]:
    """What a report issued, by component, or brought of what comes out beside the made item.

    A consigned part also changed its owner first, which is not counted.
    """
    outside = Q(to_location__kind=LocationKind.PRODUCTION) | Q(from_location__kind=LocationKind.PRODUCTION)
    moves = StockMove.objects.filter(outside, posting_id=posting_id, line_id__isnull=False)
    totals = moves.order_by().values("line_id").annotate(total=Sum("quantity")).values_list("line_id", "total")
    return {line_id: total for line_id, total in totals if line_id is not None}
