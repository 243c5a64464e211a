"""From orders and balances to what the workers must have written: levels, allocations, statuses, flows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from tests.inventory.naive_levels import Case, Coming, Need, Stock
from tests.property.ledger_model import ZERO, Ledger
from tests.property.orders_model import ManufacturingOrder, Order, PurchaseOrder, SalesOrder, Transfer

Key = tuple[str, str, str]  # item, site, who may use it

_SURE = {"quote": False, "draft": False}


class Asked(NamedTuple):
    """A row of the demand register: of which line, at which key, and how much."""

    kind: str
    line: Any
    order: Order
    key: Key
    quantity: Any
    due: date
    tier: int
    rank: int | None


class Brought(NamedTuple):
    """A row of the supply register."""

    kind: str
    line: Any
    company: str
    key: Key
    quantity: Any
    due: date
    in_transit: Any = ZERO
    origin: str = ""
    is_sure: bool = True


def demands(orders: Iterable[Order], ranks: dict[str, list[Order]]) -> list[Asked]:
    """What is asked, by line; nothing is of an order that has ended."""
    rows = []
    kinds = {SalesOrder: "sales_line", Transfer: "transfer_out", ManufacturingOrder: "mo_component"}
    for order in orders:
        if type(order) not in kinds:
            continue
        is_over = order.state in {"closed", "canceled", "done", "received"}
        rank = ranks[order.company].index(order) if order in ranks[order.company] else None
        for line in order.lines:
            quantity = ZERO if is_over else line.open
            tier = 1 if isinstance(order, Transfer) else 2
            key = (line.item, order.site, order.company)
            rows.append(Asked(kinds[type(order)], line, order, key, quantity, line.due, tier, rank))
    return rows


def supplies(orders: Iterable[Order], ledger: Ledger) -> list[Brought]:
    """What will come, by line."""
    rows = []
    for order in orders:
        is_over = order.state in {"closed", "canceled", "done", "received"}
        line = order.made if isinstance(order, ManufacturingOrder) else order.lines[0]
        if isinstance(order, PurchaseOrder):
            for each in order.lines:
                key = (each.item, order.site, ledger.used_by(each.item, order.site, order.company))
                is_sure = order.state != "draft"
                rows.append(Brought("purchase_line", each, order.company, key, each.open, each.due, is_sure=is_sure))
        elif isinstance(order, Transfer):
            key = (line.item, order.destination, ledger.used_by(line.item, order.destination, order.company))
            quantity, travels = (ZERO, ZERO) if is_over else (line.open + line.in_transit, line.in_transit)
            rest = (quantity, order.arrives, travels, order.site, order.state != "draft")
            rows.append(Brought("transfer_in", line, order.company, key, *rest))
        elif isinstance(order, ManufacturingOrder):
            key = (line.item, order.site, order.company)
            rows.append(Brought("mo_output", line, order.company, key, ZERO if is_over else line.open, line.due))
    return rows


def cases(keys, orders, ranks, ledger: Ledger, *, today: date, safety: dict[Key, Any]) -> dict[Key, Case]:
    """Each key with all that its figures follow from."""
    asked, brought = defaultdict(list), defaultdict(list)
    for row in demands(orders, ranks):
        asked[row.key].append(_need(row))
    for row in supplies(orders, ledger):
        brought[row.key].append(_coming(row))
    return {
        key: Case(today, [Stock(ledger.on_hand(*key), "storage")], asked[key], brought[key],
                  safety_stock=safety.get(key, ZERO))
        for key in keys
    }  # fmt: skip


def _need(row: Asked) -> Need:
    rank = None if row.rank is None else f"{row.rank:06}"
    is_counted = row.order.state not in _SURE
    return Need(row.line.born, row.quantity, row.tier, rank, _noon(row.due), row.due, is_counted)


def _coming(row: Brought) -> Coming:
    is_transfer = row.kind == "transfer_in"
    return Coming(row.line.born, row.quantity, _noon(row.due), row.due, None, row.in_transit, is_transfer, row.is_sure)


def _noon(day: date) -> datetime:
    """All dates of a site mean the same hour, so any will do."""
    return datetime.combine(day, time(12))


def statuses(orders, answers: dict[int, dict]) -> dict[tuple[str, int], tuple]:
    """The worst line of each order that asks for something."""
    found = {}
    for order in orders:
        lines = [answers[line.born] for line in order.lines if line.born in answers]
        if not lines or isinstance(order, PurchaseOrder):
            continue
        worst = max((line["availability"] for line in lines), key=("in_stock", "expected", "not_available").index)
        dates = [line["expected_on"] for line in lines if line["expected_on"]]
        complete_on = max(dates) if dates and worst != "not_available" else None
        found[order.kind, order.id] = worst, complete_on, max(line["late_days"] for line in lines)
    return found


def flows(orders: Iterable[Order], ledger: Ledger) -> dict[tuple[str, str, str, str], tuple]:
    """What open transfers carry for their own company: (item, company, origin, destination) → open, to come, on its
    way."""
    sums = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for row in supplies(orders, ledger):
        item, site, company = row.key
        if row.kind == "transfer_in" and row.is_sure and row.quantity and row.company == company:
            total = sums[item, company, row.origin, site]
            for place, part in enumerate((row.quantity - row.in_transit, row.quantity, row.in_transit)):
                total[place] += part
    return {key: tuple(parts) for key, parts in sums.items()}
