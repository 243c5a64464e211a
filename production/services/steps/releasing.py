"""What a release makes of an order's steps: tasks, legs between its sites, services at other companies' sites."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from core import inserts
from core.clock import local_date
from core.errors import InvalidInput
from inventory.choices import DocumentKind, LotKind
from inventory.drafts import LevelKey
from inventory.models import Item, Lot
from inventory.selectors.exchange import rate_on
from inventory.services.transfers import feeding, legs
from inventory.services.transfers.feeding import FeederDraft
from inventory.services.transfers.legs import LegDraft
from production.choices import BillLineKind
from production.models import ManufacturingOrder, ManufacturingOrderComponent, Task
from production.services.steps import freezing
from purchasing.models import Supplier
from purchasing.services import services
from purchasing.services.services import ServiceDraft
from sites.models import Site

TASK = "task"
ZERO = Decimal(0)
Steps = Sequence[Sequence[Task]]

# What a unit of a component costs where it is used: the average of what its company has there, else its standard.
_UNIT_COSTS = """
SELECT k.item_id, k.site_id, k.company_id, coalesce(p.value / nullif(p.quantity, 0), c.standard_cost, 0)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k(item_id, site_id, company_id)
LEFT JOIN inventory_costpool p ON p.kind = 'stock' AND p.item_id = k.item_id AND p.owner_id = k.company_id
    AND p.site_id = k.site_id AND p.source_id IS NULL
LEFT JOIN inventory_itemcompany c ON c.item_id = k.item_id AND c.company_id = k.company_id
"""


def price(orders: Sequence[ManufacturingOrder], steps: Steps, *, now: datetime) -> None:
    """Find who does each service and at what price in the order's currency, and what a piece costs at each step.

    :raises InvalidInput: where the company has no supplier that operates a step's site, or no rate for his currency.
    """
    suppliers = _suppliers(orders, steps)
    for order, tasks in zip(orders, steps, strict=True):
        for task in tasks:
            if task.is_service:
                _price_service(order, task, suppliers, now=now)
            freezing.weigh(task)


def write_tasks(steps: Steps) -> None:
    """Save the tasks with their skills and tools."""
    tasks = [task for own in steps for task in own]
    inserts.insert(tasks)
    for name in ("skills", "tools"):
        through = getattr(Task, name).through
        column = f"{name[:-1]}_id"
        rows = [
            through(**{"task_id": task.pk, column: one.pk})
            for task in tasks
            if task.operation is not None
            for one in getattr(task.operation, name).all()
        ]
        through.objects.bulk_create(rows)


def plan_material(parts: Sequence[ManufacturingOrderComponent]) -> None:
    """Freeze what a unit of each component costs on release; one query."""
    keys = sorted({(part.item_id, part.site_id, part.company_id) for part in parts})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(_UNIT_COSTS, [list(column) for column in zip(*keys, strict=True)])
        costs = {row[:3]: row[3].quantize(Decimal("0.00000001")) for row in cursor.fetchall()}
    for part in parts:
        part.planned_unit_cost = costs[part.item_id, part.site_id, part.company_id]


def write_ways(orders: Sequence[ManufacturingOrder], steps: Steps, *, now: datetime, actor: Any) -> None:
    """Legs between consecutive steps at different sites, and an order for each service. The tasks are saved."""
    ways = [
        (order, before, task)
        for order, tasks in zip(orders, steps, strict=True)
        for before, task in itertools.pairwise(tasks)
        if before.site_id != task.site_id
    ]
    lots = stage_lots([(order, before) for order, before, _ in ways])
    legs.plan([_leg(order, before, task, lots[before.pk]) for order, before, task in ways], actor=actor)

    served = [
        (order, task) for order, tasks in zip(orders, steps, strict=True) for task in tasks if task.supplier is not None
    ]
    lines = services.order_services([_service(order, task) for order, task in served], now=now, actor=actor)
    for (_, task), line in zip(served, lines, strict=True):
        task.purchase_line = line
    inserts.update([task for _, task in served], ["purchase_line"])


def feed(
    orders: Sequence[ManufacturingOrder],
    parts: Sequence[Sequence[ManufacturingOrderComponent]],
    *,
    now: datetime,
    actor: Any,
) -> frozenset[LevelKey]:
    """A transfer for each order and pair of sites of what its recipe brings from another site than where it is used.

    Components of one pair go together, by the day that the first of them is needed. Returns the level keys.
    """
    wanted: dict[tuple[int, int, int], list[ManufacturingOrderComponent]] = {}
    for order, own in zip(orders, parts, strict=True):
        for part in own:
            if (
                part.supply_site_id not in {None, part.site_id}
                and part.kind == BillLineKind.COMPONENT
                and part.quantity
            ):
                wanted.setdefault((order.pk, part.supply_site_id or 0, part.site_id), []).append(part)
    if not wanted:
        return frozenset()
    by_id = {order.pk: order for order in orders}
    zones = dict(Site.objects.filter(pk__in={key[1] for key in wanted}).values_list("pk", "time_zone"))
    items = Item.objects.in_bulk({part.item_id for own in wanted.values() for part in own})
    drafts = [
        FeederDraft(
            company_id=by_id[order_id].company_id,
            origin_id=origin_id,
            destination_id=destination_id,
            order_id=order_id,
            priority_id=by_id[order_id].priority_id,
            earliest_on=local_date(now, zones[origin_id]),
            need_by_on=min(part.need_by_on or by_id[order_id].due_on for part in own),
            lines=[(items[part.item_id], part.quantity) for part in own],
        )
        for (order_id, origin_id, destination_id), own in wanted.items()
    ]
    return feeding.plan(drafts, actor=actor)


def stage_lots(stages: Sequence[tuple[ManufacturingOrder, Task]]) -> dict[int, int]:
    """The lots of work in progress behind these tasks, by task id, made where missing."""
    if not stages:
        return {}
    found = _stage_lots(stages)
    missing = [(order, task) for order, task in stages if task.pk not in found]
    if not missing:
        return found
    Lot.objects.bulk_create(
        [
            Lot(
                item_id=order.item_id,
                issuer_id=order.company_id,
                number=_stage_number(order, task),
                kind=LotKind.WIP,
                source_kind=DocumentKind.MANUFACTURING_ORDER,
                source_id=order.pk,
                stage=str(task.number),
            )
            for order, task in missing
        ],
        ignore_conflicts=True,
    )
    return found | _stage_lots(missing)


def _stage_lots(stages: Sequence[tuple[ManufacturingOrder, Task]]) -> dict[int, int]:
    """Those of the lots that are there, by task id; one query."""
    rows = Lot.objects.filter(
        item_id__in={order.item_id for order, _ in stages},
        number__in=[_stage_number(order, task) for order, task in stages],
        kind=LotKind.WIP,
    )
    ids = {(source_id, stage): pk for source_id, stage, pk in rows.values_list("source_id", "stage", "pk")}
    keys = {task.pk: (order.pk, str(task.number)) for order, task in stages}
    return {pk: ids[key] for pk, key in keys.items() if key in ids}


def _stage_number(order: ManufacturingOrder, task: Task) -> str:
    return f"{order.number}/{task.number}"


def _suppliers(orders: Sequence[ManufacturingOrder], steps: Steps) -> Mapping[tuple[int, int], Supplier]:
    """The suppliers of the orders' companies by (company, the supplier's own company), preferred ones first."""
    parties = {task.work_center.site.company_id for tasks in steps for task in tasks if task.is_service}
    if not parties:
        return {}
    found = Supplier.objects.select_related("party").filter(
        company_id__in={order.company_id for order in orders}, party_id__in=parties, archived_at=None
    )
    # The last one written stays.
    return {(one.company_id, one.party_id): one for one in found.order_by("is_preferred", "-pk")}


def _price_service(
    order: ManufacturingOrder, task: Task, suppliers: Mapping[tuple[int, int], Supplier], *, now: datetime
) -> None:
    site = task.work_center.site
    supplier = suppliers.get((order.company_id, site.company_id))
    if supplier is None:
        text = f"{task.name} is done at {site.code} by {site.company.name}, who is no supplier of {order.company.name}."
        raise InvalidInput(errors={"routing": text})
    task.supplier = supplier
    task.service_currency = supplier.currency
    task.service_unit_price = task.service_unit_price or ZERO
    rate = rate_on(
        books_of=order.company,
        from_currency=supplier.currency,
        to_currency=order.company.currency,
        on=local_date(now, site.time_zone),
    )
    freezing.price_service(task, rate=rate, currency=order.company.currency)


def _leg(order: ManufacturingOrder, before: Task, task: Task, lot_id: int) -> LegDraft:
    return LegDraft(
        company_id=order.company_id,
        origin_id=before.site_id,
        destination_id=task.site_id,
        item=order.item,
        quantity=before.quantity,
        wip_lot_id=lot_id,
        order_id=order.pk,
        priority_id=order.priority_id,
        ship_by_on=local_date(before.due_at, before.work_center.site.time_zone),
        expected_on=freezing.day_of(task),
    )


def _service(order: ManufacturingOrder, task: Task) -> ServiceDraft:
    assert task.supplier is not None
    return ServiceDraft(
        company_id=order.company_id,
        supplier=task.supplier,
        site=task.work_center.site,
        item=order.item,
        quantity=task.quantity,
        unit_price=task.service_unit_price or ZERO,
        description=f"{task.name}, {order.number}",
        expected_on=local_date(task.due_at, task.work_center.site.time_zone),
        source_kind=TASK,
        source_id=task.pk,
    )
