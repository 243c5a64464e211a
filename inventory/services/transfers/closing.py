"""Ending transfers, and blocking them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, WrongState
from core.transactions import service
from inventory.choices import TransferState
from inventory.errors import GoodsOnTheWay
from inventory.locks import documents as locks
from inventory.models import Transfer, TransferLine
from inventory.rules.order_steps import open_quantity
from inventory.rules.transfers import Step, check, in_transit
from inventory.services.order_lines import close_open
from inventory.services.orders import blocking
from inventory.services.transfers import registers, transit
from inventory.services.transfers.access import require_at_origin, require_planner
from inventory.services.transfers.recording import record


@service
def close(transfer_id: int, *, reason: str = "", now: datetime, actor: Any) -> Transfer:
    """End a transfer as it is: what was not sent is released. Locks it. Emits `transfer.closed`.

    :raises InvalidInput: without a reason while something is open.
    :raises GoodsOnTheWay: with what is neither received nor settled.
    :raises WrongState: when it is a draft, closed or canceled; or carries the work in progress of an order.
    """
    transfer = locks.transfer(transfer_id)
    require_planner(actor, transfer)
    check(transfer.state, Step.CLOSE, number=transfer.number)
    lines = _lines(transfer)
    _refuse_leg(transfer, lines)
    if goods := [(line.item.sku, in_transit(line)) for line in lines if in_transit(line) > 0]:
        raise GoodsOnTheWay(number=transfer.number, goods=goods)
    if any(open_quantity(line) > 0 for line in lines) and not reason.strip():
        raise InvalidInput(errors={"reason": "Say why the rest is not sent."})
    return _end(transfer, lines, TransferState.CLOSED, reason.strip(), "closed", now=now, actor=actor)


@service
def cancel(transfer_id: int, *, reason: str = "", now: datetime, actor: Any) -> Transfer:
    """Take a transfer back of which nothing was sent. Locks it. Emits `transfer.canceled`.

    :raises WrongState: once something was sent: take that back first, or close the transfer. A leg of an order ends
        with its order alone.
    """
    transfer = locks.transfer(transfer_id)
    require_planner(actor, transfer)
    check(transfer.state, Step.CANCEL, number=transfer.number)
    lines = _lines(transfer)
    _refuse_leg(transfer, lines)
    return _end(transfer, lines, TransferState.CANCELED, reason.strip(), "canceled", now=now, actor=actor)


@service
def block(transfer_id: int, *, reason: str, now: datetime, actor: Any) -> Transfer:
    """Stop a transfer: nothing moves for it until it is unblocked. Emits `transfer.blocked`.

    :raises InvalidInput: without a reason.
    """
    return _set_block(transfer_id, now, blocking.checked_reason(reason, noun="transfer"), "blocked", actor)


@service
def unblock(transfer_id: int, *, now: datetime, actor: Any) -> Transfer:
    """Let a blocked transfer go on. Emits `transfer.unblocked`."""
    return _set_block(transfer_id, None, "", "unblocked", actor)


def _set_block(transfer_id: int, blocked_at: datetime | None, reason: str, verb: str, actor: Any) -> Transfer:
    transfer = locks.transfer(transfer_id)
    require_at_origin(actor, transfer)
    check(transfer.state, Step.BLOCK, number=transfer.number)
    blocking.write(transfer, blocked_at=blocked_at, reason=reason)
    record(verb, transfer, actor=actor)
    return transfer


def _refuse_leg(transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Without it the pieces of an order would not come to its next step."""
    if any(line.wip_lot_id for line in lines):
        raise WrongState(f"{transfer.number} carries work in progress of an order and ends with it; end the order.")


def _lines(transfer: Transfer) -> list[TransferLine]:
    return list(transfer.lines.select_related("item").order_by("line_no", "pk"))


def _end(
    transfer: Transfer,
    lines: Sequence[TransferLine],
    state: TransferState,
    reason: str,
    verb: str,
    *,
    now: datetime,
    actor: Any,
) -> Transfer:
    """The caller holds the transfer's lock."""
    close_open(TransferLine, [line.pk for line in lines], reason=reason)
    for line in lines:
        line.closed_quantity += max(open_quantity(line), Decimal(0))
    transfer.state, transfer.close_reason = state, reason
    transfer.version += 1
    transfer.save(update_fields=["state", "close_reason", "version"])
    transit.keep(transfer, is_open=False, now=now)
    record(verb, transfer, keys=registers.put(transfer, lines), actor=actor)
    return transfer
