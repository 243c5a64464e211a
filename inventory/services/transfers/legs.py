"""Legs: transfers that carry the work in progress of a manufacturing order from one of its sites to the next.

They are made with the order, and go as far as its operations have come. Goods in them are of one system lot, never
leave the order's cost pool, and are neither demand nor supply.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.money import round_money
from inventory.choices import CostKind, DocumentKind, TransferState
from inventory.drafts import Absorbed, LevelKey, OrderPool, Withdrawal
from inventory.errors import GoodsOnTheWay
from inventory.locks import documents as locks
from inventory.models import Item, Transfer, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import in_transit, state_of
from inventory.selectors.places import wip_locations
from inventory.services.orders.numbering import number
from inventory.services.transfers import transit
from inventory.services.transfers.creating import PREFIX
from inventory.services.transfers.parts import Chosen
from inventory.services.transfers.recording import record
from sites.models import Lane

ZERO = Decimal(0)
_OVER = (TransferState.CLOSED, TransferState.CANCELED)


@dataclass(frozen=True, kw_only=True)
class LegDraft:
    """A leg to be, of `quantity` of the lot of an order's stage."""

    company_id: int
    origin_id: int
    destination_id: int
    item: Item
    quantity: Decimal
    wip_lot_id: int
    order_id: int
    priority_id: int | None
    ship_by_on: date
    expected_on: date


def plan(drafts: Sequence[LegDraft], *, actor: Any) -> list[Transfer]:
    """The legs of any number of orders, PLANNED, in a fixed number of statements; the caller holds their locks."""
    if not drafts:
        return []
    legs = [_leg(draft, actor) for draft in drafts]
    number(legs, [""] * len(legs), series=PREFIX)
    Transfer.objects.bulk_create(legs)
    TransferLine.objects.bulk_create([_line(draft, leg) for draft, leg in zip(drafts, legs, strict=True)])
    return legs


def of_order(order_id: int) -> list[int]:
    """The ids of an order's legs that are not over, in order."""
    return list(_of(order_id).exclude(state__in=_OVER).order_by("pk").values_list("pk", flat=True))


def ended_of_order(order_id: int) -> list[int]:
    """The ids of an order's legs that are over, in order."""
    return list(_of(order_id).filter(state__in=_OVER).order_by("pk").values_list("pk", flat=True))


def _of(order_id: int) -> QuerySet[Transfer]:
    legs = Transfer.objects.filter(source_kind=DocumentKind.MANUFACTURING_ORDER, source_id=order_id)
    return legs.filter(lines__wip_lot__isnull=False)


def offer(transfer_id: int, quantity: Decimal, *, actor: Any) -> Transfer:
    """So many in all are through with the operation before, so this is what the leg is about; it is CONFIRMED.

    Locks the leg, which goes before its order. More that comes through later opens a received one again; fewer, after
    a report was taken back, never falls below what was sent. Emits `transfer.changed`.
    """
    transfer = locks.transfer(transfer_id)
    line = transfer.lines.get()
    line.quantity = line.ordered_quantity = max(quantity, line.posted_quantity, line.closed_quantity)
    if line.quantity == 0:
        return transfer
    line.save(update_fields=["quantity", "ordered_quantity"])
    line.refresh_from_db(fields=["open_quantity"])
    transfer.state = state_of([line])
    transfer.version += 1
    transfer.save(update_fields=["state", "version"])
    record("changed", transfer, actor=actor)
    return transfer


def end(transfer_ids: Sequence[int], *, reason: str, now: datetime, actor: Any) -> frozenset[LevelKey]:
    """Nothing more goes on these legs; the order has ended. Locks them. Emits `transfer.closed` or `transfer.canceled`.

    :raises GoodsOnTheWay: for what is neither received nor settled.
    """
    for transfer_id in sorted(transfer_ids):
        transfer = locks.transfer(transfer_id)
        line = transfer.lines.select_related("item").get()
        if in_transit(line) > 0:
            raise GoodsOnTheWay(number=transfer.number, goods=[(line.item.sku, in_transit(line))])
        line.closed_quantity += max(open_quantity(line), ZERO)
        line.save(update_fields=["closed_quantity"])
        transfer.state = TransferState.CLOSED if line.posted_quantity else TransferState.CANCELED
        transfer.close_reason = reason
        transfer.version += 1
        transfer.save(update_fields=["state", "close_reason", "version"])
        transit.keep(transfer, is_open=False, now=now)
        record(transfer.state, transfer, actor=actor)
    return frozenset()


def resume(transfer_ids: Sequence[int], *, offered: Collection[str], actor: Any) -> None:
    """Their order is open again: what `end` took off these legs goes on, those of the stages `offered` are CONFIRMED.

    Locks them. Emits `transfer.changed`.
    """
    for transfer_id in sorted(transfer_ids):
        transfer = locks.transfer(transfer_id)
        line = transfer.lines.select_related("wip_lot").get()
        line.closed_quantity = ZERO
        line.save(update_fields=["closed_quantity"])
        line.refresh_from_db(fields=["open_quantity"])
        is_offered = line.wip_lot is not None and line.wip_lot.stage in offered
        transfer.state = state_of([line]) if is_offered else TransferState.PLANNED
        transfer.close_reason = ""
        transfer.version += 1
        transfer.save(update_fields=["state", "close_reason", "version"])
        record("changed", transfer, actor=actor)


def order_pool(transfer: Transfer, lines: Sequence[TransferLine]) -> OrderPool | None:
    """The cost pool of the order whose work in progress a transfer carries; None for goods."""
    if not lines or lines[0].wip_lot_id is None or transfer.source_id is None:
        return None
    return OrderPool(lines[0].item_id, transfer.company_id, transfer.source_id)


def departure(transfer: Transfer, one: Chosen, transit_id: int) -> Withdrawal:
    """Work in progress leaves from where the site keeps it."""
    return Withdrawal(
        item_id=one.line.item_id,
        quantity=one.quantity,
        site_id=transfer.origin_id,
        used_by_id=transfer.company_id,
        to_location_id=transit_id,
        location_id=wip_locations([transfer.origin_id])[transfer.origin_id],
        lot_id=one.line.wip_lot_id,
        owner_id=transfer.company_id,
        is_correction=True,
        line_id=one.line.pk,
        field=one.field,
    )


def transport(transfer: Transfer, chosen: Sequence[Chosen]) -> list[Absorbed]:
    """What the order pays for a dispatch of its work in progress; none for goods, or where the lane costs nothing."""
    if not chosen or chosen[0].line.wip_lot_id is None:
        return []
    quantity = sum((one.quantity for one in chosen), ZERO)
    lane = Lane.objects.filter(
        company=transfer.company, origin=transfer.origin, destination=transfer.destination, archived_at=None
    ).first()
    amount = lane_cost(lane, chosen[0].line.item, quantity, transfer.company.currency)
    return [Absorbed(CostKind.TRANSPORT, amount)] if amount else []


def lane_cost(lane: Lane | None, item: Item, quantity: Decimal, currency: str) -> Decimal:
    """What a shipment of so many costs on a lane, rounded to the currency's minor unit; 0 without one."""
    if lane is None or quantity == 0:
        return ZERO
    each = lane.cost_per_unit + lane.cost_per_kg * (item.weight_kg or ZERO)
    return round_money(lane.cost_per_shipment + each * quantity, currency)


def _leg(draft: LegDraft, actor: Any) -> Transfer:
    return Transfer(
        company_id=draft.company_id,
        owner_id=draft.company_id,
        origin_id=draft.origin_id,
        destination_id=draft.destination_id,
        state=TransferState.PLANNED,
        priority_id=draft.priority_id,
        ship_by_on=draft.ship_by_on,
        expected_on=draft.expected_on,
        source_kind=DocumentKind.MANUFACTURING_ORDER,
        source_id=draft.order_id,
        created_by_id=getattr(actor, "pk", None),
    )


def _line(draft: LegDraft, leg: Transfer) -> TransferLine:
    return TransferLine(
        transfer=leg,
        company_id=draft.company_id,
        site_id=draft.origin_id,
        line_no=1,
        item=draft.item,
        unit_id=draft.item.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=draft.quantity,
        quantity=draft.quantity,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        received_quantity=ZERO,
        lost_quantity=ZERO,
        need_by_on=draft.ship_by_on,
        expected_on=draft.expected_on,
        wip_lot_id=draft.wip_lot_id,
    )
