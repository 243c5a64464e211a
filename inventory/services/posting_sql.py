"""Writing postings: one statement for heads, moves, balances, pools and value entries, whatever their number.

A statement per row, or model instances, reached a fifth of plain SQL; this reaches most of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from core.prepared import Statement
from inventory.choices import POSTING_PREFIX
from inventory.drafts import LevelKey, Moved, Posted, PostingDraft
from inventory.rules.valuing import ZERO
from inventory.selectors.consignment import TODAY, used_by_sql
from inventory.services.working_set import Move, WorkingSet

_USED_BY = used_by_sql(item="d.item_id", owner="d.owner_id", site="l.site_id", on=TODAY)

_WRITE = Statement(
    "write_posting",
    f"""
WITH head AS MATERIALIZED (
    SELECT nextval('inventory_posting_id_seq') AS id, h.*
    FROM unnest(%(kinds)s::text[], %(prefixes)s::text[], %(reasons)s::text[], %(effective_ats)s::timestamptz[],
                %(effective_ons)s::date[])
        WITH ORDINALITY AS h(kind, prefix, reason, effective_at, effective_on, place)
), posting AS (
    INSERT INTO inventory_posting (id, number, company_id, site_id, kind, source_kind, source_id, source_number,
                                   reason, effective_at, effective_on, posted_at, actor_id, reverses_id)
    SELECT id, prefix || '-' || id, %(company)s::bigint, %(site)s::bigint, kind,
           %(source_kind)s::text, %(source_id)s::bigint, %(source_number)s::text, reason,
           effective_at, effective_on, now(), %(actor)s::bigint, %(reverses)s::bigint
    FROM head ORDER BY place
), numbered AS MATERIALIZED (
    SELECT nextval('inventory_stockmove_id_seq') AS id, m.*
    FROM unnest(%(items)s::bigint[], %(quantities)s::numeric[],
                %(from_locations)s::bigint[], %(from_lots)s::bigint[], %(from_owners)s::bigint[],
                %(from_sites)s::bigint[], %(to_locations)s::bigint[], %(to_lots)s::bigint[],
                %(to_owners)s::bigint[], %(to_sites)s::bigint[], %(lines)s::bigint[], %(pieces)s::bigint[])
        WITH ORDINALITY AS m(item_id, quantity, from_location_id, from_lot_id, from_owner_id, from_site_id,
                             to_location_id, to_lot_id, to_owner_id, to_site_id, line_id, piece, place)
), move AS (
    INSERT INTO inventory_stockmove (id, company_id, posting_id, line_id, item_id, quantity,
        from_location_id, from_lot_id, from_owner_id, from_site_id,
        to_location_id, to_lot_id, to_owner_id, to_site_id, effective_at, effective_on, posted_at)
    SELECT m.id, %(company)s::bigint, head.id, m.line_id, m.item_id, m.quantity,
        m.from_location_id, m.from_lot_id, m.from_owner_id, m.from_site_id,
        m.to_location_id, m.to_lot_id, m.to_owner_id, m.to_site_id,
        head.effective_at, head.effective_on, now()
    FROM numbered m JOIN head ON head.place = m.piece ORDER BY m.id
), balance AS (
    UPDATE inventory_stockbalance b
    SET quantity = b.quantity + d.difference, reserved = b.reserved - d.released
    FROM unnest(%(balance_ids)s::bigint[], %(differences)s::numeric[], %(released)s::numeric[])
        AS d(id, difference, released)
    WHERE b.id = d.id
), fresh AS (
    INSERT INTO inventory_stockbalance AS b (item_id, location_id, lot_id, owner_id, site_id, used_by_id, quantity)
    SELECT d.item_id, d.location_id, d.lot_id, d.owner_id, l.site_id,
           {_USED_BY},
           d.difference
    FROM unnest(%(new_items)s::bigint[], %(new_locations)s::bigint[], %(new_lots)s::bigint[],
                %(new_owners)s::bigint[], %(new_differences)s::numeric[])
        AS d(item_id, location_id, lot_id, owner_id, difference)
    JOIN inventory_location l ON l.id = d.location_id JOIN sites_site s ON s.id = l.site_id
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (item_id, location_id, lot_id, owner_id) DO UPDATE SET quantity = b.quantity + EXCLUDED.quantity
    RETURNING item_id, site_id, used_by_id
), pool AS (
    UPDATE inventory_costpool p SET quantity = d.quantity, value = d.value
    FROM unnest(%(pool_ids)s::bigint[], %(pool_quantities)s::numeric[], %(pool_values)s::numeric[])
        AS d(id, quantity, value) WHERE p.id = d.id
), entry AS (
    INSERT INTO inventory_valueentry (company_id, site_id, pool_id, posting_id, move_id, kind, cost_kind, quantity,
                                      amount, currency, effective_at, effective_on, posted_at)
    SELECT e.company_id, e.site_id, e.pool_id, head.id, numbered.id, e.kind, e.cost_kind, e.quantity, e.amount,
           e.currency, head.effective_at, head.effective_on, now()
    FROM unnest(%(entry_companies)s::bigint[], %(entry_sites)s::bigint[], %(entry_pools)s::bigint[],
                %(entry_moves)s::bigint[], %(entry_kinds)s::text[], %(entry_cost_kinds)s::text[],
                %(entry_quantities)s::numeric[], %(entry_amounts)s::numeric[], %(entry_currencies)s::text[],
                %(entry_pieces)s::bigint[])
        WITH ORDINALITY AS e(company_id, site_id, pool_id, move, kind, cost_kind, quantity, amount, currency, piece,
                             place)
    JOIN head ON head.place = e.piece
    LEFT JOIN numbered ON numbered.place = e.move
    ORDER BY e.place
)
SELECT head.id, head.prefix || '-' || head.id,
       ARRAY(SELECT id FROM numbered WHERE piece = head.place ORDER BY place),
       ARRAY(SELECT ARRAY[item_id, site_id, used_by_id] FROM fresh)
FROM head ORDER BY head.place
""",
)


def write(draft: PostingDraft, work: WorkingSet, *, effective_on: date, now: datetime, actor: Any) -> Posted:
    """Write a posting whose balances and pools are locked. Who may use a new balance follows from `now`."""
    return write_series([draft], work, days=[effective_on], now=now, actor=actor)[0]


def write_series(
    drafts: Sequence[PostingDraft],
    work: WorkingSet,
    *,
    days: Sequence[date],
    warnings: Sequence[Sequence[str]] = (),
    now: datetime,
    actor: Any,
) -> list[Posted]:
    """Write postings of one source and site, in their order; `days` and `warnings` are those of each.

    Level keys are those of the whole series.
    """
    params: dict[str, Any] = {
        **_heads(drafts, days, getattr(actor, "pk", None)),
        **_moves(work),
        **_entries(work),
        **_pools(work),
    }
    balances, keys = _balances(work)
    rows = _WRITE.all({**params, **balances, "now": now})
    keys |= {LevelKey(*row) for row in rows[0][3]}
    moves: list[list[Move]] = [[] for _ in drafts]
    for move in work.moves:
        moves[move.piece].append(move)
    return [
        Posted(
            posting_id,
            number,
            [_moved(move_id, move) for move_id, move in zip(move_ids, moves[place], strict=True)],
            frozenset(keys),
            warnings[place] if warnings else (),
        )
        for place, (posting_id, number, move_ids, _) in enumerate(rows)
    ]


def _moved(move_id: int, move: Move) -> Moved:
    return Moved(
        move_id=move_id,
        item_id=move.item_id,
        quantity=move.quantity,
        from_location_id=move.source.spot.id,
        to_location_id=move.target.spot.id,
        lot_id=move.source.lot_id,
        owner_id=move.source.owner_id,
        amount=move.amount,
        line_id=move.line_id,
    )


def _heads(drafts: Sequence[PostingDraft], days: Sequence[date], actor_id: int | None) -> dict[str, Any]:
    first = drafts[0]
    return {
        "prefixes": [POSTING_PREFIX[draft.kind] for draft in drafts],
        "kinds": [str(draft.kind) for draft in drafts],
        "reasons": [draft.reason for draft in drafts],
        "effective_ats": [draft.effective_at for draft in drafts],
        "effective_ons": list(days),
        "company": first.company_id,
        "site": first.site_id,
        "source_kind": str(first.source_kind),
        "source_id": first.source_id,
        "source_number": first.source_number,
        "actor": actor_id,
        "reverses": first.reverses_id,
    }


def _moves(work: WorkingSet) -> dict[str, list]:
    moves = work.moves
    return {
        "items": [move.item_id for move in moves],
        "quantities": [move.quantity for move in moves],
        "from_locations": [move.source.spot.id for move in moves],
        "from_lots": [move.source.lot_id for move in moves],
        "from_owners": [move.source.owner_id for move in moves],
        "from_sites": [move.source.spot.site_id for move in moves],
        "to_locations": [move.target.spot.id for move in moves],
        "to_lots": [move.target.lot_id for move in moves],
        "to_owners": [move.target.owner_id for move in moves],
        "to_sites": [move.target.spot.site_id for move in moves],
        "lines": [move.line_id for move in moves],
        "pieces": [move.piece + 1 for move in moves],
    }


def _balances(work: WorkingSet) -> tuple[dict[str, list], set[LevelKey]]:
    """Differences of locked rows by id; of rows only this document knows (its own transit place) by key."""
    known, fresh, keys = [], [], set()
    for place in dict.fromkeys([*work.differences, *work.released]):
        difference, released = work.differences.get(place, ZERO), work.released.get(place, ZERO)
        stock = work.stocks.get(place)
        if stock is not None:
            keys.add(stock.key)
        if stock is None and difference:
            fresh.append((place, difference))
        elif stock is not None and (difference or released):
            known.append((stock.id, difference, released))
    return {
        "balance_ids": [stock_id for stock_id, _, _ in known],
        "differences": [difference for _, difference, _ in known],
        "released": [released for _, _, released in known],
        "new_items": [place[0] for place, _ in fresh],
        "new_locations": [place[1] for place, _ in fresh],
        "new_lots": [place[2] for place, _ in fresh],
        "new_owners": [place[3] for place, _ in fresh],
        "new_differences": [difference for _, difference in fresh],
    }, keys


def _pools(work: WorkingSet) -> dict[str, list]:
    pools = list(work.changed_pools())
    return {
        "pool_ids": [pool.id for pool in pools],
        "pool_quantities": [pool.quantity for pool in pools],
        "pool_values": [pool.value for pool in pools],
    }


def _entries(work: WorkingSet) -> dict[str, list]:
    entries = work.entries
    return {
        "entry_companies": [entry.pool.owner_id for entry in entries],
        "entry_sites": [entry.pool.site_id for entry in entries],
        "entry_pools": [entry.pool.id for entry in entries],
        "entry_moves": [None if entry.move is None else entry.move + 1 for entry in entries],
        "entry_cost_kinds": [entry.cost_kind.value for entry in entries],
        "entry_kinds": [entry.kind.value for entry in entries],
        "entry_quantities": [entry.quantity for entry in entries],
        "entry_amounts": [entry.amount for entry in entries],
        "entry_currencies": [entry.pool.currency for entry in entries],
        "entry_pieces": [entry.piece + 1 for entry in entries],
    }
