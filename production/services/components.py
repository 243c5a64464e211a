"""From a recipe to the components of orders: computed for any number of orders at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from core.clock import local_date
from production import rules
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.selectors.bills import BillLine, lines_on
from production.services.registers import needed_on

ZERO = Decimal(0)


def recipe_date(order: ManufacturingOrder, today: date) -> date:
    """The day whose recipe an order follows: when it starts, and what should have started starts today."""
    return max(needed_on(order), today)


def today_at(order: ManufacturingOrder, now: object) -> date:
    """The date at the order's site."""
    return local_date(now, order.site.time_zone)  # type: ignore[arg-type]


def build(orders: Sequence[ManufacturingOrder], dates: Mapping[int, date]) -> list[list[ManufacturingOrderComponent]]:
    """The components of each order, unsaved, by its bill on its date (`dates` by the order's place in the list)."""
    wanted = [(order.bill_id, dates[place]) for place, order in enumerate(orders) if order.bill_id is not None]
    lines = lines_on(wanted)
    return [_of(order, lines.get((order.bill_id or 0, dates[place]), [])) for place, order in enumerate(orders)]


def same(old: Iterable[ManufacturingOrderComponent], new: Iterable[ManufacturingOrderComponent]) -> bool:
    """Whether two lists of components say the same."""
    return [_facts(component) for component in old] == [_facts(component) for component in new]


def _of(order: ManufacturingOrder, lines: Sequence[BillLine]) -> list[ManufacturingOrderComponent]:
    assert order.bill is not None
    return [_component(order, order.bill.quantity, line) for line in lines]


def _component(order: ManufacturingOrder, bill_quantity: Decimal, line: BillLine) -> ManufacturingOrderComponent:
    need = rules.component_need(
        order_quantity=order.start_quantity,
        bill_quantity=bill_quantity,
        quantity_per=line.quantity_per,
        scrap_factor=line.scrap_factor,
        fixed_quantity=line.fixed_quantity,
        decimals=line.decimals,
    )
    return ManufacturingOrderComponent(
        order=order,
        company_id=order.company_id,
        site_id=order.site_id,
        line_no=line.line_no,
        item_id=line.component_id,
        unit_id=line.unit_id,
        unit_factor=Decimal(1),
        ordered_quantity=need,
        quantity=need,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        need_by_on=needed_on(order),
        quantity_per=line.quantity_per,
        fixed_quantity=line.fixed_quantity,
        scrap_factor=line.scrap_factor,
    )


def _facts(component: ManufacturingOrderComponent) -> tuple:
    return (
        *(component.line_no, component.item_id, component.quantity, component.need_by_on),
        *(component.quantity_per, component.fixed_quantity, component.scrap_factor),
    )
