"""What a report of a task costs, and which part of the order's cost goes with what it finishes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.clock import local_date
from core.money import round_money
from inventory.choices import CostKind, DocumentKind
from inventory.drafts import Absorbed
from inventory.models import TransferLine
from inventory.selectors.exchange import rate_on
from production import task_rules
from production.models import ManufacturingOrder, ManufacturingOrderComponent, Task
from production.services.manufacturing_orders.issuing import Issue

ZERO = Decimal(0)


def absorbed(order: ManufacturingOrder, task: Task, *, good: Decimal, minutes: Decimal, at: datetime) -> list[Absorbed]:
    """The cost that a report puts into the order's pool: a service's price for its good ones, else time at its rates.

    :raises NoExchangeRate: when the order's company has no rate for the supplier's currency that day.
    """
    if task.is_service:
        amounts = {CostKind.SUBCONTRACTING: _service(order, task, good, at)}
    else:
        amounts = of_time(task, minutes, order.company.currency)
    return [Absorbed(kind, amount) for kind, amount in amounts.items() if amount > 0]


def of_time(task: Task, minutes: Decimal, currency: str) -> dict[CostKind, Decimal]:
    """What minutes cost at the rates of the task's work center today."""
    center = task.work_center
    rates = {
        CostKind.LABOR: center.labor_rate_per_hour,
        CostKind.MACHINE: center.machine_rate_per_hour,
        CostKind.OVERHEAD: center.overhead_rate_per_hour,
    }
    return {
        kind: task_rules.cost_of_time(minutes=minutes, rate_per_hour=rate, currency=currency)
        for kind, rate in rates.items()
    }


def finished_part(
    order: ManufacturingOrder,
    tasks: Sequence[Task],
    parts: Sequence[ManufacturingOrderComponent],
    issues: Sequence[Issue],
    *,
    finished: Decimal,
) -> tuple[Decimal, Decimal]:
    """The part (first of second) of the order's cost that goes with what is finished; see `task_rules.finished_part`.

    The tasks already count what is reported. The last of the order takes all.
    """
    if order.posted_quantity + finished >= order.quantity - order.closed_quantity:
        return Decimal(1), Decimal(1)
    live = task_rules.live_quantities(
        [task.good_quantity for task in tasks],
        [task.scrapped_quantity for task in tasks],
        _lost_before(order, tasks),
        completed=order.posted_quantity,
    )
    issued = {part.pk: part.posted_quantity for part in parts}
    for issue in issues:
        issued[issue.component.pk] = issued.get(issue.component.pk, ZERO) + issue.quantity
    stages = [_stage(task, live[place], parts, issued) for place, task in enumerate(tasks)]
    return task_rules.finished_part(stages, finished=finished)


def _stage(
    task: Task, live: Decimal, parts: Sequence[ManufacturingOrderComponent], issued: dict[int, Decimal]
) -> task_rules.Stage:
    own = [part for part in parts if part.task_id == task.pk and part.quantity > 0]
    material = sum((part.quantity * part.planned_unit_cost for part in own), ZERO) / task.start_quantity
    reach = task_rules.covered(start=task.start_quantity, uses=[(part.quantity, issued[part.pk]) for part in own])
    # What was used for pieces that are gone by now covers nobody any more.
    passed = task.good_quantity + task.scrapped_quantity
    return task_rules.Stage(material, task.weight, live, live + max(reach - passed, ZERO))


def _lost_before(order: ManufacturingOrder, tasks: Sequence[Task]) -> dict[int, Decimal]:
    """What got lost on the way to each step, by its place; one query, none for an order at one site."""
    if len({task.site_id for task in tasks}) == 1:
        return {}
    lines = TransferLine.objects.filter(
        transfer__source_kind=DocumentKind.MANUFACTURING_ORDER, transfer__source_id=order.pk, lost_quantity__gt=0
    ).exclude(wip_lot=None)
    lost: dict[str, Decimal] = dict(lines.values_list("wip_lot__stage", "lost_quantity"))
    return {place + 1: lost[str(task.number)] for place, task in enumerate(tasks) if str(task.number) in lost}


def _service(order: ManufacturingOrder, task: Task, good: Decimal, at: datetime) -> Decimal:
    company = order.company
    rate = rate_on(
        books_of=company,
        from_currency=task.service_currency or company.currency,
        to_currency=company.currency,
        on=local_date(at, task.work_center.site.time_zone),
    )
    return round_money((task.service_unit_price or ZERO) * good * rate, company.currency)
