"""Corrections of what goods cost, found out later: entries of today, never a change of what was written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from core.errors import Busy, InvalidInput, NotFound, WrongState, plain
from core.money import round_money
from core.quantities import to_decimal
from core.transactions import service
from inventory.choices import VIRTUAL_KINDS, EntryKind, PoolKind, PostingKind
from inventory.drafts import Posted, PostingDraft
from inventory.events import record_change
from inventory.locks import stock as locks
from inventory.models import CostPool, Posting, StockMove, ValueEntry
from inventory.rules.cascading import Account, Cascade, Line, cascade
from inventory.rules.valuing import Pool
from inventory.services import posting_sql
from inventory.services.working_set import Entry, PoolKey, WorkingSet
from sites.access import PLANNERS, require

STOCK_MOVE = "stock_move"
ZERO = Decimal(0)

# Every pool of the owner that an amount put into one may have reached since: by what was taken out of one into another.
_REACHED = """
WITH RECURSIVE reached AS (
    SELECT %(pool)s::bigint AS pool_id
    UNION
    SELECT other.pool_id
    FROM reached
    JOIN inventory_valueentry own ON own.pool_id = reached.pool_id AND own.id > %(after)s
    JOIN inventory_valueentry other ON other.posting_id = own.posting_id AND other.move_id = own.move_id
        AND other.pool_id <> own.pool_id
    JOIN inventory_costpool pool ON pool.id = other.pool_id AND pool.owner_id = %(owner)s
)
SELECT pool_id FROM reached
"""

_LATER = """
SELECT e.pool_id, e.posting_id, e.move_id, e.quantity, e.amount, e.quantity_before, e.value_before,
       coalesce(l.kind, ''), p.reverses_id
FROM (
    SELECT id, pool_id, posting_id, move_id, quantity, amount,
           sum(quantity) OVER w - quantity AS quantity_before, sum(amount) OVER w - amount AS value_before
    FROM inventory_valueentry WHERE pool_id = ANY(%(pools)s)
    WINDOW w AS (PARTITION BY pool_id ORDER BY id)
) e
JOIN inventory_posting p ON p.id = e.posting_id AND p.kind <> 'cost'
LEFT JOIN inventory_stockmove m ON m.id = e.move_id
LEFT JOIN inventory_location l ON l.id = m.to_location_id
WHERE e.id > %(after)s
ORDER BY e.id
"""


@dataclass(frozen=True)
class Corrected:
    """The posting of a correction, and where it went: left in pools (by pool id), and ended elsewhere (by kind)."""

    posted: Posted
    left: Mapping[int, Decimal]
    ended: Mapping[str, Decimal]
    currency: str


@service
def correct_cost(move_id: int, amount: object, *, reason: str, now: datetime, actor: Any) -> Corrected:
    """Goods that came in by a move cost so much more (below 0: less) than was known; in their owner's currency.

    The pool that they went into gets it, and gives it on along what was taken out of it since, to stock at other
    sites, to orders and to what these made, each its part (see `inventory.rules.cascading`); what was sold or scrapped
    is not stock any more and its part ends there. All in one posting of today. Locks every pool that it reaches.
    Emits `posting.cost_corrected`.

    :raises NotFound: when there is no such move.
    :raises InvalidInput: unless it brought goods in from outside; for 0, more decimals than the currency has, less
        than nothing in all, or without a reason.
    :raises WrongState: when its posting was taken back.
    :raises PeriodClosed: when the owner's books are closed today.
    :raises Busy: when stock moved on meanwhile; nothing was changed, try again.
    """
    moves = StockMove.objects.select_related("posting", "from_location", "to_site")
    if not (found := moves.filter(pk=move_id).first()):
        raise NotFound("There is no such stock move.")
    require(actor, company_id=found.to_owner_id, site_id=found.to_site_id, roles=PLANNERS)
    entry = _came_in(found)
    value = _checked(entry, amount, reason)

    pools = _reached(entry)
    rows = _lock(pools)
    if not set(_reached(entry)) <= set(pools):
        raise Busy("Stock moved on meanwhile; try again.")
    accounts = {
        pool.id: Account(pool.currency, pool.quantity, pool.value, pool.kind == PoolKind.MO) for pool in rows.values()
    }
    gone = cascade(value, entry.pool_id, _later(entry, pools), accounts)
    posted = _post(found, gone, rows, value, reason.strip(), now=now, actor=actor)
    left = {pool_id: gone.left(pool_id) for pool_id in gone.got if gone.left(pool_id)}
    _record(found, posted, actor)
    return Corrected(posted, left, {kind: part for kind, part in gone.ended.items() if part}, entry.currency)


def known_costs(move_ids: Sequence[int]) -> dict[int, Decimal]:
    """What came in by each of these moves cost as far as it is known, corrections included; two queries."""
    entries = ValueEntry.objects.filter(move__in=move_ids, quantity__gt=0, pool__kind=PoolKind.STOCK)
    known = {entry.move_id or 0: entry.amount for entry in entries.only("move", "amount")}
    postings = Posting.objects.filter(kind=PostingKind.COST, source_kind=STOCK_MOVE, source_id__in=move_ids)
    firsts = ValueEntry.objects.filter(posting__in=postings, kind=EntryKind.CORRECTION).order_by("posting_id", "id")
    for move_id, amount in firsts.distinct("posting_id").values_list("posting__source_id", "amount"):
        known[move_id or 0] += amount
    return known


def _came_in(move: StockMove) -> ValueEntry:
    entry = ValueEntry.objects.filter(move_id=move.pk, quantity__gt=0, pool__kind=PoolKind.STOCK).first()
    if entry is None or move.from_location.kind not in VIRTUAL_KINDS or move.from_owner_id != move.to_owner_id:
        raise InvalidInput(errors={"move": "Only what came in from outside has a cost of its own to correct."})
    if ValueEntry.objects.filter(move_id=move.pk).exclude(pk=entry.pk).exists():
        raise InvalidInput(errors={"move": "What an order made costs what went into it; correct that."})
    if Posting.objects.filter(reverses_id=move.posting_id).exists() or move.posting.reverses_id:
        raise WrongState(f"{move.posting.number} was taken back.", number=move.posting.number)
    return entry


def _checked(entry: ValueEntry, amount: object, reason: str) -> Decimal:
    value, errors = to_decimal(amount, field="amount"), {}
    if value == 0:
        errors["amount"] = "Say how much more or less it cost."
    elif value != round_money(value, entry.currency):
        errors["amount"] = f"{plain(value)} has more decimals than {entry.currency}."
    elif (known := known_costs([entry.move_id or 0])[entry.move_id or 0]) + value < 0:
        errors["amount"] = f"It cost {plain(known)} {entry.currency}, so not {plain(-value)} less."
    if not reason.strip():
        errors["reason"] = "Say why."
    if errors:
        raise InvalidInput(errors=errors)
    return value


def _reached(entry: ValueEntry) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"pool": entry.pool_id, "after": entry.pk, "owner": entry.company_id})
        return sorted(row[0] for row in cursor.fetchall())


def _lock(pool_ids: Iterable[int]) -> dict[PoolKey, Pool]:
    keys = CostPool.objects.filter(pk__in=list(pool_ids)).values_list("kind", "item", "owner", "site", "source_id")
    return locks.lock_pools(list(keys))[0]


def _later(entry: ValueEntry, pools: Sequence[int]) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(_LATER, {"pools": list(pools), "after": entry.pk})
        return [Line(*row) for row in cursor.fetchall()]


def _post(
    move: StockMove,
    gone: Cascade,
    rows: Mapping[PoolKey, Pool],
    value: Decimal,
    reason: str,
    *,
    now: datetime,
    actor: Any,
) -> Posted:
    """A CORRECTION for what a pool got, and a COST for what it gave on; the first entry is the correction itself."""
    effective_on = now.astimezone(ZoneInfo(move.to_site.time_zone)).date()
    pools = {pool.id: pool for pool in rows.values()}
    work = WorkingSet({}, None, dict(rows), locks.lock_pools(list(rows))[1])
    work.check_open(effective_on)
    for kind, sign, amounts in ((EntryKind.CORRECTION, 1, gone.got), (EntryKind.COST, -1, gone.gave)):
        for pool_id, amount in amounts.items():
            if amount:
                pool = pools[pool_id]
                pool.put(ZERO, sign * amount)
                work.entries.append(Entry(pool, None, kind, ZERO, sign * amount))
    draft = PostingDraft(
        kind=PostingKind.COST,
        company_id=move.to_owner_id,
        site_id=move.to_site_id,
        effective_at=now,
        source_kind=STOCK_MOVE,
        source_id=move.pk,
        source_number=move.posting.number,
        reason=reason[:500],
    )
    return posting_sql.write(draft, work, effective_on=effective_on, now=now, actor=actor)


def _record(move: StockMove, posted: Posted, actor: Any) -> None:
    record_change(
        "posting.cost_corrected",
        documents=[("posting", posted.posting_id)],
        keys=posted.keys,
        company_ids={move.to_owner_id},
        site_ids={move.to_site_id},
        actor=actor,
    )
