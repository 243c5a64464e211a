"""Ending manufacturing orders: closed short, or canceled before anything was reported."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, LotKind, PostingKind
from inventory.drafts import LevelKey, OrderPool, PostingDraft, Withdrawal
from inventory.models import StockBalance
from inventory.selectors.places import virtual_location
from inventory.services.posting import post, write_off
from production import events, locks, rules
from production.choices import OPEN_TASK_STATES, TaskState
from production.choices import ManufacturingOrderState as State
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step
from production.services import below, places, registers
from production.services.access import require_planner


@service
def close(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> ManufacturingOrder:
    """End an order as it is: what is open is released; work in progress is scrapped, the cost left is written off.

    Locks its legs and services, the order, then what the ledger needs. Emits `manufacturing_order.closed`.

    :raises InvalidInput: without a reason while something is open.
    :raises WrongState: when it is closed or canceled already.
    :raises GoodsOnTheWay: when work in progress is on its way between two sites: receive or settle it first.
    """
    below.lock(order_id)
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
    """Take an order back on which nothing is reported, with its legs and services. Locks all of them.

    Emits `manufacturing_order.canceled`.

    :raises WrongState: once something is reported: take it back first, or close the order.
    """
    below.lock(order_id)
    order = locks.order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.CANCEL, number=order.number)
    return _end(order, State.CANCELED, reason.strip(), "canceled", now=now, actor=actor)


def _end(
    order: ManufacturingOrder, state: State, reason: str, verb: str, *, now: datetime, actor: Any
) -> ManufacturingOrder:
    """The caller holds the order's lock, and of what stands below it."""
    ended = below.end(order.pk, reason=reason, now=now, actor=actor)
    scrapped = _scrap_work(order, f"{order.number} {verb}: {reason}".rstrip(": "), now=now, actor=actor)
    write_off(
        OrderPool(order.item_id, order.company_id, order.pk),
        _draft(order, order.site_id, f"{order.number} {verb}: {reason}".rstrip(": "), now),
        now=now,
        actor=actor,
    )
    end_tasks(order)

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
    events.record_order(verb, order, keys=registers.put([(order, parts)]) | scrapped | ended, actor=actor)
    return order


def end_tasks(order: ManufacturingOrder) -> None:
    """What is not done of its tasks is not done any more; the caller holds the order's lock."""
    order.tasks.filter(state__in=OPEN_TASK_STATES).update(
        state=TaskState.CANCELED, resumed_at=None, version=F("version") + 1
    )


def _scrap_work(order: ManufacturingOrder, reason: str, *, now: datetime, actor: Any) -> frozenset[LevelKey]:
    """Scrap what is left of the order's work in progress, in one posting for each site; its cost stays in the pool."""
    keys: frozenset[LevelKey] = frozenset()
    left = StockBalance.objects.filter(
        item_id=order.item_id,
        lot__kind=LotKind.WIP,
        lot__source_kind=DocumentKind.MANUFACTURING_ORDER,
        lot__source_id=order.pk,
        location__kind=LocationKind.WIP,
        quantity__gt=0,
    )
    by_site: dict[int, list[StockBalance]] = {}
    for balance in left.order_by("site_id", "pk"):
        by_site.setdefault(balance.site_id, []).append(balance)
    for site_id, balances in by_site.items():
        scrap_id = virtual_location(site_id, LocationKind.SCRAP)
        posted = post(
            _draft(order, site_id, reason, now),
            withdrawals=[_scrapped(order, balance, scrap_id) for balance in balances],
            order_pool=OrderPool(order.item_id, order.company_id, order.pk),
            now=now,
            actor=actor,
        )
        keys |= posted.keys
    return keys


def _scrapped(order: ManufacturingOrder, balance: StockBalance, scrap_id: int) -> Withdrawal:
    return Withdrawal(
        item_id=order.item_id,
        quantity=balance.quantity,
        site_id=balance.site_id,
        used_by_id=order.company_id,
        to_location_id=scrap_id,
        location_id=balance.location_id,
        lot_id=balance.lot_id,
        owner_id=balance.owner_id,
        is_correction=True,
    )


def _draft(order: ManufacturingOrder, site_id: int, reason: str, now: datetime) -> PostingDraft:
    return PostingDraft(
        kind=PostingKind.DISCREPANCY,
        company_id=order.company_id,
        site_id=site_id,
        effective_at=now,
        source_kind=DocumentKind.MANUFACTURING_ORDER,
        source_id=order.pk,
        source_number=order.number,
        reason=reason,
    )
