"""Feeders: transfers that bring the material of a manufacturing order from the site that its recipe names.

They carry stock, which stays stock: demand at the origin with the order's rank, supply where it is used. They are made
with the order and end with it, but what is on its way then just arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from inventory.choices import DocumentKind, TransferState
from inventory.drafts import LevelKey
from inventory.locks import documents as locks
from inventory.models import Item, Transfer, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import OPEN_STATES, arrival, in_transit, state_of
from inventory.services.orders.numbering import number
from inventory.services.transfers import registers
from inventory.services.transfers.creating import PREFIX
from inventory.services.transfers.recording import record
from sites.models import Lane

ZERO = Decimal(0)
_ORDER = DocumentKind.MANUFACTURING_ORDER


@dataclass(frozen=True, kw_only=True)
class FeederDraft:
    """Items and how much of each (stocking unit) an order wants at a site by a date, and where they come from.

    `earliest_on` is the first day that they can leave: today at the origin.
    """

    company_id: int
    origin_id: int
    destination_id: int
    order_id: int
    priority_id: int | None
    earliest_on: date
    need_by_on: date
    lines: Sequence[tuple[Item, Decimal]]


def plan(drafts: Sequence[FeederDraft], *, actor: Any) -> frozenset[LevelKey]:
    """The feeders of any number of orders, CONFIRMED, in a fixed number of statements; the caller holds their locks.

    Each leaves by its lane's transit days before the material is needed, and never in the past. Returns the level keys
    to recompute.
    """
    if not drafts:
        return frozenset()
    lanes = _lanes(drafts)
    feeders = [_feeder(draft, lanes, actor) for draft in drafts]
    number(feeders, [""] * len(feeders), series=PREFIX)
    Transfer.objects.bulk_create(feeders)
    lines = [_lines(draft, feeder) for draft, feeder in zip(drafts, feeders, strict=True)]
    TransferLine.objects.bulk_create([line for own in lines for line in own])
    rows = Transfer.objects.select_related("origin", "destination").in_bulk([feeder.pk for feeder in feeders])
    return registers.put_many([(rows[feeder.pk], own) for feeder, own in zip(feeders, lines, strict=True)])


def of_order(order_id: int) -> list[int]:
    """The ids of an order's feeders, in order."""
    feeders = Transfer.objects.filter(source_kind=_ORDER, source_id=order_id)
    return list(feeders.filter(lines__wip_lot=None).order_by("pk").values_list("pk", flat=True).distinct())


def end(order_id: int, *, reason: str, actor: Any) -> frozenset[LevelKey]:
    """Nothing more is sent; what is on its way arrives as it would. Locks the feeders, by id.

    Emits `transfer.canceled`, or `transfer.closed`, or `transfer.changed` of one with goods on the way.
    """
    keys: frozenset[LevelKey] = frozenset()
    for transfer_id in of_order(order_id):
        transfer = locks.transfer(transfer_id)
        lines = list(transfer.lines.select_related("item").order_by("line_no", "pk"))
        if transfer.state not in OPEN_STATES:
            continue
        for line in lines:
            line.closed_quantity += max(open_quantity(line), ZERO)
            line.close_reason = reason
        keys |= _write(transfer, lines, _ended(lines), reason, actor=actor)
    return keys


def resume(order_id: int, *, actor: Any) -> frozenset[LevelKey]:
    """The order is open again: what `end` took off its feeders is wanted again. Emits `transfer.changed`."""
    keys: frozenset[LevelKey] = frozenset()
    for transfer_id in of_order(order_id):
        transfer = locks.transfer(transfer_id)
        lines = list(transfer.lines.select_related("item").order_by("line_no", "pk"))
        if not any(line.closed_quantity for line in lines):
            continue
        for line in lines:
            line.closed_quantity, line.close_reason = ZERO, ""
        keys |= _write(transfer, lines, None, "", actor=actor)
    return keys


def _ended(lines: Sequence[TransferLine]) -> TransferState | None:
    """How a feeder ends that nothing more is sent with; None while goods are on their way."""
    if any(in_transit(line) > 0 for line in lines):
        return None
    is_untouched = all(line.posted_quantity == 0 for line in lines)
    return TransferState.CANCELED if is_untouched else TransferState.CLOSED


def _write(
    transfer: Transfer, lines: list[TransferLine], state: TransferState | None, reason: str, *, actor: Any
) -> frozenset[LevelKey]:
    TransferLine.objects.bulk_update(lines, ["closed_quantity", "close_reason"])
    lines = list(transfer.lines.select_related("item").order_by("line_no", "pk"))
    transfer.state = state or state_of(lines)
    transfer.close_reason = reason if state else ""
    transfer.version += 1
    transfer.save(update_fields=["state", "close_reason", "version"])
    keys = registers.put(transfer, lines)
    record(state or "changed", transfer, keys=keys, actor=actor)
    return keys


def _lanes(drafts: Sequence[FeederDraft]) -> dict[tuple[int, int, int], Lane]:
    found = Lane.objects.filter(
        company_id__in={draft.company_id for draft in drafts},
        origin_id__in={draft.origin_id for draft in drafts},
        destination_id__in={draft.destination_id for draft in drafts},
        archived_at=None,
    )
    return {(lane.company_id, lane.origin_id, lane.destination_id): lane for lane in found}


def _feeder(draft: FeederDraft, lanes: dict[tuple[int, int, int], Lane], actor: Any) -> Transfer:
    lane = lanes.get((draft.company_id, draft.origin_id, draft.destination_id))
    days = lane.transit_days if lane else 0
    ship_by_on = max(draft.need_by_on - timedelta(days=days), draft.earliest_on)
    return Transfer(
        company_id=draft.company_id,
        owner_id=draft.company_id,
        origin_id=draft.origin_id,
        destination_id=draft.destination_id,
        state=TransferState.CONFIRMED,
        priority_id=draft.priority_id,
        ship_by_on=ship_by_on,
        expected_on=arrival(ship_by_on, lane.departure_weekdays, days) if lane else ship_by_on,
        source_kind=_ORDER,
        source_id=draft.order_id,
        created_by_id=getattr(actor, "pk", None),
    )


def _lines(draft: FeederDraft, feeder: Transfer) -> list[TransferLine]:
    return [
        TransferLine(
            transfer=feeder,
            company_id=draft.company_id,
            site_id=draft.origin_id,
            line_no=place,
            item=item,
            unit_id=item.unit_id,
            unit_factor=Decimal(1),
            ordered_quantity=quantity,
            quantity=quantity,
            posted_quantity=ZERO,
            closed_quantity=ZERO,
            received_quantity=ZERO,
            lost_quantity=ZERO,
            need_by_on=feeder.ship_by_on,
            expected_on=feeder.expected_on,
        )
        for place, (item, quantity) in enumerate(draft.lines, start=1)
    ]
