"""Opening quotes and ranking what is open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import inserts
from core.errors import InvalidInput, NotFound
from core.transactions import service
from inventory.services import ranks
from sales import events, rules
from sales.locks import lock_order, lock_orders
from sales.models import SalesOrder, SalesOrderLine
from sales.rules import Step
from sales.services import demands
from sales.services.access import require_planner


@service
def open(order_id: int, *, now: datetime, actor: Any) -> SalesOrder:
    """Open a quote: it takes its place at the end of the company's ranks, and its demand becomes FIRM.

    Stock may be short; soft allocation serves by rank. Locks the order, then the rank sequence. Emits
    `sales_order.opened`.

    :raises WrongState: unless it is a quote.
    """
    return open_many([order_id], now=now, actor=actor)[0]


@service
def open_many(order_ids: Sequence[int], *, now: datetime, actor: Any) -> list[SalesOrder]:
    """Open quotes in the order given, all or none, in a number of statements that does not depend on how many.

    :raises WrongState: unless all are quotes.
    """
    locked = lock_orders(order_ids)
    if missing := [order_id for order_id in order_ids if order_id not in locked]:
        raise NotFound(f"There is no sales order {missing[0]}.")
    orders = [locked[order_id] for order_id in dict.fromkeys(order_ids)]
    for order in orders:
        require_planner(actor, order)
        rules.check(order.state, Step.OPEN, number=order.number)
        order.version += 1

    lines = list(SalesOrderLine.objects.filter(order__in=orders).order_by("order_id", "line_no"))
    open_locked(orders, lines, now=now, actor=actor)
    return orders


def open_locked(orders: list[SalesOrder], lines: list[SalesOrderLine], *, now: datetime, actor: Any) -> None:
    """Open these quotes, whose locks the caller holds (or which he has just made)."""
    by_id = {order.pk: order for order in orders}
    for company_id in sorted({order.company_id for order in orders}):
        of_company = [order for order in orders if order.company_id == company_id]
        places = ranks.append_many(company_id, len(of_company))
        for order, place in zip(of_company, places, strict=True):
            order.priority = place
    for order in orders:
        order.state = rules.state_after(order.state, Step.OPEN, ())
        order.opened_at = now
    inserts.update(orders, ["state", "opened_at", "priority", "version"])

    keys = demands.put([(by_id[line.order_id], line) for line in lines])
    events.record_orders("opened", orders, keys=keys, actor=actor)


@service
def rank(
    order_id: int, *, before: int | None = None, after: int | None = None, now: datetime, actor: Any
) -> ranks.Moved:
    """Put an open order directly before or directly after another open sales order of its company.

    One row changes, and all that follow are served anew. Returns where it stood, so that it can be undone.

    :raises WrongState: unless the order is open.
    :raises InvalidInput: unless exactly one other open order of the company is named.
    """
    order = lock_order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.RANK, number=order.number)
    assert order.priority_id is not None
    return ranks.move(
        order.priority_id,
        before=_priority_of(before, order, field="before"),
        after=_priority_of(after, order, field="after"),
        now=now,
        actor=actor,
    )


def _priority_of(other_id: int | None, order: SalesOrder, *, field: str) -> int | None:
    if other_id is None:
        return None
    other = SalesOrder.objects.filter(pk=other_id, company_id=order.company_id).only("number", "priority").first()
    if other is None:
        raise InvalidInput(errors={field: f"There is no sales order {other_id} in this ranking."})
    if other.priority_id is None:
        raise InvalidInput(errors={field: f"{other.number} is a quote and has no rank."})
    return other.priority_id
