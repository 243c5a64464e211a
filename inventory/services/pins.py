"""Fixing a part of a demand to a supply, or to stock on hand, before the ranks decide."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.errors import InvalidInput, NotFound, WrongState, plain
from core.transactions import service
from inventory import events
from inventory.choices import AllocationKind, DemandKind
from inventory.drafts import LevelKey
from inventory.locks.levels import lock_levels
from inventory.locks.pins import loose_keys, loose_pins, shrink
from inventory.models import AllocationPin, Demand, Supply
from inventory.selectors.registers import key_of
from inventory.services.recompute import preview
from inventory.services.reserving import lock_stock, reserve
from sites import access

ZERO = Decimal(0)


@service
def pin(demand_id: int, *, quantity: Decimal, supply_id: int | None = None, now: datetime, actor: Any) -> AllocationPin:
    """Serve `quantity` of a demand from that supply (None: from stock on hand) whatever its rank.

    The rest of the demand keeps its place. Pinning the same pair again replaces the quantity. What is pinned on hand
    is reserved: it is refused to everybody else. Locks the level of the demand's key, then its balances; emits
    `demand.pinned`.

    :raises NotFound: for a demand that he may not see, or that is closed.
    :raises InvalidInput: naming `quantity` with what is left to pin, or `supply_id`.
    """
    demand = _open_demand(demand_id)
    access.require(actor, company_id=demand.used_by_id, site_id=demand.site_id, roles=access.PLANNERS)
    key = key_of(demand)

    lock_levels([key])
    stocks = lock_stock(key) if supply_id is None else []

    _read_again(demand, key)
    supply = _supply(supply_id, key)
    _check(quantity, _left_of(demand, supply_id), "the demand has open and unpinned")
    _check(quantity, _left_at(demand, supply, now=now), "are there and not pinned to others")
    if supply is None:
        reserve(key, stocks, quantity - _pinned(_own_on_hand(demand)), now=now)

    row, _ = AllocationPin.objects.update_or_create(
        demand_id=demand_id, supply=supply, defaults={"quantity": quantity, "kind": AllocationKind.PINNED.value}
    )

    _record("demand.pinned", demand, actor)
    return row


@service
def unpin(demand_id: int, *, supply_id: int | None = None, now: datetime, actor: Any) -> None:
    """Let the ranks decide again about what was pinned to that supply (None: to stock on hand).

    Emits `demand.unpinned`.

    :raises NotFound: for a demand that he may not see, or a pin that is not there or not set by hand.
    """
    demand = _open_demand(demand_id)
    access.require(actor, company_id=demand.used_by_id, site_id=demand.site_id, roles=access.PLANNERS)

    key = key_of(demand)
    lock_levels([key])
    stocks = lock_stock(key) if supply_id is None else []

    _read_again(demand, key)
    at_source = Q(supply_id=supply_id) if supply_id is not None else Q(supply=None)
    pins = AllocationPin.objects.filter(at_source, demand=demand, kind=AllocationKind.PINNED.value)
    if not pins.exists():
        raise NotFound("There is no such pin.")
    if supply_id is None:
        reserve(key, stocks, -_pinned(pins), now=now)
    pins.delete()

    _record("demand.unpinned", demand, actor)


def release_closed(keys: Sequence[LevelKey], *, now: datetime) -> None:
    """Let go of what demands at these keys have pinned and no longer need: closed ones, and those that shrank.

    Called by the workers with each recompute; idempotent. A transaction a key, because balances of several keys
    locked one after the other would meet documents that lock all of theirs by id.
    """
    for key in sorted(loose_keys(keys)):
        release_surplus(key, now=now)


@service
def release_surplus(key: LevelKey, *, now: datetime) -> None:
    """The same for one key. Locks its level, then its balances."""
    lock_levels([key])
    stocks = lock_stock(key)
    for pin_id, surplus, is_on_hand in loose_pins(key):
        if is_on_hand:
            reserve(key, stocks, -surplus, now=now)
        shrink(pin_id, surplus)


@service
def release_lines(kind: DemandKind, line_ids: Collection[int], *, now: datetime) -> None:
    """Let go of all that the demands of these lines have pinned, at the key where they stand.

    To be called before a line goes to another site: its pins can't follow. The caller holds the document's lock.
    Locks the levels, then the balances.
    """
    demands = list(Demand.objects.filter(kind=kind, line_id__in=list(line_ids)).order_by("id"))
    keys = sorted({key_of(demand) for demand in demands})
    if not keys:
        return
    lock_levels(keys)
    stocks = lock_stock(*keys)

    pins = AllocationPin.objects.filter(demand__in=demands)
    for demand in demands:
        on_hand = _pinned(pins.filter(demand=demand, supply=None))
        reserve(key_of(demand), stocks, -on_hand, now=now)
    pins.delete()


def _own_on_hand(demand: Demand) -> QuerySet[AllocationPin]:
    return AllocationPin.objects.filter(demand_id=demand.pk, supply=None)


def _open_demand(demand_id: int) -> Demand:
    demand = Demand.objects.filter(id=demand_id, closed_at=None).first()
    if demand is None:
        raise NotFound("There is no such open demand.")
    return demand


def _read_again(demand: Demand, key: LevelKey) -> None:
    """What is open, now that nobody else changes it; the caller holds the locks of the key it stood at.

    :raises WrongState: when it went to another key or was closed meanwhile.
    """
    demand.refresh_from_db()
    if demand.closed_at is not None or key_of(demand) != key:
        raise WrongState("The demand was changed meanwhile; look at it again.")


def _supply(supply_id: int | None, key: LevelKey) -> Supply | None:
    if supply_id is None:
        return None
    supply = Supply.objects.filter(id=supply_id, closed_at=None).first()
    if supply is None or key_of(supply) != key or supply.pegged_demand_id is not None:
        raise InvalidInput(errors={"supply_id": "There is no such supply for this demand."})
    return supply


def _left_of(demand: Demand, supply_id: int | None) -> Decimal:
    own = AllocationPin.objects.filter(demand_id=demand.pk)
    # SQL's `supply_id <> 7` is not true of null, so a pin to stock on hand is asked for by itself.
    others = own.exclude(supply=None) if supply_id is None else own.filter(~Q(supply_id=supply_id) | Q(supply=None))
    return demand.open_quantity - _pinned(others)


def _left_at(demand: Demand, supply: Supply | None, *, now: datetime) -> Decimal:
    """What the source holds, less what is pinned to other demands; the caller holds the level's lock."""
    if supply is not None:
        return supply.open_quantity - _pinned(AllocationPin.objects.filter(supply=supply).exclude(demand=demand))
    key = key_of(demand)
    others = AllocationPin.objects.filter(
        supply=None,
        demand__item_id=key.item_id,
        demand__site_id=key.site_id,
        demand__used_by_id=key.used_by_id,
        demand__closed_at=None,
    ).exclude(demand=demand)
    return preview([key], now=now).levels[key].on_hand - _pinned(others)


def _pinned(pins: Any) -> Decimal:
    return pins.aggregate(total=Sum("quantity"))["total"] or ZERO


def _check(quantity: Decimal, left: Decimal, what: str) -> None:
    if not ZERO < quantity <= left:
        raise InvalidInput(errors={"quantity": f"{plain(quantity)} can't be pinned: {plain(max(left, ZERO))} {what}."})


def _record(kind: str, demand: Demand, actor: Any) -> None:
    events.record_change(
        kind,
        documents=[(demand.document_kind, demand.document_id)],
        keys=[key_of(demand)],
        company_ids=[demand.company_id],
        site_ids=[demand.site_id],
        actor=actor,
    )
