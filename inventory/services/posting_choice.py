"""Which balances a posting takes from: what is reserved for its own lines first, then what is free."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from inventory.choices import DemandKind, PostingKind
from inventory.drafts import Deposit, Withdrawal
from inventory.errors import InsufficientStock, InsufficientStocks, LotBlocked
from inventory.locks import pins
from inventory.locks.pins import Reservation
from inventory.rules.taking import Stock, Taken, candidates, release, take
from inventory.rules.valuing import ZERO
from inventory.selectors import naming
from inventory.selectors.consignment import Use
from inventory.services.working_set import Spot, WorkingSet

Line = Withdrawal | Deposit

# Whose demand a posting fulfils: its lines may take what is reserved for them.
_DEMAND_KINDS = {
    PostingKind.SHIPMENT: DemandKind.SALES_LINE.value,
    PostingKind.COMPLETION: DemandKind.MO_COMPONENT.value,
    PostingKind.ISSUE: DemandKind.MO_COMPONENT.value,
    PostingKind.OPERATION: DemandKind.MO_COMPONENT.value,
    PostingKind.DISPATCH: DemandKind.TRANSFER_OUT.value,
}


def reservations(kind: PostingKind, withdrawals: Sequence[Withdrawal], work: WorkingSet) -> dict[int, Reservation]:
    """What the lines of this posting have reserved for themselves; nothing is asked where nothing is reserved."""
    demand_kind = _DEMAND_KINDS.get(kind)
    if demand_kind is None or not any(stock.reserved for stock in work.stocks.values()):
        return {}
    return pins.lock_reservations(demand_kind, [w.line_id for w in withdrawals if w.line_id is not None])


def choose(
    withdrawals: Sequence[Withdrawal], work: WorkingSet, today: date, kept: Mapping[int, Reservation]
) -> list[tuple[Withdrawal, list[Taken]]]:
    """Which balances each withdrawal takes from, what is `kept` for it first; the working set's stocks fall by it."""
    by_item: dict[tuple[int, int], list[Stock]] = {}
    for stock in work.stocks.values():
        by_item.setdefault((stock.item_id, stock.site_id), []).append(stock)
    parts, shortages = [], []
    for withdrawal in withdrawals:
        ordered = candidates(withdrawal, by_item.get((withdrawal.item_id, withdrawal.site_id), []), today)
        _check_lots(withdrawal, ordered, today)
        _release(withdrawal, ordered, kept, work)
        free, reserved = sum((s.free for s in ordered), ZERO), sum((s.reserved for s in ordered), ZERO)
        if free < withdrawal.quantity:
            shortages.append((withdrawal, free, reserved))
        parts.append((withdrawal, take(withdrawal, ordered)))
    if shortages:
        _refuse(shortages)
    return parts


def use_of(withdrawal: Withdrawal, stock: Stock) -> Use | None:
    """Whose stock becomes whose by a withdrawal that passes title; None where it is the company's own."""
    if not withdrawal.passes_title or stock.owner_id == withdrawal.used_by_id:
        return None
    return Use(stock.item_id, stock.owner_id, stock.site_id, withdrawal.used_by_id)


def consigned(parts: Sequence[tuple[Withdrawal, list[Taken]]]) -> set[Use]:
    """What is consigned among the parts taken, and passes title."""
    uses = (use_of(withdrawal, part.stock) for withdrawal, taken in parts for part in taken)
    return {use for use in uses if use is not None}


def check_sources(deposits: Sequence[Deposit], spots: dict[int, Spot], work: WorkingSet) -> None:
    """What is deposited out of a physical place (a transfer's transit) must be there."""
    shortages = []
    for deposit in deposits:
        if spots[deposit.from_location_id].is_virtual:
            continue
        stock = work.stocks.get((deposit.item_id, deposit.from_location_id, deposit.source_lot_id, deposit.owner_id))
        free = stock.free if stock else ZERO
        if free < deposit.quantity:
            shortages.append((deposit, free, stock.reserved if stock else ZERO))
        elif stock:
            stock.quantity -= deposit.quantity
    if shortages:
        _refuse(shortages)


def _release(
    withdrawal: Withdrawal, ordered: Sequence[Stock], kept: Mapping[int, Reservation], work: WorkingSet
) -> None:
    own = kept.get(withdrawal.line_id or 0)
    if own is None:
        return
    for part in release(min(own.left, withdrawal.quantity), ordered):
        own.used += part.quantity
        work.release(part.stock.place, part.quantity)


def _check_lots(withdrawal: Withdrawal, ordered: Sequence[Stock], today: date) -> None:
    if not (withdrawal.passes_title and withdrawal.lot_id) or withdrawal.is_repair:
        return
    for stock in ordered:
        if reason := stock.blocked_reason(today):
            raise LotBlocked(lot=stock.lot_number or "", reason=reason, field=withdrawal.field)


def _refuse(shortages: Sequence[tuple[Line, Decimal, Decimal]]) -> None:
    names = naming.items_and_sites(
        [line.item_id for line, _, _ in shortages], [line.site_id for line, _, _ in shortages]
    )
    errors = [
        InsufficientStock(
            item=names.items[line.item_id],
            site=names.sites[line.site_id],
            requested=line.quantity,
            available=free,
            reserved=reserved,
            field=line.field,
        )
        for line, free, reserved in shortages
    ]
    raise errors[0] if len(errors) == 1 else InsufficientStocks(errors)
