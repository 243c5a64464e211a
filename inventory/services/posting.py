"""Posting: the only way that stock and its value change.

`post` or `post_series` is called at most once a transaction, after the documents' locks. It locks balances, then cost
pools, reads what is there, decides, and writes heads, moves, balances, pools and entries in one statement.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.clock import local_date
from core.errors import InvalidInput, plain
from core.money import round_money
from inventory.choices import PoolKind
from inventory.drafts import Absorbed, Deposit, OrderPool, Piece, Posted, PostingDraft, Withdrawal
from inventory.locks import pins
from inventory.locks import stock as locks
from inventory.locks.stock import PoolKey
from inventory.rules.taking import Stock, Taken
from inventory.rules.valuing import LARGEST_QUANTITY, LARGEST_VALUE, ONE, ZERO, Pool
from inventory.selectors import consignment, naming
from inventory.selectors.consignment import TitlePrice, Use
from inventory.services import holding, posting_sql, serials
from inventory.services import posting_choice as choice
from inventory.services import posting_plan as plan
from inventory.services.working_set import Move, Side, Spot, WorkingSet, order_pool_key, pool_key


def post(
    draft: PostingDraft,
    *,
    withdrawals: Sequence[Withdrawal] = (),
    deposits: Sequence[Deposit] = (),
    absorbed: Sequence[Absorbed] = (),
    order_pool: OrderPool | None = None,
    now: datetime,
    actor: Any,
) -> Posted:
    """Write one posting: the withdrawals, then the cost that the order absorbs, then the deposits, as given.

    Locks every balance it may take from and the cost pools it changes. The caller records the event.

    :raises InsufficientStock, InsufficientStocks: naming each line, what it asked and what is free.
    :raises LotBlocked: when a shipment or issue names a lot that is held or expired.
    :raises PeriodClosed: when an owner's books are closed on that date.
    :raises NoExchangeRate: when consigned stock is used whose price the using company's books can't convert.
    :raises InvalidInput: for a serial number that is in stock already.
    """
    piece = Piece(draft, withdrawals, absorbed, deposits)
    return post_series([piece], order_pool=order_pool, now=now, actor=actor)[0]


def post_series(
    pieces: Sequence[Piece], *, order_pool: OrderPool | None = None, now: datetime, actor: Any
) -> list[Posted]:
    """Write postings of one site, source and order pool as if one after another; each can be reversed by itself.

    None may take what an earlier one brings: what all of them take is chosen before anything is brought. Locks and
    raises as `post`; level keys are those of the whole series.
    """
    site_id, kind = pieces[0].draft.site_id, pieces[0].draft.kind
    withdrawals = [withdrawal for piece in pieces for withdrawal in piece.withdrawals]
    deposits = [deposit for piece in pieces for deposit in piece.deposits]
    spots, zone, is_prepared, has_serials = plan.load_spots(site_id, withdrawals, deposits)
    days = [local_date(piece.draft.effective_at, zone) for piece in pieces]
    places, picks = plan.places(deposits, spots), plan.picks(withdrawals)
    if order_pool or not is_prepared:
        pools = plan.known_pools(withdrawals, deposits, spots, order_pool)
        locks.prepare(plan.targets(deposits, spots), pools, now=now)
    work = WorkingSet({stock.place: stock for stock in locks.lock_balances(places, picks)}, order_pool)

    reservations = choice.reservations(kind, withdrawals, work)
    parts = [choice.choose(piece.withdrawals, work, day, reservations) for piece, day in zip(pieces, days, strict=True)]
    choice.check_sources(deposits, spots, work)
    holding.hold(work, deposits, max(days))
    _lock_pools(work, [one for chosen in parts for one in chosen], deposits, spots, now)
    work.check_open(min(days))

    warnings = [_value(work, place, piece, parts[place], spots, days[place]) for place, piece in enumerate(pieces)]
    if has_serials:
        serials.check(work, deposits)
    pins.use(reservations)
    drafts = [piece.draft for piece in pieces]
    return posting_sql.write_series(drafts, work, days=days, warnings=warnings, now=now, actor=actor)


def write_off(order_pool: OrderPool, draft: PostingDraft, *, now: datetime, actor: Any) -> Decimal:
    """Take what value is left in a manufacturing order's pool out of it, by an entry without a move.

    The caller holds the order's lock. Returns the amount; 0 writes nothing.
    """
    effective_on = local_date(draft.effective_at, plan.load_spots(draft.site_id).zone)
    work = WorkingSet({}, order_pool)
    key = order_pool_key(order_pool)
    work.pools, work.owners = locks.lock_pools([key])
    pool = work.pools.get(key)
    if pool is None or pool.value == 0:
        return ZERO
    work.check_open(effective_on)
    amount = pool.take_value(Decimal(1), Decimal(1))
    work.give(pool, None, ZERO, amount)
    posting_sql.write(draft, work, effective_on=effective_on, now=now, actor=actor)
    return amount


def _value(
    work: WorkingSet,
    place: int,
    piece: Piece,
    parts: Sequence[tuple[Withdrawal, list[Taken]]],
    spots: dict[int, Spot],
    day: date,
) -> list[str]:
    """Add the moves and entries of one posting of the series; returns what the user should know."""
    work.piece = place
    prices = consignment.title_prices(choice.consigned(parts), on=day)
    for withdrawal, taken in parts:
        _withdraw(work, withdrawal, taken, spots, prices)
    for cost in piece.absorbed:
        assert work.order_pool is not None
        work.absorb(work.pools[order_pool_key(work.order_pool)], cost.amount, cost.kind)
    return _deposit_all(work, piece.deposits, spots)


def _lock_pools(
    work: WorkingSet,
    parts: Sequence[tuple[Withdrawal, list[Taken]]],
    deposits: Sequence[Deposit],
    spots: dict[int, Spot],
    now: datetime,
) -> None:
    keys: set[PoolKey | None] = {order_pool_key(work.order_pool)} if work.order_pool else set()
    private: set[PoolKey] = set()
    for deposit in deposits:
        keys |= {pool_key(side, deposit.item_id, work.order_pool) for side in plan.ends(deposit, spots)}
    for withdrawal, taken in parts:
        target = spots[withdrawal.to_location_id]
        for part in taken:
            stock = part.stock
            spot = _spot_of(stock, spots)
            owner = withdrawal.used_by_id if withdrawal.passes_title else stock.owner_id
            keys.add(pool_key(Side(spot, None, stock.owner_id), stock.item_id, work.order_pool))
            keys.add(pool_key(Side(spot, None, owner), stock.item_id, work.order_pool))
            if goal := pool_key(Side(target, None, owner), stock.item_id, work.order_pool):
                keys.add(goal)
                if owner not in {withdrawal.used_by_id, withdrawal.owner_id}:
                    private.add(goal)
    if private:  # Only this transfer knows these pools, so making them late waits for nobody.
        locks.prepare([], sorted(private, key=plan.pool_order), now=now)
    work.pools, work.owners = locks.lock_pools(sorted((key for key in keys if key), key=plan.pool_order))


def _withdraw(
    work: WorkingSet,
    withdrawal: Withdrawal,
    parts: Sequence[Taken],
    spots: dict[int, Spot],
    prices: Mapping[Use, TitlePrice],
) -> None:
    """Move each part to its target; a consigned part that passes title first becomes the using company's."""
    target = spots[withdrawal.to_location_id]
    for part in parts:
        stock = part.stock
        spot = _spot_of(stock, spots)
        side = Side(spot, stock.lot_id, stock.owner_id)
        if (use := choice.use_of(withdrawal, stock)) is not None:
            bought = side._replace(owner_id=withdrawal.used_by_id)
            _pass_title(work, Move(stock.item_id, part.quantity, side, bought, withdrawal.line_id), prices[use])
            side = bought
        goal = Side(target, stock.lot_id, side.owner_id)
        _carry(work, Move(stock.item_id, part.quantity, side, goal, withdrawal.line_id))


def _spot_of(stock: Stock, spots: dict[int, Spot]) -> Spot:
    # A place that nobody named is on hand, so it belongs to no transfer.
    return spots.get(stock.location_id) or Spot(stock.location_id, stock.site_id, stock.location_kind, None)


def _carry(work: WorkingSet, move: Move) -> None:
    """Add a move out of physical stock and carry its average value along.

    What work in progress cost stays with the order: the good ones bear what is scrapped or lost.
    """
    index = work.add(move)
    source, target = work.pool_of(move.source, move.item_id), work.pool_of(move.target, move.item_id)
    if source is None or source is target or source.kind == PoolKind.MO:
        return
    move.amount = source.take(move.quantity)
    work.give(source, index, move.quantity, move.amount)
    if target is not None:
        is_cost_alone = work.order_pool is not None and target.kind == PoolKind.MO and move.target.spot.is_virtual
        work.get(target, index, ZERO if is_cost_alone else move.quantity, move.amount)


def _pass_title(work: WorkingSet, move: Move, price: TitlePrice) -> None:
    """Add the move by which consigned stock becomes the using company's, at the agreement's price of that day."""
    index = work.add(move)
    seller, buyer = work.stock_pool(move.source, move.item_id), work.stock_pool(move.target, move.item_id)
    move.amount = seller.take(move.quantity)
    work.give(seller, index, move.quantity, move.amount)
    work.get(buyer, index, move.quantity, price.amount(move.quantity, cost=move.amount))


def _deposit_all(work: WorkingSet, deposits: Sequence[Deposit], spots: dict[int, Spot]) -> list[str]:
    """Add the deposits' moves with their values; returns what the user should know."""
    costs: dict[tuple[int, int], Decimal] | None = None
    warnings = []
    for deposit in deposits:
        source_side, target_side = plan.ends(deposit, spots)
        move = Move(deposit.item_id, deposit.quantity, source_side, target_side, deposit.line_id)
        index = work.add(move)
        source, target = work.pool_of(source_side, deposit.item_id), work.pool_of(target_side, deposit.item_id)
        if source is target:
            continue
        if source is not None:
            move.amount = _out_of(source, deposit)
            work.give(source, index, deposit.quantity if source.kind != PoolKind.MO else ZERO, move.amount)
        elif deposit.amount is not None:
            move.amount = deposit.amount
        elif target is not None:
            average = target.average_amount(deposit.quantity)
            if average is None:
                costs = naming.standard_costs(deposits) if costs is None else costs
                cost = costs.get((deposit.item_id, deposit.owner_id))
                average = round_money((cost or ZERO) * deposit.quantity, target.currency)
                if cost is None:
                    warnings.append(f"{deposit.field}: no cost is known, so it is valued at 0.")
            move.amount = average
        if target is not None:
            _check_room(target, deposit, move.amount)
            work.get(target, index, deposit.quantity, move.amount)
    return warnings


def _check_room(pool: Pool, deposit: Deposit, amount: Decimal) -> None:
    """:raises InvalidInput: with the numbers, when a pool would hold more than its columns can."""
    if pool.quantity + deposit.quantity > LARGEST_QUANTITY:
        text = f"{plain(deposit.quantity)} more than the {plain(pool.quantity)} there are out of range."
        raise InvalidInput(errors={deposit.field: f"{text} The largest is {LARGEST_QUANTITY}."})
    if pool.value + amount > LARGEST_VALUE:
        text = f"{plain(deposit.quantity)} worth {plain(amount)} are out of range."
        raise InvalidInput(errors={deposit.field: f"{text} The largest value is {LARGEST_VALUE}."})


def _out_of(pool: Pool, deposit: Deposit) -> Decimal:
    """What a deposit takes out of a transfer's or an order's pool: of the latter its own amount, as far as it goes."""
    if pool.kind != PoolKind.MO:
        return pool.take(deposit.quantity)
    if deposit.amount is not None:  # what comes out at a cost of its own takes no more than there is
        return pool.give_back(ZERO, deposit.amount)
    part, whole = deposit.pool_part or (ONE, ONE)
    return pool.take_value(part, whole)
