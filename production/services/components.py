"""From a recipe to the components of orders: computed for any number of orders at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from core.clock import local_date
from production import through
from production.choices import OUTPUT_KINDS
from production.models import ManufacturingOrder, ManufacturingOrderComponent, Task
from production.selectors.bills import BillLine, Followed, lines_on
from production.services import subject
from production.services.registers import needed_on
from production.services.steps.freezing import day_of, step_of

ZERO = Decimal(0)


def recipe_date(order: ManufacturingOrder, today: date) -> date:
    """The day whose recipe an order follows: when it starts, and what should have started starts today."""
    return max(needed_on(order), today)


def today_at(order: ManufacturingOrder, now: object) -> date:
    """The date at the order's site."""
    return local_date(now, order.site.time_zone)  # type: ignore[arg-type]


def build(
    orders: Sequence[ManufacturingOrder], dates: Mapping[int, date], steps: Sequence[Sequence[Task]]
) -> list[list[ManufacturingOrderComponent]]:
    """The components of each order, unsaved, by its bill on its date (`dates` by the order's place in the list).

    Where an order has steps, each component is for the step that uses it: at its site, on its day, for as many as it
    starts with. An order that uses pieces of its own item has these first.

    What a phantom is made of stands in its place, numbered behind the bill's own lines. What comes out stands here too,
    by its `kind`. Each says by `task` (unsaved) and `supply_site_id` where it is used and comes from.
    """
    keys = [
        None if order.bill_id is None else Followed(order.bill_id, order.site_id, order.company_id, dates[place])
        for place, order in enumerate(orders)
    ]
    lines = lines_on([key for key in keys if key is not None])
    return [
        [*_subject(order, tasks), *([] if key is None else _of(order, lines[key], tasks))]
        for order, key, tasks in zip(orders, keys, steps, strict=True)
    ]


def same(old: Iterable[ManufacturingOrderComponent], new: Iterable[ManufacturingOrderComponent]) -> bool:
    """Whether two lists of components say the same."""
    return [_facts(component) for component in old] == [_facts(component) for component in new]


def _subject(order: ManufacturingOrder, tasks: Sequence[Task]) -> list[ManufacturingOrderComponent]:
    first = tasks[0] if tasks else None
    row = subject.row(order, first, day_of(first) if first else needed_on(order))
    return [] if row is None else [row]


def _of(
    order: ManufacturingOrder, lines: Sequence[BillLine], tasks: Sequence[Task]
) -> list[ManufacturingOrderComponent]:
    last = max((line.line_no for line in lines if not line.above), default=0)
    numbers = count(max([last, *(line.above[0].line_no for line in lines if line.above)]) + 1)
    return [
        _component(order, line, next(numbers) if line.above else line.line_no, step_of(tasks, line.operation_number))
        for line in lines
    ]


def _component(
    order: ManufacturingOrder, line: BillLine, line_no: int, task: Task | None
) -> ManufacturingOrderComponent:
    is_output = line.kind in OUTPUT_KINDS
    share = through.share_of(
        [through.Per(one.quantity_per, one.fixed_quantity, one.scrap_factor, one.per_quantity, one.yield_factor)
         for one in (*line.above, line)]
    )  # fmt: skip
    need = share.quantity_for(task.start_quantity if task else order.start_quantity, line.decimals, is_output=is_output)
    top = line.above[0].per_quantity if line.above else line.per_quantity
    component = ManufacturingOrderComponent(
        order=order,
        company_id=order.company_id,
        site_id=task.site_id if task else order.site_id,
        line_no=line_no,
        kind=line.kind,
        bill_line_id=line.line_id,
        item_id=line.component_id,
        unit_id=line.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=need,
        quantity=need,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        need_by_on=day_of(task) if task else needed_on(order),
        cost_share=line.cost_share,
        quantity_per=share.quantity_per(top) if line.above else line.quantity_per,
        fixed_quantity=share.fixed_quantity if line.above else line.fixed_quantity,
        scrap_factor=share.scrap_factor if line.above else line.scrap_factor,
    )
    component.task, component.supply_site_id = task, line.supply_site_id
    return component


def _facts(component: ManufacturingOrderComponent) -> tuple:
    return (
        *(component.line_no, component.kind, component.item_id, component.quantity, component.need_by_on),
        component.site_id,
        *(component.bill_line_id, component.cost_share),
        *(component.quantity_per, component.fixed_quantity, component.scrap_factor),
    )
