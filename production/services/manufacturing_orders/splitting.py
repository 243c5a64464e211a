"""One order becomes several, several become one, and the rest of a short one goes on in another."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any

from core.errors import InvalidInput, WrongState, plain
from core.quantities import check_quantity, round_up
from core.transactions import service
from inventory.models import Demand
from inventory.services import ranks
from inventory.services.orders.blocking import refuse_blocked
from inventory.services.orders.numbering import number
from production import events, locks, rules
from production.choices import ManufacturingOrderState as State
from production.drafts import OrderDraft
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import Step
from production.services import registers
from production.services.access import require_planner
from production.services.manufacturing_orders.closing import cancel, close
from production.services.manufacturing_orders.creating import PREFIX, create

_DIGITS = 60
_SAME = (
    "company_id",
    "site_id",
    "item_id",
    "bill_id",
    "routing_id",
    "kind",
    "source_lot_id",
    "source_kind",
    "source_id",
)
_COPIED = (
    *(*_SAME, "owner_id", "state", "yield_factor", "start_on", "due_at", "due_on", "promised_on", "expected_on"),
    *("lot_number", "note", "external_reference", "released_at"),
)
_LINE_COPIED = (
    *("company_id", "site_id", "line_no", "kind", "bill_line_id", "item_id", "unit_id", "unit_factor", "need_by_on"),
    *("planned_unit_cost", "cost_share", "quantity_per", "fixed_quantity", "scrap_factor"),
)


def shares(total: Decimal, parts: Sequence[Decimal], *, decimals: int) -> list[Decimal]:
    """`total` in the proportion of the parts, each rounded to `decimals`; together they are the total again.

    Each running sum is rounded up, so the first parts get what the rounding gives.
    """
    whole, done, given = sum(parts), Decimal(0), []
    taken = Decimal(0)
    with localcontext() as context:
        context.prec = _DIGITS
        for part in parts:
            done += part
            reached = min(round_up(total * done / whole, decimals), total) if done < whole else total
            given.append(reached - taken)
            taken = reached
    return given


@service
def split(
    order_id: int, quantities: Sequence[object], *, is_for_same_demand: bool = False, now: datetime, actor: Any
) -> list[ManufacturingOrder]:
    """Take so many out of an order, into a new one for each quantity; what is left stays. Returns the new orders.

    They stand directly behind it in the ranks. The needs of the components are shared out: together they are what
    they were. The demand that it is made for stays with the order itself, the others are made to stock, unless they
    are `is_for_same_demand`. Locks the order and its components' demand. Emits `manufacturing_order.split`, and
    `manufacturing_order.created` of the new ones.

    :raises WrongState: unless it is planned, or released in one step with nothing reported.
    :raises InvalidInput: when nothing would be left, naming `quantities`.
    """
    order = locks.order(order_id)
    require_planner(actor, order)
    refuse_blocked(order)
    _check_untouched(order)
    taken = _checked(order, quantities)

    sizes = [order.quantity - sum(taken, Decimal(0)), *taken]
    starts = shares(order.start_quantity, sizes, decimals=order.item.unit.decimals)
    parts = list(order.components.select_related("item__unit").order_by("line_no", "pk"))
    needs = [shares(part.quantity, sizes, decimals=part.item.unit.decimals) for part in parts]
    new = _new_orders(order, sizes, starts, is_for_same_demand, now=now, actor=actor)
    lines = [_lines(one, parts, [need[place] for need in needs]) for place, one in enumerate(new, start=1)]
    ManufacturingOrderComponent.objects.bulk_create([line for own in lines for line in own])
    _shrink(order, sizes[0], starts[0], parts, [need[0] for need in needs])

    keys = registers.put([(order, parts), *zip(new, lines, strict=True)])
    events.record_order("split", order, keys=keys, actor=actor)
    events.record_orders("created", new, keys=keys, actor=actor)
    return new


@service
def merge(order_ids: Sequence[int], *, now: datetime, actor: Any) -> ManufacturingOrder:
    """Make planned orders one: the first of them takes what all make and need, due with the earliest of them.

    The others are canceled. Locks the orders. Emits `manufacturing_order.merged`.

    :raises WrongState: unless all are planned.
    :raises InvalidInput: naming `orders`, where two differ in what they make, where, how or for what.
    """
    if len(set(order_ids)) < 2:
        raise InvalidInput(errors={"orders": "Name at least two orders to merge."})
    rows = {order.pk: order for order in locks.orders(order_ids)}
    orders = [rows[pk] for pk in dict.fromkeys(order_ids)]
    for order in orders:
        require_planner(actor, order)
        refuse_blocked(order)
        rules.check(order.state, Step.RESIZE, number=order.number)
    target, others = orders[0], orders[1:]
    parts = list(target.components.select_related("item__unit").order_by("line_no", "pk"))
    added = [list(order.components.order_by("line_no", "pk")) for order in others]
    for order, own in zip(others, added, strict=True):
        _check_same(target, order, parts, own)

    target.quantity = sum((order.quantity for order in orders), Decimal(0))
    target.start_quantity = sum((order.start_quantity for order in orders), Decimal(0))
    earliest = min(orders, key=lambda order: order.due_at)
    target.due_at, target.due_on, target.start_on = earliest.due_at, earliest.due_on, earliest.start_on
    for place, part in enumerate(parts):
        part.quantity += sum((own[place].quantity for own in added), Decimal(0))
        part.ordered_quantity = part.quantity
        part.need_by_on = registers.needed_on(target)
    for order in others:
        cancel(order.pk, reason=f"Merged into {target.number}", now=now, actor=actor)
    target.version += 1
    target.save(update_fields=["quantity", "start_quantity", "due_at", "due_on", "start_on", "version"])
    ManufacturingOrderComponent.objects.bulk_update(parts, ["quantity", "ordered_quantity", "need_by_on"])

    events.record_order("merged", target, keys=registers.put([(target, parts)]), actor=actor)
    return target


@service
def close_with_back_order(order_id: int, *, reason: str = "", now: datetime, actor: Any) -> ManufacturingOrder:
    """Close an order short, and plan a new one for the rest, for the same demand and directly behind it.

    Emits `manufacturing_order.closed` and `manufacturing_order.created`; returns the new order.

    :raises WrongState: when nothing is open of it.
    """
    order = locks.order(order_id)
    require_planner(actor, order)
    rest = order.quantity - order.posted_quantity - order.closed_quantity
    rules.check(order.state, Step.CLOSE, number=order.number)
    if rest <= 0:
        raise WrongState(f"{order.number} has nothing open; close it without a back-order.")
    demand_id = registers.pegged_demand_id(order)
    is_open = demand_id is not None and Demand.objects.filter(pk=demand_id, closed_at=None).exists()

    close(order_id, reason=reason.strip() or f"{plain(rest)} go on in a back-order", now=now, actor=actor)
    bill = order.bill
    new = create(
        OrderDraft(
            item_id=order.item_id,
            site_id=order.site_id,
            company_id=order.company_id,
            quantity=rest,
            due_at=order.due_at,
            bill_id=bill.pk if bill is not None and bill.archived_at is None else None,
            demand_id=demand_id if is_open else None,
            kind=order.kind,
            source_lot_id=order.source_lot_id,
            lot_number=order.lot_number,
            note=order.note,
            external_reference=order.external_reference,
        ),
        now=now,
        actor=actor,
    )
    new.split_from = order
    new.save(update_fields=["split_from"])
    if not is_open and order.priority_id is not None and new.priority_id is not None:
        ranks.move(new.priority_id, after=order.priority_id, now=now, actor=actor)
    return new


def _check_untouched(order: ManufacturingOrder) -> None:
    rules.check(order.state, Step.SPLIT, number=order.number)
    if order.state == State.RELEASED:
        if order.tasks.exists():
            raise WrongState(f"{order.number} has tasks on the shop floor; split it before it is released.")
        if order.components.filter(posted_quantity__gt=0).exists():
            raise WrongState(f"{order.number} has components issued; take that back first.")


def _checked(order: ManufacturingOrder, quantities: Sequence[object]) -> list[Decimal]:
    unit = order.item.unit
    if not quantities:
        raise InvalidInput(errors={"quantities": "Say how many the new orders shall make."})
    checked = [
        check_quantity(quantity, decimals=unit.decimals, unit=unit.code, field=f"quantities.{place}")
        for place, quantity in enumerate(quantities)
    ]
    if sum(checked) >= order.quantity:
        text = f"{plain(sum(checked, Decimal(0)))} of {plain(order.quantity)} would leave nothing in {order.number}."
        raise InvalidInput(errors={"quantities": text})
    return checked


def _new_orders(
    order: ManufacturingOrder,
    sizes: Sequence[Decimal],
    starts: Sequence[Decimal],
    is_for_same_demand: bool,
    *,
    now: datetime,
    actor: Any,
) -> list[ManufacturingOrder]:
    """The new orders, written, in their places; the caller holds the lock of the one they are split off."""
    new = []
    for size, start in zip(sizes[1:], starts[1:], strict=True):
        one = ManufacturingOrder(**{name: getattr(order, name) for name in _COPIED}, quantity=size)
        one.start_quantity, one.split_from, one.created_by_id = start, order, getattr(actor, "pk", None)
        one.posted_quantity = one.scrapped_quantity = one.closed_quantity = Decimal(0)
        one.item, one.site, one.company = order.item, order.site, order.company
        if is_for_same_demand:
            one.chain_id, one.priority_id = order.chain_id, order.priority_id
        else:
            one.source_kind, one.source_id = "", None
        new.append(one)
    to_stock = [one for one in new if one.source_id is None]
    for one, place in zip(to_stock, ranks.append_many(order.company_id, len(to_stock)), strict=True):
        one.priority = place
    number(new, [""] * len(new), series=PREFIX)
    ManufacturingOrder.objects.bulk_create(new)
    before = order.priority_id
    for one in to_stock:
        if before is not None and one.priority_id is not None:
            ranks.move(one.priority_id, after=before, now=now, actor=actor)
            before = one.priority_id
    return new


def _lines(
    order: ManufacturingOrder, parts: Sequence[ManufacturingOrderComponent], needs: Sequence[Decimal]
) -> list[ManufacturingOrderComponent]:
    return [
        ManufacturingOrderComponent(
            order=order,
            **{name: getattr(part, name) for name in _LINE_COPIED},
            ordered_quantity=need,
            quantity=need,
            posted_quantity=Decimal(0),
            closed_quantity=Decimal(0),
        )
        for part, need in zip(parts, needs, strict=True)
    ]


def _shrink(
    order: ManufacturingOrder,
    quantity: Decimal,
    start: Decimal,
    parts: Sequence[ManufacturingOrderComponent],
    needs: Sequence[Decimal],
) -> None:
    order.quantity, order.start_quantity = quantity, start
    order.version += 1
    order.save(update_fields=["quantity", "start_quantity", "version"])
    for part, need in zip(parts, needs, strict=True):
        part.quantity = part.ordered_quantity = need
    ManufacturingOrderComponent.objects.bulk_update(parts, ["quantity", "ordered_quantity"])


def _check_same(
    target: ManufacturingOrder,
    order: ManufacturingOrder,
    parts: Sequence[ManufacturingOrderComponent],
    own: Sequence[ManufacturingOrderComponent],
) -> None:
    is_same = all(getattr(target, name) == getattr(order, name) for name in _SAME)
    if not is_same or [_facts(part) for part in parts] != [_facts(part) for part in own]:
        text = f"{order.number} differs from {target.number} in what it makes, where, how or for what."
        raise InvalidInput(errors={"orders": text})


def _facts(part: ManufacturingOrderComponent) -> tuple:
    return part.line_no, part.kind, part.item_id, part.site_id, part.quantity_per, part.scrap_factor
