"""Making manufacturing orders, one or many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import local_date
from core.dates import check_dates
from core.errors import InvalidInput
from core.transactions import service
from inventory.drafts import LevelKey
from inventory.models import Demand, Item
from inventory.selectors.ordering import Asked, Measured, measured
from inventory.services import items, ranks
from inventory.services.orders.numbering import number
from production import events, rules
from production.choices import BillKind, OrderKind
from production.drafts import OrderDraft
from production.errors import NoBill
from production.models import BillOfMaterials, ManufacturingOrder, ManufacturingOrderComponent, Task
from production.selectors.bills import BillKey, closest_bills
from production.selectors.dates import Lead, start_dates
from production.services import components, lead_times, registers, subject
from production.services.steps import freezing
from sites.access import PLANNERS, require
from sites.models import Company, Site

PREFIX = "MO"


@dataclass(frozen=True)
class _Known:
    """What a draft names, looked up."""

    item: Item
    site: Site
    company: Company
    demand: Demand | None
    source: subject.Source | None


def create(draft: OrderDraft, *, now: datetime, actor: Any) -> ManufacturingOrder:
    """A new planned order with its components, PLANNED demand for them and PLANNED supply of what it makes.

    Made to stock it takes a place at the end of its company's ranks, which stay locked until the commit. Emits
    `manufacturing_order.created`.

    :raises InvalidInput: naming each field that is wrong.
    :raises NoBill: when no recipe is valid there and then.
    """
    return _create([draft], prefixes=[""], now=now, actor=actor)[0]


def create_many(drafts: Sequence[OrderDraft], *, now: datetime, actor: Any) -> list[ManufacturingOrder]:
    """Many new orders, all or none, in a number of statements that does not depend on how many.

    :raises InvalidInput, NoBill: as `create`, each field behind the order's place: `3.quantity`.
    """
    return _create(drafts, prefixes=[f"{place}." for place in range(len(drafts))], now=now, actor=actor)


@service
def _create(
    drafts: Sequence[OrderDraft], *, prefixes: Sequence[str], now: datetime, actor: Any
) -> list[ManufacturingOrder]:
    if not drafts:
        return []
    for draft, prefix in zip(drafts, prefixes, strict=True):
        check_dates(vars(draft), prefix=prefix)
    known = _look_up(drafts, prefixes)
    for company_id, site_id in {(one.company.pk, one.site.pk) for one in known}:
        require(actor, company_id=company_id, site_id=site_id, roles=PLANNERS)
    sizes = _measured(drafts, known, prefixes, actor=actor)

    orders = [_order(*row, actor=actor) for row in zip(drafts, known, sizes, strict=True)]
    _date(orders, drafts, now=now)
    _follow_bills(orders, drafts, prefixes, now=now)
    steps = follow_steps(orders, now=now)
    dates = {
        place: components.recipe_date(order, components.today_at(order, now)) for place, order in enumerate(orders)
    }
    parts = components.build(orders, dates, steps)

    for order, size in zip(orders, sizes, strict=True):
        if size.is_first_use:
            items.give_sight([order.item_id], order.company_id)
    number(orders, prefixes, series=PREFIX)
    _rank(orders, known)
    ManufacturingOrder.objects.bulk_create(orders)
    for order, own in zip(orders, parts, strict=True):
        for component in own:
            component.order_id = order.pk
            component.task = None  # there are tasks from the release on
    ManufacturingOrderComponent.objects.bulk_create([component for own in parts for component in own])

    keys = registers.put(zip(orders, parts, strict=True)) | lead_times.put(_lead_times(orders))
    events.record_orders("created", orders, keys=keys, actor=actor)
    return orders


def _measured(
    drafts: Sequence[OrderDraft], known: Sequence[_Known], prefixes: Sequence[str], *, actor: Any
) -> list[Measured]:
    asked = [
        Asked(one.company.pk, draft.item_id, draft.quantity, prefix.rstrip("."))
        for draft, one, prefix in zip(drafts, known, prefixes, strict=True)
    ]
    try:
        return measured(asked, actor=actor)
    except InvalidInput as error:  # an order alone has no place to put before its fields
        raise InvalidInput(errors={name.lstrip("."): text for name, text in error.errors.items()}) from None


def _look_up(drafts: Sequence[OrderDraft], prefixes: Sequence[str]) -> list[_Known]:
    made = Item.objects.select_related("unit").in_bulk({draft.item_id for draft in drafts})
    sites = Site.objects.select_related("default_owner").in_bulk({draft.site_id for draft in drafts})
    companies = Company.objects.in_bulk({draft.company_id for draft in drafts} - {None})
    wanted = {draft.demand_id for draft in drafts} - {None}
    demands = Demand.objects.in_bulk(wanted) if wanted else {}
    found: list[_Known] = []
    errors: dict[str, str] = {}
    for draft, prefix in zip(drafts, prefixes, strict=True):
        item, site = made.get(draft.item_id), sites.get(draft.site_id)
        default = site.default_owner if site else None
        company = companies.get(draft.company_id) if draft.company_id else default
        demand = demands.get(draft.demand_id) if draft.demand_id else None
        wrong = _errors(draft, item, site, company, demand)
        source = None
        if item and site and company and draft.source_lot_id is not None:
            source = subject.source(draft.source_lot_id, site_id=site.pk, company_id=company.pk)
            if text := subject.error(source, item, site, draft.quantity):
                wrong["source_lot"] = text
        errors |= {prefix + name: text for name, text in wrong.items()}
        if item and site and company:
            found.append(_Known(item, site, company, demand, source))
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _errors(
    draft: OrderDraft, item: Item | None, site: Site | None, company: Company | None, demand: Demand | None
) -> dict[str, str]:
    errors = {}
    if item is None:
        errors["item"] = "Not found."
    if site is None or site.archived_at is not None:
        errors["site"] = "Not found." if site is None else f"{site.code} is archived."
    if site is not None and company is None:
        errors["company"] = "Not found."
    if draft.due_at is not None and draft.due_on is not None:
        errors["due_on"] = "Give a date or a moment, not both."
    if draft.kind not in OrderKind.values:
        errors["kind"] = f"“{draft.kind}” is none of {', '.join(OrderKind.values)}."
    elif draft.kind != OrderKind.MAKE and draft.demand_id is not None:
        errors["demand"] = f"A {draft.kind} makes nothing for a demand."
    if draft.source_lot_id is not None and draft.kind != OrderKind.REWORK:
        errors["source_lot"] = "Only a rework names the lot that it repairs."
    if draft.demand_id is not None and not _serves(demand, draft, company):
        errors["demand"] = "There is no open demand of this item at this site for this company."
    return errors


def _serves(demand: Demand | None, draft: OrderDraft, company: Company | None) -> bool:
    return (
        demand is not None
        and company is not None
        and demand.closed_at is None
        and (demand.item_id, demand.site_id, demand.used_by_id) == (draft.item_id, draft.site_id, company.pk)
    )


def _order(draft: OrderDraft, known: _Known, size: Measured, *, actor: Any) -> ManufacturingOrder:
    demand = known.demand
    repaired = subject.lot_number(known.item, known.source.lot) if known.source else ""
    return ManufacturingOrder(
        company=known.company,
        owner=known.company,
        number=draft.number.strip(),
        site=known.site,
        item=known.item,
        kind=draft.kind,
        source_lot=known.source.lot if known.source else None,
        quantity=size.quantity,
        start_quantity=size.quantity,
        posted_quantity=Decimal(0),
        scrapped_quantity=Decimal(0),
        closed_quantity=Decimal(0),
        lot_number=draft.lot_number.strip() or repaired,
        note=draft.note,
        external_reference=draft.external_reference,
        source_kind=demand.kind if demand else "",
        source_id=demand.line_id if demand else None,
        chain_id=(demand.chain_id or demand.pk) if demand else None,
        priority_id=demand.priority_id if demand else None,
        created_by_id=getattr(actor, "pk", None),
    )


def _date(orders: Sequence[ManufacturingOrder], drafts: Sequence[OrderDraft], *, now: datetime) -> None:
    for order, draft in zip(orders, drafts, strict=True):
        set_due(order, due_at=draft.due_at, due_on=draft.due_on or local_date(now, order.site.time_zone))


def set_due(order: ManufacturingOrder, *, due_at: datetime | None, due_on: Any) -> None:
    """Due at a moment, or when receiving ends on a date at the site."""
    zone = ZoneInfo(order.site.time_zone)
    order.due_at = due_at or datetime.combine(due_on, order.site.receiving_ends_at, tzinfo=zone)
    order.due_on = local_date(order.due_at, order.site.time_zone)


def _follow_bills(
    orders: Sequence[ManufacturingOrder], drafts: Sequence[OrderDraft], prefixes: Sequence[str], *, now: datetime
) -> None:
    """Give each order its bill, start quantity and start date.

    The bill is the one valid when the order is due: its lead time is known only then, and a bill that changes between
    start and due date is taken again on release.
    """
    follow_bills(orders, {place: draft.bill_id for place, draft in enumerate(drafts)}, prefixes, now=now)
    set_starts(orders)


def follow_bills(
    orders: Sequence[ManufacturingOrder], named: dict[int, int | None], prefixes: Sequence[str], *, now: datetime
) -> None:
    """Let each order follow the bill named for it (by its place), else the closest; a rework needs none.

    :raises NoBill: where there is none.
    """
    for order, bill, prefix in zip(orders, find_bills(orders, named, now=now), prefixes, strict=True):
        if bill is not None:
            follow(order, bill)
        elif order.kind == OrderKind.REWORK:
            order.bill = None
        else:
            raise NoBill(
                item=order.item.sku,
                site=order.site.code,
                on=max(order.due_on, local_date(now, order.site.time_zone)),
                is_apart=order.kind == OrderKind.DISASSEMBLY,
                field=f"{prefix}item",
            )


def find_bills(
    orders: Sequence[ManufacturingOrder], named: dict[int, int | None], *, now: datetime
) -> list[BillOfMaterials | None]:
    """The bill named for an order (by its place), else the closest on its due date, or today's where that is past."""
    keys = [
        BillKey(
            order.item_id,
            order.site_id,
            order.company_id,
            max(order.due_on, local_date(now, order.site.time_zone)),
            order.kind,
        )
        for order in orders
    ]
    wanted = {bill_id for bill_id in named.values() if bill_id is not None}
    by_id = BillOfMaterials.objects.in_bulk(wanted) if wanted else {}
    closest = closest_bills([key for place, key in enumerate(keys) if named.get(place) is None])
    found: list[BillOfMaterials | None] = []
    for place, (order, key) in enumerate(zip(orders, keys, strict=True)):
        bill_id = named.get(place)
        bill = closest.get(key) if bill_id is None else by_id.get(bill_id)
        found.append(bill if bill is None or _is_usable(bill, order) else None)
    return found


def _is_usable(bill: BillOfMaterials, order: ManufacturingOrder) -> bool:
    return (
        bill.item_id == order.item_id
        and (OrderKind.MAKE if bill.kind == BillKind.PHANTOM else bill.kind) == order.kind
        and bill.archived_at is None
        and bill.company_id in {None, order.company_id}
        and bill.site_id in {None, order.site_id}
    )


def follow(order: ManufacturingOrder, bill: BillOfMaterials) -> None:
    """Take a bill, and start as many as its yield asks for; one taken apart is one started."""
    order.bill = bill
    order.yield_factor = bill.yield_factor if order.kind != OrderKind.DISASSEMBLY else Decimal(1)
    order.start_quantity = rules.start_quantity(
        good=order.quantity, yield_factor=order.yield_factor, decimals=order.item.unit.decimals
    )


def follow_steps(orders: Sequence[ManufacturingOrder], *, now: datetime) -> list[list[Task]]:
    """Give each order the routing to follow, and its start by its steps; returns these, unsaved."""
    freezing.follow_routings(orders, now=now)
    steps = freezing.tasks_of(orders)
    for order, tasks in zip(orders, steps, strict=True):
        freezing.start_of(order, tasks)
    return steps


def set_starts(orders: Sequence[ManufacturingOrder]) -> None:
    """Start each order so much before its due date as its bill takes."""
    leads = [
        Lead(order.site.calendar_id, order.due_on, order.bill.lead_time_days or 0 if order.bill else 0)
        for order in orders
    ]
    for order, start_on in zip(orders, start_dates(leads), strict=True):
        order.start_on = start_on


def _rank(orders: Sequence[ManufacturingOrder], known: Sequence[_Known]) -> None:
    """Put those made to stock at the end of their company's ranks, in order."""
    waiting: dict[int, list[ManufacturingOrder]] = {}
    for order, one in zip(orders, known, strict=True):
        if one.demand is None:
            waiting.setdefault(order.company_id, []).append(order)
    for company_id in sorted(waiting):
        places = ranks.append_many(company_id, len(waiting[company_id]))
        for order, priority in zip(waiting[company_id], places, strict=True):
            order.priority = priority


def _lead_times(orders: Sequence[ManufacturingOrder]) -> dict[LevelKey, int]:
    return {
        LevelKey(order.item_id, order.site_id, order.company_id): order.bill.lead_time_days
        for order in orders
        if order.bill is not None and order.bill.lead_time_days is not None
    }
