"""Ending manufacturing orders: closed short, or canceled before anything was reported."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DocumentKind, PostingKind
from inventory.drafts import OrderPool, PostingDraft
from inventory.services.posting import write_off
from production import events, locks, rules
from production.choices import ManufacturingOrderState as State
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step
from production.services import places, registers
from production.services.access import require_planner


@service
def close(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> ManufacturingOrder:
    """End an order as it is: what is open is released, what cost is left in it is written off.

    Locks the order and its cost pool. Emits `manufacturing_order.closed`.

    :raises InvalidInput: without a reason while something is open.
    :raises WrongState: when it is closed or canceled already.
    """
    order = locks.order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.CLOSE, number=order.number)
    rest = max(order.quantity - order.posted_quantity - order.closed_quantity, Decimal(0))
    if rest > 0 and not reason.strip():
        raise InvalidInput(errors={"reason": f"{rest.normalize():f} are open; say why the order is closed short."})
    order.closed_quantity += rest
    return _end(order, State.CLOSED, reason.strip(), "closed", now=now, actor=actor)


@service
def cancel(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> ManufacturingOrder:
    """Take an order back on which nothing is reported. Locks the order. Emits `manufacturing_order.canceled`.

    :raises WrongState: once something is reported: take it back first, or close the order.
    """
    order = locks.order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.CANCEL, number=order.number)
    return _end(order, State.CANCELED, reason.strip(), "canceled", now=now, actor=actor)


def _end(
    order: ManufacturingOrder, state: State, reason: str, verb: str, *, now: datetime, actor: Any
) -> ManufacturingOrder:
    """The caller holds the order's lock."""
    write_off(
        OrderPool(order.item_id, order.company_id, order.pk),
        PostingDraft(
            kind=PostingKind.DISCREPANCY,
            company_id=order.company_id,
            site_id=order.site_id,
            effective_at=now,
            source_kind=DocumentKind.MANUFACTURING_ORDER,
            source_id=order.pk,
            source_number=order.number,
            reason=f"{order.number} {verb}: {reason}".rstrip(": "),
        ),
        now=now,
        actor=actor,
    )

    order.state = state
    order.close_reason = reason
    order.version += 1
    order.save(update_fields=["state", "close_reason", "closed_quantity", "version"])
    places.follow(order)
    parts = list(order.components.order_by("line_no", "pk"))
    for component in parts:
        component.closed_quantity = max(component.quantity - component.posted_quantity, Decimal(0))
        component.close_reason = reason
    ManufacturingOrderComponent.objects.bulk_update(parts, ["closed_quantity", "close_reason"])
    events.record_order(verb, order, keys=registers.put([(order, parts)]), actor=actor)
    return order
