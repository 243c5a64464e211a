"""What so many of an item would cost, made at a site: planned as a release would plan it, over all levels.

Nothing is written. A level is a fixed number of queries, however many items it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, NotFound
from core.money import round_money
from inventory.choices import CostKind
from inventory.models import Item
from production.choices import OUTPUT_KINDS, BillKind, BillLineKind
from production.models import BillOfMaterials, ManufacturingOrder, ManufacturingOrderComponent, Task
from production.selectors.order_flow import planned_work
from production.services import components
from production.services.manufacturing_orders import creating
from production.services.steps import releasing
from sites.access import access_of
from sites.models import Company, Site

ZERO = Decimal(0)
# Services refuse recipes that close a circle, so no real one is that deep.
_DEEPEST = 50
# A recipe with more lines over all levels is no longer read by anybody.
MOST_ROWS = 5000


@dataclass(frozen=True)
class CostRow:
    """An item at a level (0: the one asked for): how much of it, used at `site`, and what it costs with all below.

    `costs` by kind are in the company's currency, each amount of a line or step rounded to its minor unit; what comes
    out beside (`is_output`) counts below 0. `is_unknown`: it is bought and no cost of it is known there.
    """

    level: int
    item_id: int
    sku: str
    name: str
    unit: str
    site: str
    quantity: Decimal
    is_made: bool
    is_output: bool
    is_unknown: bool
    costs: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.costs.values(), ZERO)

    @property
    def unit_cost(self) -> Decimal:
        """What one of it costs, to 8 decimals."""
        return (self.total / self.quantity).quantize(Decimal("0.00000001")) if self.quantity else ZERO


@dataclass(frozen=True)
class RollUp:
    """`rows` as a tree, parents before children; the first is the item that was asked for."""

    currency: str
    rows: tuple[CostRow, ...]

    @property
    def whole(self) -> CostRow:
        return self.rows[0]

    @property
    def unknown(self) -> list[str]:
        """The items that are bought and of which no cost is known, by SKU."""
        return sorted({row.sku for row in self.rows if row.is_unknown})


@dataclass
class _Node:
    """An item to be: made by `order`, or bought or put out as `part`."""

    item: Item
    site: Site
    quantity: Decimal
    level: int
    part: ManufacturingOrderComponent | None = None
    order: ManufacturingOrder | None = None
    tasks: Sequence[Task] = ()
    below: list["_Node"] = field(default_factory=list)


def roll_up(
    bill: BillOfMaterials, *, quantity: Decimal, site: Site, company: Company, on: date, now: datetime, actor: Any
) -> RollUp:
    """What `quantity` good ones cost by this bill, made for `company` at `site` and due on a date.

    Every level follows the closest recipe and routing where it is used. Material that nothing is made of costs what
    its company has at that site on average, else its standard cost; times cost the rates of their work centers;
    services their price at the day's rate; ways between steps what their lanes cost. A by-product is worth its own
    cost, a co-product takes its share away. Each part is made for itself: nothing is taken from stock, and the way of
    a part that comes from a site of its own is not counted.

    :raises NotFound: for who may not see the company's costs.
    :raises InvalidInput: for what is not made this way, or costs nobody can tell: a service without its supplier.
    """
    if actor is not None and not access_of(actor).sees_prices(company.pk):
        raise NotFound("There is no such bill of materials.")
    if bill.kind == BillKind.DISASSEMBLY:
        raise InvalidInput(errors={"bill": f"{bill} takes its item apart."})
    if quantity <= 0:
        raise InvalidInput(errors={"quantity": f"{quantity} is not above 0."})
    top = _Node(bill.item, site, quantity, 0)
    level, count = [top], 1
    for depth in range(_DEEPEST):
        made = _follow(level, {0: bill.pk} if depth == 0 else {}, company=company, on=on, now=now)
        level = _expand(made, now=now)
        count += len(level)
        if not level:
            break
        if count > MOST_ROWS:
            raise InvalidInput(errors={"bill": f"It has more than {MOST_ROWS} lines over all levels."})
    _costs, rows = _told(top, company.currency)
    return RollUp(company.currency, tuple(rows))


def _follow(
    level: Sequence[_Node], named: dict[int, int | None], *, company: Company, on: date, now: datetime
) -> list[_Node]:
    """Give each node that is made its order, which is never saved; what nothing is made of stays without."""
    orders = [_order(node, company, on) for node in level]
    bills = creating.find_bills(orders, named, now=now)
    made = []
    for node, order, bill in zip(level, orders, bills, strict=True):
        is_used = node.part is None or node.part.kind == BillLineKind.COMPONENT
        if bill is None and node.part is None:
            raise InvalidInput(errors={"site": f"The bill of {node.item.sku} is not for {node.site.code}."})
        if bill is not None and is_used:
            creating.follow(order, bill)
            node.order = order
            made.append(node)
    return made


def _expand(made: Sequence[_Node], *, now: datetime) -> list[_Node]:
    """Plan the steps and components of these; returns the nodes of the components."""
    orders = [node.order for node in made if node.order is not None]
    if not orders:
        return []
    creating.set_starts(orders)
    steps = creating.follow_steps(orders, now=now)
    releasing.price(orders, steps, now=now)
    dates = {
        place: components.recipe_date(order, components.today_at(order, now)) for place, order in enumerate(orders)
    }
    parts = components.build(orders, dates, steps)
    releasing.plan_material([part for own in parts for part in own])
    ids = {part.item_id for own in parts for part in own}
    items = Item.objects.select_related("unit").in_bulk(ids)
    places = {site.pk: site for site in _sites(parts)}
    for node, tasks, own in zip(made, steps, parts, strict=True):
        node.tasks = tasks
        for part in own:
            # What is brought from another site is made there as well.
            at = places[part.supply_site_id or part.site_id]
            node.below.append(_Node(items[part.item_id], at, part.quantity, node.level + 1, part))
    return [child for node in made for child in node.below]


def _sites(parts: Sequence[Sequence[ManufacturingOrderComponent]]) -> Iterator[Site]:
    ids = {key for own in parts for part in own for key in (part.supply_site_id, part.site_id) if key is not None}
    yield from Site.objects.select_related("company", "default_owner").filter(pk__in=ids)


def _order(node: _Node, company: Company, on: date) -> ManufacturingOrder:
    order = ManufacturingOrder(
        company=company,
        owner=company,
        site=node.site,
        item=node.item,
        quantity=node.quantity,
        start_quantity=node.quantity,
        posted_quantity=ZERO,
        closed_quantity=ZERO,
        scrapped_quantity=ZERO,
    )
    creating.set_due(order, due_at=None, due_on=on)
    return order


def _told(node: _Node, currency: str) -> tuple[dict[str, Decimal], list[CostRow]]:
    """The costs of a node with all below it, and the rows of both."""
    costs: dict[str, Decimal] = dict.fromkeys(CostKind.values, ZERO)
    rows: list[CostRow] = []
    shared = ZERO
    for child in node.below:
        below, told = _told(child, currency)
        rows += told
        part = child.part
        if part is not None and part.kind == BillLineKind.CO_PRODUCT:
            shared += part.cost_share
        for kind, amount in below.items():
            costs[kind] += amount
    if node.order is None:
        costs[CostKind.MATERIAL] = _worth(node, currency)
    for task in node.tasks:
        for kind, amount in planned_work(task).items():
            costs[kind] += amount
    if shared:
        costs = {kind: amount - round_money(amount * shared, currency) for kind, amount in costs.items()}
    return costs, [_row(node, costs), *rows]


def _worth(node: _Node, currency: str) -> Decimal:
    """What is bought costs; what comes out is taken off, a co-product by its share instead."""
    part = node.part
    if part is None or part.kind == BillLineKind.CO_PRODUCT:
        return ZERO
    amount = round_money(node.quantity * part.planned_unit_cost, currency)
    return -amount if part.kind in OUTPUT_KINDS else amount


def _row(node: _Node, costs: dict[str, Decimal]) -> CostRow:
    part = node.part
    is_output = part is not None and part.kind in OUTPUT_KINDS
    is_bought = node.order is None and part is not None and not is_output
    return CostRow(
        level=node.level,
        item_id=node.item.pk,
        sku=node.item.sku,
        name=node.item.name,
        unit=node.item.unit.code,
        site=node.site.code,
        quantity=node.quantity,
        is_made=node.order is not None,
        is_output=is_output,
        is_unknown=is_bought and part is not None and not part.planned_unit_cost,
        costs={str(kind): amount for kind, amount in costs.items()},
    )
