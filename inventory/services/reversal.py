"""Undoing a posting: a new posting with the same lots, owners and values, the other way round."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from core.errors import NotFound, WrongState
from inventory.choices import CostKind, PostingKind
from inventory.drafts import Posted, PostingDraft
from inventory.errors import AlreadyReversed, ReversalBlocked
from inventory.locks import stock as locks
from inventory.locks.postings import lock_posting
from inventory.models import Posting, ValueEntry
from inventory.rules.valuing import ZERO, Pool
from inventory.selectors import naming
from inventory.selectors.history import later_takers
from inventory.services import holding, posting_sql, serials
from inventory.services.working_set import Move, Side, Spot, WorkingSet

_MOVES = """
SELECT m.id, m.item_id, m.quantity, m.line_id,
       fl.id, fl.site_id, fl.kind, fl.transfer_id, m.from_lot_id, m.from_owner_id,
       tl.id, tl.site_id, tl.kind, tl.transfer_id, m.to_lot_id, m.to_owner_id
FROM inventory_stockmove m
JOIN inventory_location fl ON fl.id = m.from_location_id
JOIN inventory_location tl ON tl.id = m.to_location_id
WHERE m.posting_id = %s ORDER BY m.id DESC
"""


@dataclass(frozen=True)
class _Original:
    """A move to be undone: `back` is it the other way round."""

    move_id: int
    back: Move


def reverse(
    posting_id: int, *, held_for_demand_id: int | None = None, now: datetime, actor: Any, reason: str = ""
) -> Posted:
    """Undo a posting as a whole. The caller holds its document's lock and records the event.

    What it had brought for the demand `held_for_demand_id` is no longer reserved for that. Locks the balances it takes
    from and the pools it changes. Amounts are the original's own; where an average has moved on since, what a pool no
    longer has stays behind in it.

    :raises NotFound: no such posting.
    :raises WrongState: of a corrected cost, which has gone on since.
    :raises AlreadyReversed: it was reversed before, is a reversal itself, or tells of history.
    :raises ReversalBlocked: naming the postings that took what it had brought.
    :raises PeriodClosed: when an owner's books are closed today.
    :raises InvalidInput: when it would bring a serial number back that is in stock again.
    """
    posting = _reversible(posting_id)
    originals = _originals(posting_id)
    entries = list(ValueEntry.objects.filter(posting_id=posting_id).select_related("pool").order_by("-id"))
    effective_on = now.astimezone(ZoneInfo(posting.site.time_zone)).date()

    work = _lock(posting, originals, entries, held_for_demand_id)
    work.check_open(effective_on)
    _undo(work, originals, entries)
    serials.check(work)

    draft = PostingDraft(
        kind=PostingKind.REVERSAL,
        company_id=posting.company_id,
        site_id=posting.site_id,
        effective_at=now,
        source_kind=posting.source_kind,
        source_id=posting.source_id,
        source_number=posting.source_number,
        reason=reason or f"Reverses {posting.number}",
        reverses_id=posting_id,
    )
    return posting_sql.write(draft, work, effective_on=effective_on, now=now, actor=actor)


def _reversible(posting_id: int) -> Posting:
    posting = lock_posting(posting_id)
    if posting is None:
        raise NotFound("There is no such posting.")
    is_reversed = Posting.objects.filter(reverses_id=posting_id).exists()
    if posting.kind == PostingKind.COST:
        raise WrongState(f"{posting.number} corrects a cost; correct it again by the same amount the other way round.")
    if is_reversed or posting.kind == PostingKind.REVERSAL or posting.is_historical:
        raise AlreadyReversed(number=posting.number)
    return posting


def _originals(posting_id: int) -> list[_Original]:
    """The moves of a posting, last first, turned round."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [posting_id])
        rows = cursor.fetchall()
    return [
        _Original(
            row[0],
            Move(
                item_id=row[1],
                quantity=row[2],
                source=Side(Spot(*row[10:14]), row[14], row[15]),
                target=Side(Spot(*row[4:8]), row[8], row[9]),
                line_id=row[3],
            ),
        )
        for row in rows
    ]


def _lock(
    posting: Posting, originals: list[_Original], entries: list[ValueEntry], held_for_demand_id: int | None
) -> WorkingSet:
    """Lock balances and pools, and refuse where what must go back is not there any more."""
    ends = [
        ((o.back.item_id, side.spot.id, side.lot_id, side.owner_id), sign * o.back.quantity)
        for o in originals
        for side, sign in ((o.back.source, -1), (o.back.target, 1))
        if not side.spot.is_virtual
    ]
    net: dict[locks.Place, Decimal] = {}
    for place, difference in ends:
        net[place] = net.get(place, ZERO) + difference
    work = WorkingSet({stock.place: stock for stock in locks.lock_balances(net, [])})
    if held_for_demand_id is not None:
        holding.let_go(work, held_for_demand_id, net)
    for place, difference in net.items():
        free = work.stocks[place].free
        if free + difference < 0:
            sku = naming.items_and_sites([place[0]], []).items[place[0]]
            raise ReversalBlocked(
                number=posting.number,
                item=sku,
                needed=-difference,
                available=free,
                blockers=later_takers(place, after_posting_id=posting.id),
            )
    keys = {(e.pool.kind, e.pool.item_id, e.pool.owner_id, e.pool.site_id, e.pool.source_id) for e in entries}
    work.pools, work.owners = locks.lock_pools(keys)
    return work


def _undo(work: WorkingSet, originals: list[_Original], entries: list[ValueEntry]) -> None:
    """Add each move back with its entries negated; what a pool can't give, its counterpart does not get."""
    pools = {pool.id: pool for pool in work.pools.values()}
    by_move: dict[int | None, list[ValueEntry]] = {}
    for entry in entries:
        by_move.setdefault(entry.move_id, []).append(entry)
    for original in originals:
        index = work.add(original.back)
        _undo_entries(work, index, original.back, by_move.get(original.move_id, []), pools)
    for entry in by_move.get(None, []):  # cost that was written off, or corrected, without a move
        pool = pools[entry.pool_id]
        if entry.amount > 0:
            work.give(pool, None, ZERO, pool.give_back(ZERO, entry.amount), CostKind(entry.cost_kind))
        else:
            work.absorb(pool, -entry.amount, CostKind(entry.cost_kind))


def _undo_entries(work: WorkingSet, index: int, move: Move, entries: list[ValueEntry], pools: dict[int, Pool]) -> None:
    lacking = ZERO
    passes_title = move.source.owner_id != move.target.owner_id
    for entry in sorted(entries, key=lambda e: e.amount < 0):  # what had come in goes out first
        pool = pools[entry.pool_id]
        if entry.amount > 0 or entry.quantity > 0:
            taken = pool.give_back(entry.quantity, entry.amount)
            lacking = entry.amount - taken
            move.amount = taken
            work.give(pool, index, entry.quantity, taken)
        else:
            back = -entry.amount if passes_title else max(-entry.amount - lacking, ZERO)
            move.amount = move.amount or back
            work.get(pool, index, -entry.quantity, back)
