"""Changing sales orders that are not done, and blocking them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from core import inserts, versions
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import DemandKind
from inventory.drafts import LevelKey
from inventory.services import ranks
from inventory.services.orders import blocking
from inventory.services.orders.dating import check_edits
from inventory.services.orders.editing import change_head, change_lines, next_line_no, refuse_unknown, to_remove
from inventory.services.pins import release_lines
from inventory.services.registers import close_demands
from sales import events, rules
from sales.drafts import LineDraft, LineEdit
from sales.locks import lock_order
from sales.models import SalesOrder, SalesOrderLine, ShipmentLine
from sales.rules import Step
from sales.services import demands
from sales.services.access import require_planner
from sales.services.sales_orders import line_changes
from sales.services.sales_orders import lines as order_lines

HEADER_FIELDS = frozenset({"need_by_on", "promised_on", "note", "external_reference"})
# Lines that stood at the order's old date go along with it.
_INHERITED = ("need_by_on", "promised_on")


@service
def edit(
    order_id: int,
    *,
    changes: Mapping[str, Any] | None = None,
    lines: Sequence[LineEdit] = (),
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> SalesOrder:
    """Change fields of the order, and add, change or remove lines; what is not named stays as it is.

    A line that something was posted or closed on keeps its quantity, unit, site and price. Open lines that stood at
    the order's old date go along with it. `expected` is the version that the editor saw. Emits `sales_order.changed`.

    :raises StaleVersion: when somebody changed the order meanwhile.
    :raises WrongState: when the order is shipped, closed or canceled.
    :raises LineTouched: for a line that must stay as it is.
    :raises InvalidInput: naming each field that is wrong, such as `lines.0.quantity`.
    """
    changes = changes or {}
    refuse_unknown(changes, allowed=HEADER_FIELDS)
    check_edits(changes, lines)

    order = lock_order(order_id)
    require_planner(actor, order)
    versions.check(order, expected)
    rules.check(order.state, Step.EDIT, number=order.number)

    standing = _lines(order)
    sites = {line.pk: line.site_id for line in standing.values()}
    first_new_no = next_line_no(standing.values())
    touched = change_head(order, changes, standing.values(), inherited=_INHERITED)
    keys = _remove(standing, lines)
    touched |= change_lines(standing, lines, partial(line_changes.apply, actor=actor))
    added = _add(order, first_new_no, lines, actor)
    if not standing and not added:
        raise InvalidInput(errors={"lines": "An order needs at least one line."})

    _release_pins([line for line in standing.values() if line.site_id != sites[line.pk]], now)
    keys |= _write(order, [standing[line_id] for line_id in sorted(touched & standing.keys())], added)
    _save(order, [*standing.values(), *added], changes)
    events.record_order("changed", order, keys=keys, actor=actor)
    return order


@service
def block(order_id: int, *, reason: str, now: datetime, actor: Any) -> SalesOrder:
    """Block an order, with the reason: it keeps its state, rank and stock, and is not shipped.

    Emits `sales_order.blocked`.

    :raises InvalidInput: without a reason.
    :raises WrongState: when the order is shipped, closed or canceled.
    """
    return _set_block(order_id, "blocked", blocked_at=now, reason=blocking.checked_reason(reason), actor=actor)


@service
def unblock(order_id: int, *, now: datetime, actor: Any) -> SalesOrder:
    """Let a blocked order go on. Emits `sales_order.unblocked`.

    :raises WrongState: when the order is shipped, closed or canceled.
    """
    return _set_block(order_id, "unblocked", blocked_at=None, reason="", actor=actor)


def _set_block(order_id: int, verb: str, *, blocked_at: datetime | None, reason: str, actor: Any) -> SalesOrder:
    order = lock_order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.BLOCK, number=order.number)
    blocking.write(order, blocked_at=blocked_at, reason=reason)
    events.record_order(verb, order, actor=actor)
    return order


def _lines(order: SalesOrder) -> dict[int, SalesOrderLine]:
    lines = SalesOrderLine.objects.filter(order=order).select_related("item__unit", "unit").order_by("line_no")
    return {line.pk: line for line in lines}


def _remove(standing: dict[int, SalesOrderLine], edits: Sequence[LineEdit]) -> frozenset[LevelKey]:
    gone = to_remove(standing, edits, verb="shipped", parts=ShipmentLine.objects.all())
    if not gone:
        return frozenset()
    keys = close_demands(DemandKind.SALES_LINE, gone)
    SalesOrderLine.objects.filter(pk__in=gone).delete()
    for line_id in gone:
        del standing[line_id]
    return keys


def _add(order: SalesOrder, first_no: int, edits: Sequence[LineEdit], actor: Any) -> list[SalesOrderLine]:
    drafts = [(place, draft) for place, draft in enumerate(edits) if isinstance(draft, LineDraft)]
    if not drafts:
        return []
    return order_lines.build(
        [
            order_lines.Wanted(order, draft, f"lines.{place}", first_no + number)
            for number, (place, draft) in enumerate(drafts)
        ],
        actor=actor,
    )


def _release_pins(moved: Sequence[SalesOrderLine], now: datetime) -> None:
    """What is pinned stands at the site that a line leaves."""
    if moved:
        release_lines(DemandKind.SALES_LINE, [line.pk for line in moved], now=now)


def _write(order: SalesOrder, touched: list[SalesOrderLine], added: list[SalesOrderLine]) -> frozenset[LevelKey]:
    inserts.update(touched, line_changes.WRITTEN)
    inserts.insert(added)
    return demands.put([(order, line) for line in (*touched, *added)])


def _save(order: SalesOrder, lines: Sequence[SalesOrderLine], changes: Mapping[str, Any]) -> None:
    order.state = rules.state_after(order.state, Step.EDIT, lines)
    order.version += 1
    order.save(update_fields=[*changes, "state", "version"])
    ranks.follow(order.priority_id, is_open=order.state in rules.OPEN_STATES)
