"""Changing purchase orders that are not done, and blocking them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from core import inserts, versions
from core.clock import local_date
from core.errors import InvalidInput
from core.transactions import service
from inventory.choices import SupplyKind
from inventory.drafts import LevelKey
from inventory.services.orders import blocking
from inventory.services.orders.dating import check_edits
from inventory.services.orders.editing import change_head, change_lines, next_line_no, refuse_unknown, to_remove
from inventory.services.registers import close_supplies
from purchasing import events, rules
from purchasing.drafts import LineDraft, LineEdit
from purchasing.locks import lock_order
from purchasing.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine
from purchasing.rules import Step
from purchasing.services import supplies
from purchasing.services.access import require_planner
from purchasing.services.purchase_orders import line_changes
from purchasing.services.purchase_orders import lines as order_lines

HEADER_FIELDS = frozenset({"expected_on", "note", "external_reference"})
# Lines that stood at the order's old date go along with it.
_INHERITED = ("expected_on",)


@service
def edit(
    order_id: int,
    *,
    changes: Mapping[str, Any] | None = None,
    lines: Sequence[LineEdit] = (),
    expected: int | None = None,
    now: datetime,
    actor: Any,
) -> PurchaseOrder:
    """Change fields of the order, and add, change or remove lines; what is not named stays as it is.

    A line that something was posted or closed on keeps its quantity, unit, site and price. Open lines that stood at
    the order's old date go along with it. `expected` is the version that the editor saw. Emits
    `purchase_order.changed`.

    :raises StaleVersion: when somebody changed the order meanwhile.
    :raises WrongState: when the order is received, closed or canceled.
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
    first_new_no = next_line_no(standing.values())
    touched = change_head(order, changes, standing.values(), inherited=_INHERITED)
    keys = _remove(standing, lines)
    touched |= change_lines(standing, lines, partial(line_changes.apply, actor=actor))
    added = _add(order, first_new_no, lines, now, actor)
    if not standing and not added:
        raise InvalidInput(errors={"lines": "An order needs at least one line."})

    keys |= _write(order, [standing[line_id] for line_id in sorted(touched & standing.keys())], added, now)
    _save(order, [*standing.values(), *added], changes)
    events.record_order("changed", order, keys=keys, actor=actor)
    return order


@service
def block(order_id: int, *, reason: str, now: datetime, actor: Any) -> PurchaseOrder:
    """Block an order, with the reason: it keeps its state, and is neither ordered nor received.

    Emits `purchase_order.blocked`.

    :raises InvalidInput: without a reason.
    :raises WrongState: when the order is received, closed or canceled.
    """
    return _set_block(order_id, "blocked", blocked_at=now, reason=blocking.checked_reason(reason), actor=actor)


@service
def unblock(order_id: int, *, now: datetime, actor: Any) -> PurchaseOrder:
    """Let a blocked order go on. Emits `purchase_order.unblocked`.

    :raises WrongState: when the order is received, closed or canceled.
    """
    return _set_block(order_id, "unblocked", blocked_at=None, reason="", actor=actor)


def _set_block(order_id: int, verb: str, *, blocked_at: datetime | None, reason: str, actor: Any) -> PurchaseOrder:
    order = lock_order(order_id)
    require_planner(actor, order)
    rules.check(order.state, Step.BLOCK, number=order.number)
    blocking.write(order, blocked_at=blocked_at, reason=reason)
    events.record_order(verb, order, actor=actor)
    return order


def _lines(order: PurchaseOrder) -> dict[int, PurchaseOrderLine]:
    lines = PurchaseOrderLine.objects.filter(order=order).select_related("item__unit", "unit").order_by("line_no")
    return {line.pk: line for line in lines}


def _remove(standing: dict[int, PurchaseOrderLine], edits: Sequence[LineEdit]) -> frozenset[LevelKey]:
    gone = to_remove(standing, edits, verb="received", parts=ReceiptLine.objects.all())
    if not gone:
        return frozenset()
    keys = close_supplies(SupplyKind.PURCHASE_LINE, gone)
    PurchaseOrderLine.objects.filter(pk__in=gone).delete()
    for line_id in gone:
        del standing[line_id]
    return keys


def _add(
    order: PurchaseOrder,
    first_no: int,
    edits: Sequence[LineEdit],
    now: datetime,
    actor: Any,
) -> list[PurchaseOrderLine]:
    drafts = [(place, draft) for place, draft in enumerate(edits) if isinstance(draft, LineDraft)]
    if not drafts:
        return []
    today = local_date(now, order.site.time_zone)
    return order_lines.build(
        [
            order_lines.Wanted(order, draft, f"lines.{place}", first_no + number, today)
            for number, (place, draft) in enumerate(drafts)
        ],
        actor=actor,
    )


def _write(
    order: PurchaseOrder, touched: list[PurchaseOrderLine], added: list[PurchaseOrderLine], now: datetime
) -> frozenset[LevelKey]:
    inserts.update(touched, line_changes.WRITTEN)
    inserts.insert(added)
    return supplies.put([(order, line) for line in (*touched, *added)], now=now)


def _save(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], changes: Mapping[str, Any]) -> None:
    order.state = rules.state_after(order.state, Step.EDIT, lines)
    order.version += 1
    order.save(update_fields=[*changes, "state", "version"])
