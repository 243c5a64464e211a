"""Shipping sales orders, and taking a shipment back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.dates import happened_at
from core.errors import plain
from core.transactions import service
from inventory.choices import DemandKind, DocumentKind, LocationKind, PostingKind
from inventory.drafts import LevelKey, Posted, PostingDraft, Withdrawal
from inventory.selectors.counted_on import losses
from inventory.selectors.ordering import Place, check_places
from inventory.selectors.places import virtual_location
from inventory.services import ranks
from inventory.services.orders.blocking import refuse_blocked
from inventory.services.posting import post
from inventory.services.reversal import reverse as reverse_posting
from sales import events, rules
from sales.choices import SalesOrderState
from sales.drafts import Planned, ShipDraft, Shipped
from sales.errors import NothingToReverse
from sales.locks import lock_order
from sales.models import SalesOrder, Shipment, ShipmentLine
from sales.rules import Step
from sales.services import demands
from sales.services.access import require_writer
from sales.services.sales_orders import shipping_sql
from sales.services.sales_orders.planning import plan
from sales.services.sales_orders.shipping_sql import Change, OpenLine


@service
def ship(order_id: int, draft: ShipDraft | None = None, *, now: datetime, actor: Any) -> Shipped:
    """Ship what is named, or all that is open at the one site, in one posting; who works at that site may.

    Stock that another order counted on may be taken; the warnings name who did. Consigned
    stock first becomes the seller's, at the agreement's price. Locks the order, then the balances and cost pools.
    Emits `sales_order.shipped`.

    :raises WrongState, DocumentBlocked: when the order is not open, or blocked.
    :raises InvalidInput: naming the field.
    :raises OverShipment: more than is open.
    :raises InsufficientStock, LotBlocked, PeriodClosed: as the ledger says.
    """
    draft = draft or ShipDraft()
    happened_at(draft.effective_at, now=now)

    order = lock_order(order_id)
    _check_may_ship(order)
    lines = shipping_sql.lines_of(order)
    site_id, parts = plan(order, lines, draft)
    require_writer(actor, order, site_id)
    check_places([Place(part.field, site_id, part.location_id, part.item_id, part.lot_id) for part in parts])

    warnings = _warnings(order, site_id, parts)
    posted = post(
        _posting(order, site_id, draft.effective_at or now),
        withdrawals=_withdrawals(order, lines, site_id, parts),
        now=now,
        actor=actor,
    )
    shipment = _shipment(order, site_id, draft, posted, now=now)
    change = _change(order, lines, _sums((part.line_id, part.quantity) for part in parts), Step.SHIP, at=now)
    shipping_sql.ship(order, change, shipment, parts)
    if order.state not in rules.OPEN_STATES:
        ranks.follow(order.priority_id, is_open=False)
    keys = demands.put([(order, lines[line_id]) for line_id in change.differences])

    events.record_order("shipped", order, keys=posted.keys | keys, actor=actor)
    return Shipped(order, shipment, [*posted.warnings, *warnings])


@service
def reverse(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> Shipped:
    """Take the latest shipment of an order back: its goods, lots, owners and values return where they came from.

    What it had shipped is open again, so is the order. Locks the order, then balances and cost pools. Emits
    `sales_order.reversed`.

    :raises WrongState: when the order has shipped nothing.
    :raises NothingToReverse: when no shipment of it stands.
    :raises PeriodClosed: when an owner's books are closed today.
    """
    order = lock_order(order_id)
    rules.check(order.state, Step.REVERSE, number=order.number)
    shipment = Shipment.objects.filter(order=order, reversed_at=None).order_by("-pk").first()
    if shipment is None:
        raise NothingToReverse(number=order.number, what="shipment")
    require_writer(actor, order, shipment.site_id)

    posted = _take_back(order, shipment, reason=reason, now=now, actor=actor)
    return Shipped(order, shipment, list(posted.warnings))


@service
def reverse_shipment(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """As `reverse`, for the shipment that this posting tells of; `inventory.services.undo` calls it.

    :raises AlreadyReversed: when it was reversed before, or is a reversal itself.
    """
    shipment = Shipment.objects.filter(posting_id=posting_id).first()
    if shipment is None:
        return reverse_posting(posting_id, now=now, actor=actor)
    order = lock_order(shipment.order_id)
    require_writer(actor, order, shipment.site_id)
    shipment.refresh_from_db(fields=["reversed_at"])
    if shipment.reversed_at is None:
        rules.check(order.state, Step.REVERSE, number=order.number)
    return _take_back(order, shipment, reason="", now=now, actor=actor)


def _take_back(order: SalesOrder, shipment: Shipment, *, reason: str, now: datetime, actor: Any) -> Posted:
    """Reverse one shipment; the caller holds the order's lock."""
    posted = reverse_posting(shipment.posting_id, now=now, actor=actor, reason=reason)
    lines = shipping_sql.lines_of(order)
    back = _sums((part.order_line_id, -part.quantity) for part in ShipmentLine.objects.filter(shipment=shipment))
    change = _change(order, lines, back, Step.REVERSE, at=None)
    shipping_sql.take_back(order, change, shipment, at=now)
    ranks.follow(order.priority_id, is_open=order.state in rules.OPEN_STATES)
    keys = demands.put([(order, lines[line_id]) for line_id in change.differences])
    events.record_order("reversed", order, keys=posted.keys | keys, actor=actor)
    return posted


def _check_may_ship(order: SalesOrder) -> None:
    rules.check(order.state, Step.SHIP, number=order.number)
    refuse_blocked(order)


def _posting(order: SalesOrder, site_id: int, effective_at: datetime) -> PostingDraft:
    return PostingDraft(
        kind=PostingKind.SHIPMENT,
        company_id=order.company_id,
        site_id=site_id,
        effective_at=effective_at,
        source_kind=DocumentKind.SALES_ORDER,
        source_id=order.pk,
        source_number=order.number,
    )


def _withdrawals(
    order: SalesOrder, lines: Mapping[int, OpenLine], site_id: int, parts: Sequence[Planned]
) -> list[Withdrawal]:
    known = lines[parts[0].line_id].customer_location_id
    customer_place = known or virtual_location(site_id, LocationKind.CUSTOMER)
    return [
        Withdrawal(
            item_id=part.item_id,
            quantity=part.quantity,
            site_id=site_id,
            used_by_id=order.company_id,
            to_location_id=customer_place,
            location_id=part.location_id,
            lot_id=part.lot_id,
            passes_title=True,
            line_id=part.line_id,
            field=part.field,
        )
        for part in parts
    ]


def _warnings(order: SalesOrder, site_id: int, parts: Iterable[Planned]) -> list[str]:
    """Whose stock is taken, beyond what was allotted to this order."""
    parts = list(parts)
    leaving = _sums((part.item_id, part.quantity) for part in parts)
    lost = losses(
        {LevelKey(item_id, site_id, order.company_id): quantity for item_id, quantity in leaving.items()},
        kind=DemandKind.SALES_LINE,
        line_ids={part.line_id for part in parts},
    )
    return [f"{loss.document_number} counted on {plain(loss.quantity)} of the {loss.sku} that left." for loss in lost]


def _sums(quantities: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in quantities:
        sums[line_id] += quantity
    return dict(sums)


def _shipment(order: SalesOrder, site_id: int, draft: ShipDraft, posted: Posted, *, now: datetime) -> Shipment:
    return Shipment(
        company_id=order.company_id,
        site_id=site_id,
        order=order,
        posting_id=posted.posting_id,
        number=posted.number,
        shipped_at=draft.effective_at or now,
        carrier=draft.carrier,
        tracking_number=draft.tracking_number,
    )


def _change(
    order: SalesOrder,
    lines: Mapping[int, OpenLine],
    differences: dict[int, Decimal],
    step: Step,
    *,
    at: datetime | None,
) -> Change:
    """Add to the posted quantities in memory; the state follows from them."""
    for line_id, difference in differences.items():
        lines[line_id].posted_quantity += difference
    state = rules.state_after(order.state, step, lines.values())
    return Change(differences, state, at if state == SalesOrderState.SHIPPED else None)
