"""Levels and ranked allocation in plain loops, to compare the recompute's SQL with."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

ON_HAND = {"storage", "lineside", "staging"}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Stock:
    quantity: Decimal
    kind: str
    lot_state: str = "ok"
    expires_on: date | None = None


@dataclass(frozen=True)
class Need:
    id: int
    quantity: Decimal
    tier: int
    rank: str | None
    due_at: datetime
    due_on: date
    is_counted: bool = True

    @property
    def order(self):
        return self.tier, self.rank is None, (self.rank or "").encode(), self.due_at, self.id


@dataclass(frozen=True)
class Coming:
    id: int
    quantity: Decimal
    due_at: datetime
    due_on: date
    pegged_to: int | None = None
    in_transit: Decimal = ZERO
    is_transfer: bool = False
    is_counted: bool = True


@dataclass(frozen=True)
class Pin:
    demand_id: int
    supply_id: int  # 0: on hand
    quantity: Decimal
    kind: str


@dataclass(frozen=True)
class Case:
    today: date
    stocks: list[Stock]
    needs: list[Need]
    comings: list[Coming]
    pins: list[Pin] = field(default_factory=list)
    safety_stock: Decimal = ZERO
    lead_time_days: int | None = None

    def counted(self):
        return (
            sorted((need for need in self.needs if need.is_counted and need.quantity), key=lambda need: need.order),
            sorted(
                (one for one in self.comings if one.is_counted and one.quantity),
                key=lambda one: (one.due_on, one.due_at, one.id),
            ),
        )

    def is_bad(self, stock: Stock) -> bool:
        return stock.lot_state != "ok" or (stock.expires_on is not None and stock.expires_on < self.today)


def level(case: Case) -> dict:
    on_hand = blocked = in_wip = ZERO
    for stock in case.stocks:
        if stock.kind in ON_HAND and not case.is_bad(stock):
            on_hand += stock.quantity
        elif stock.kind in ON_HAND or stock.kind == "quarantine":
            blocked += stock.quantity
        elif stock.kind == "wip":
            in_wip += stock.quantity
    needs, comings = case.counted()
    committed = sum((need.quantity for need in needs), ZERO)
    expected = sum((one.quantity for one in comings), ZERO)
    projected = on_hand - committed + expected
    stock_out_on = _stock_out_on(case, on_hand)
    order_by_on = None
    if stock_out_on is not None and case.lead_time_days is not None:
        order_by_on = stock_out_on - timedelta(days=case.lead_time_days)
    return {
        "on_hand": on_hand,
        "blocked": blocked,
        "in_wip": in_wip,
        "committed": committed,
        "expected": expected,
        "available": on_hand - committed,
        "projected": projected,
        "safety_stock": case.safety_stock,
        "missing": max(ZERO, case.safety_stock - projected),
        "excess": max(ZERO, projected - case.safety_stock),
        "in_transit": sum((one.in_transit for one in comings if one.is_transfer), ZERO),
        "stock_out_on": stock_out_on,
        "order_by_on": order_by_on,
        "computed_for": case.today,
    }


def _stock_out_on(case: Case, on_hand: Decimal) -> date | None:
    needs, comings = case.counted()
    days = defaultdict(lambda: ZERO)
    for need in needs:
        days[max(need.due_on, case.today)] -= need.quantity
    for one in comings:
        days[max(one.due_on, case.today)] += one.quantity
    for day in sorted(days):
        on_hand += days[day]
        if on_hand < 0:
            return day
    return None


def allocation(case: Case) -> dict[int, dict]:
    needs, comings = case.counted()
    on_hand = level(case)["on_hand"]
    left = {0: on_hand} if on_hand > 0 else {}
    left |= {one.id: one.quantity for one in comings}
    order = {source: place for place, source in enumerate(left)}
    served = {need.id: [] for need in needs}

    for need_id, source, quantity, kind in _fixed(case, needs, comings, left, order):
        left[source] -= quantity
        served[need_id].append((order[source], source, kind, quantity))

    free = [source for source in left if source not in {one.id for one in comings if one.pegged_to is not None}]
    for need in needs:
        open_quantity = need.quantity - sum(part[3] for part in served[need.id])
        for source in free:
            part = min(open_quantity, left[source])
            if part > 0:
                left[source] -= part
                open_quantity -= part
                served[need.id].append((order[source], source, "soft", part))
    arrives = {0: None} | {one.id: max(one.due_on, case.today) for one in comings}
    return {need.id: _answer(need, sorted(served[need.id]), arrives, case.today) for need in needs}


def _fixed(case, needs, comings, left, order):
    """Pins and pegs, cut to what the demand needs, then to what the source holds, in rank order."""
    pegged = {one.id: one.pegged_to for one in comings}
    wishes = [
        (pin.demand_id, pin.supply_id, pin.quantity, pin.kind)
        for pin in case.pins
        if pin.supply_id in left and pegged.get(pin.supply_id) is None
    ]
    wishes += [(one.pegged_to, one.id, one.quantity, "pegged") for one in comings if one.pegged_to is not None]
    wanted = []
    for need in needs:
        open_quantity = need.quantity
        mine = [wish for wish in wishes if wish[0] == need.id]
        for _, source, quantity, kind in sorted(mine, key=lambda wish: order[wish[1]]):
            part = min(quantity, open_quantity)
            open_quantity -= part
            wanted.append((need.id, source, part, kind))
    remaining = dict(left)
    for need_id, source, quantity, kind in wanted:
        part = min(quantity, remaining[source])
        remaining[source] -= part
        if part > 0:
            yield need_id, source, part, kind


def _answer(need, parts, arrives, today):
    quantity = sum((part[3] for part in parts), ZERO)
    dates = [arrives[part[1]] for part in parts if arrives[part[1]] is not None]
    if quantity < need.quantity:
        availability, expected_on = "not_available", None
    elif dates:
        availability, expected_on = "expected", max(dates)
    else:
        availability, expected_on = "in_stock", None
    return {
        "quantity": need.quantity,
        "served_quantity": quantity,
        "availability": availability,
        "expected_on": expected_on,
        "late_days": max(0, ((expected_on or today) - need.due_on).days),
        "parts": [(part[1], part[3], part[2]) for part in parts],
    }
