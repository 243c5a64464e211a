"""From a routing to the tasks of orders: computed for any number of orders at once, nothing is written here."""

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.clock import local_date
from core.money import round_money
from inventory.services.transfers.legs import lane_cost
from production import task_rules
from production.models import ManufacturingOrder, Operation, Task
from production.selectors.bills import BillKey
from production.selectors.routings import closest_routings, operations_of
from sites.models import Lane

ZERO = Decimal(0)
Ends = tuple[int, int, int]


def follow_routings(orders: Sequence[ManufacturingOrder], *, now: datetime) -> None:
    """Give each order the routing to follow when it is due, in two queries, and none where there is none."""
    keys = {
        place: BillKey(
            order.item_id,
            order.site_id,
            order.company_id,
            max(order.due_on, local_date(now, order.site.time_zone)),
            order.kind,
        )
        for place, order in enumerate(orders)
    }
    found = closest_routings(list(keys.values()))
    for place, order in enumerate(orders):
        order.routing = found.get(keys[place])


def tasks_of(orders: Sequence[ManufacturingOrder]) -> list[list[Task]]:
    """The tasks of each order, unsaved, first to last; none for an order without a routing. A fixed number of queries.

    Dates go backward from when the order is due: each step takes its queue and working days, each way its transit
    time; capacity is not looked at. Prices of a service are set on release.
    """
    operations = operations_of({order.routing_id for order in orders if order.routing_id is not None})
    lanes = _lanes(orders, operations)
    return [_tasks(order, operations.get(order.routing_id or 0, []), lanes) for order in orders]


def start_of(order: ManufacturingOrder, tasks: Sequence[Task]) -> None:
    """With steps an order starts as many as its first one does, on that one's day."""
    if not tasks:
        return
    order.start_quantity = tasks[0].start_quantity
    order.start_on = day_of(tasks[0])


def step_of(tasks: Sequence[Task], number: int | None) -> Task | None:
    """The step that uses a component: the one with that number, else the first; None where there are no steps."""
    by_number = {task.number: task for task in tasks}
    return by_number.get(number or 0) or (tasks[0] if tasks else None)


def day_of(task: Task) -> date:
    """When the task is to begin, at its site."""
    assert task.planned_start_at is not None
    return local_date(task.planned_start_at, task.work_center.site.time_zone)


def _tasks(order: ManufacturingOrder, operations: Sequence[Operation], lanes: dict[Ends, Lane]) -> list[Task]:
    if not operations:
        return []
    sizes = task_rules.quantities(
        ordered=order.quantity,
        yields=[operation.yield_factor for operation in operations],
        bill_yield=order.yield_factor,
        decimals=order.item.unit.decimals,
    )
    tasks = [_task(order, operation, size) for operation, size in zip(operations, sizes, strict=True)]
    _date(order, tasks, lanes)
    for before, task in itertools.pairwise(tasks):
        lane = lanes.get((order.company_id, before.site_id, task.site_id))
        if before.site_id != task.site_id:
            cost = lane_cost(lane, order.item, before.quantity, order.company.currency)
            before.planned_transport_cost = cost
    return tasks


def _task(order: ManufacturingOrder, operation: Operation, size: task_rules.Quantities) -> Task:
    center = operation.work_center
    task = Task(
        company_id=order.company_id,
        site_id=center.site_id,
        order=order,
        number=operation.number,
        name=operation.name,
        operation=operation,
        work_center=center,
        quantity=size.good,
        start_quantity=size.start,
        good_quantity=ZERO,
        scrapped_quantity=ZERO,
        rework_quantity=ZERO,
        spent_minutes=ZERO,
        setup_time_minutes=operation.setup_time_minutes,
        run_time_minutes_per_unit=operation.run_time_minutes_per_unit,
        queue_time_minutes=operation.queue_time_minutes,
        overlap_quantity=operation.overlap_quantity,
        yield_factor=operation.yield_factor,
        is_service=center.site.company_id != order.company_id,
        service_unit_price=operation.service_unit_price,
        instructions=[
            {"number": step.number, "text": step.text, "attachment_id": step.attachment_id}
            for step in operation.instructions.all()
        ],
    )
    plan_cost(task, order.company.currency)
    return task


def plan_cost(task: Task, currency: str) -> None:
    """What the task's time costs by plan, at the rates of its work center; a service has a price instead."""
    task.planned_labor_cost = task.planned_machine_cost = task.planned_overhead_cost = ZERO
    if task.is_service:
        return
    center = task.work_center
    minutes = planned_minutes(task)
    rates = (center.labor_rate_per_hour, center.machine_rate_per_hour, center.overhead_rate_per_hour)
    labor, machine, overhead = (
        task_rules.cost_of_time(minutes=minutes, rate_per_hour=rate, currency=currency) for rate in rates
    )
    task.planned_labor_cost, task.planned_machine_cost, task.planned_overhead_cost = labor, machine, overhead


def price_service(task: Task, *, rate: Decimal, currency: str) -> None:
    """What the service costs by plan: its price for each good one, at `rate` in the company's currency."""
    task.planned_service_cost = round_money((task.service_unit_price or ZERO) * task.quantity * rate, currency)


def weigh(task: Task) -> None:
    """What the work on a piece costs by plan; material is weighed by its components."""
    costs = (
        *(task.planned_labor_cost, task.planned_machine_cost, task.planned_overhead_cost),
        *(task.planned_service_cost, task.planned_transport_cost),
    )
    task.weight = (sum(costs, ZERO) / task.quantity).quantize(Decimal("0.00000001"))


def planned_minutes(task: Task) -> Decimal:
    """Setup and run time of all that the task starts."""
    return task_rules.work_minutes(
        setup=task.setup_time_minutes,
        run_per_unit=task.run_time_minutes_per_unit,
        quantity=task.start_quantity,
        efficiency=task.work_center.efficiency_factor,
    )


def _date(order: ManufacturingOrder, tasks: Sequence[Task], lanes: dict[Ends, Lane]) -> None:
    due_at = order.due_at
    for place in range(len(tasks) - 1, -1, -1):
        task = tasks[place]
        task.due_at = due_at
        task.planned_start_at = due_at - task_rules.elapsed(
            minutes=planned_minutes(task),
            machines=task.work_center.parallel_machines,
            queue_minutes=task.queue_time_minutes,
        )
        due_at = task.planned_start_at
        if place and tasks[place - 1].site_id != task.site_id:
            lane = lanes.get((order.company_id, tasks[place - 1].site_id, task.site_id))
            due_at -= timedelta(days=lane.transit_days if lane else 0)


def _lanes(orders: Sequence[ManufacturingOrder], operations: dict[int, list[Operation]]) -> dict[Ends, Lane]:
    """The lanes between consecutive steps at different sites, by company and both ends."""
    sites = {operation.work_center.site_id for own in operations.values() for operation in own}
    if len(sites) < 2:
        return {}
    lanes = Lane.objects.filter(
        company_id__in={order.company_id for order in orders},
        origin_id__in=sites,
        destination_id__in=sites,
        archived_at=None,
    )
    return {(lane.company_id, lane.origin_id, lane.destination_id): lane for lane in lanes}
