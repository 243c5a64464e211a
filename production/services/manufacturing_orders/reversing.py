"""Taking a report back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.errors import NotFound, WrongState
from core.transactions import service
from inventory.choices import LocationKind
from inventory.drafts import Posted
from inventory.models import StockMove
from inventory.services import reversal
from production import events, locks, rules
from production.drafts import Completed
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step
from production.services import registers
from production.services.access import require_reporter
from production.services.manufacturing_orders.completing import write_issued
from production.services.manufacturing_orders.issuing import Issue


@service
def reverse(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> Completed:
    """Take the latest report of an order back: good ones leave stock, components return, cost with them.

    Locks the order, then what the ledger needs. Emits `manufacturing_order.reversed`.

    :raises WrongState: when nothing is reported, or the order is closed.
    :raises ReversalBlocked: naming what took the good ones meanwhile.
    """
    order = locks.order(order_id)
    require_reporter(actor, order)
    latest = order.completions.filter(reversed_at=None).order_by("-pk").first()
    return _take_back(order, latest, reason=reason, now=now, actor=actor)


@service
def undo_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """The same for the report that a posting tells of, be it the latest or not; for `inventory.services.undo`.

    :raises NotFound: when no report is told by that posting.
    """
    completion = Completion.objects.filter(posting_id=posting_id).first()
    if completion is None:
        raise NotFound("There is no report of a manufacturing order with that posting.")
    order = locks.order(completion.order_id)
    require_reporter(actor, order)
    return _take_back(order, completion, reason="", now=now, actor=actor).posted


def _take_back(
    order: ManufacturingOrder, completion: Completion | None, *, reason: str, now: datetime, actor: Any
) -> Completed:
    """The caller holds the order's lock."""
    rules.check(order.state, Step.REVERSE, number=order.number)
    if completion is None:
        raise WrongState(f"{order.number} has no report to take back.")

    posted = reversal.reverse(completion.posting_id, now=now, actor=actor, reason=reason)

    parts = list(order.components.select_related("item__unit").order_by("line_no", "pk"))
    _write(order, completion, parts, now=now)
    keys = registers.put([(order, parts)]) | posted.keys
    events.record_order("reversed", order, keys=keys, actor=actor)
    return Completed(order, completion, posted)


def _write(
    order: ManufacturingOrder, completion: Completion, parts: list[ManufacturingOrderComponent], *, now: datetime
) -> None:
    completion.reversed_at = now
    completion.save(update_fields=["reversed_at"])
    order.posted_quantity -= completion.quantity
    order.scrapped_quantity -= completion.scrapped_quantity
    has_reports = order.completions.filter(reversed_at=None).exists()
    order.state = rules.state_of(ordered=order.quantity, completed=order.posted_quantity, has_reports=has_reports)
    order.started_at = order.started_at if has_reports else None
    order.done_at = None
    order.version += 1
    order.save(update_fields=["posted_quantity", "scrapped_quantity", "state", "started_at", "done_at", "version"])
    issued = _issued(completion.posting_id)
    write_issued(parts, [Issue(component, -issued.get(component.pk, Decimal(0))) for component in parts], is_done=False)


def _issued(posting_id: int) -> dict[int, Decimal]:
    """What a report issued, by component; a consigned part also changed its owner first, which is not counted."""
    moves = StockMove.objects.filter(
        posting_id=posting_id, to_location__kind=LocationKind.PRODUCTION, line_id__isnull=False
    )
    totals = moves.order_by().values("line_id").annotate(total=Sum("quantity")).values_list("line_id", "total")
    return {line_id: total for line_id, total in totals if line_id is not None}
