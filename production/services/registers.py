"""A manufacturing order's rows in both registers: what its components need, and what it will bring."""

from collections.abc import Iterable, Sequence
from datetime import date

from inventory.choices import DemandKind, DocumentKind, Firmness, SupplyKind
from inventory.drafts import DemandDraft, LevelKey, SupplyDraft
from inventory.models import Demand
from inventory.rules.order_steps import open_quantity
from inventory.services import registers
from production.choices import OUTPUT_KINDS, ManufacturingOrderState, OrderKind
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.rules import OPEN_STATES
from production.services import subject

Rows = tuple[ManufacturingOrder, Sequence[ManufacturingOrderComponent]]


def put(orders: Iterable[Rows]) -> frozenset[LevelKey]:
    """Write the demand of the components and the supply of the orders as they stand, one statement each.

    The caller holds the orders' locks; they come with item and bill, and what comes out beside is written already.
    Nothing is open of an order that is done, closed or canceled, and what comes out is no demand. Returns the level
    keys to recompute.
    """
    orders = list(orders)
    pegs = _pegs([order for order, _ in orders])
    demands = [
        _demand(order, component)
        for order, components in orders
        for component in components
        if component.kind not in OUTPUT_KINDS and subject.is_asked(order, component)
    ]
    supplies = [_supply(order, pegs.get((order.source_kind, order.source_id))) for order, _ in orders]
    supplies += _beside([order for order, _ in orders])
    return registers.put_demands(demands) | registers.put_supplies(supplies)


def close_components(component_ids: Iterable[int]) -> frozenset[LevelKey]:
    """Nothing is needed for these components any more, nor comes out by them."""
    ids = list(component_ids)
    return registers.close_demands(DemandKind.MO_COMPONENT, ids) | registers.close_supplies(SupplyKind.MO_BESIDE, ids)


def pegged_demand_id(order: ManufacturingOrder) -> int | None:
    """The demand that an order is made for, open or not: what it makes is reserved for that. None for stock."""
    return _pegs([order]).get((order.source_kind, order.source_id))


def needed_on(order: ManufacturingOrder) -> date:
    """When the components must be there."""
    return order.start_on or order.due_on


def _firmness(order: ManufacturingOrder) -> Firmness:
    return Firmness.PLANNED if order.state == ManufacturingOrderState.PLANNED else Firmness.FIRM


def _demand(order: ManufacturingOrder, component: ManufacturingOrderComponent) -> DemandDraft:
    is_open = order.state in OPEN_STATES
    return DemandDraft(
        kind=DemandKind.MO_COMPONENT,
        line_id=component.pk,
        company_id=order.company_id,
        item_id=component.item_id,
        site_id=component.site_id,
        used_by_id=order.company_id,
        document_kind=DocumentKind.MANUFACTURING_ORDER,
        document_id=order.pk,
        document_number=order.number,
        open_quantity=open_quantity(component) if is_open else component.quantity * 0,
        due_on=component.need_by_on or needed_on(order),
        firmness=_firmness(order),
        party_name=f"{order.item.sku} {order.item.name}"[:200],
        priority_id=order.priority_id,
        chain_id=order.chain_id,
    )


def _supply(order: ManufacturingOrder, pegged_demand_id: int | None) -> SupplyDraft:
    is_open = order.state in OPEN_STATES
    return SupplyDraft(
        kind=SupplyKind.MO_OUTPUT,
        line_id=order.pk,
        company_id=order.company_id,
        item_id=order.item_id,
        site_id=order.site_id,
        used_by_id=order.company_id,
        document_kind=DocumentKind.MANUFACTURING_ORDER,
        document_id=order.pk,
        document_number=order.number,
        open_quantity=open_quantity(order) if is_open and order.kind != OrderKind.DISASSEMBLY else order.quantity * 0,
        due_on=order.expected_on or order.due_on,
        firmness=_firmness(order),
        chain_id=order.chain_id,
        pegged_demand_id=pegged_demand_id,
    )


def _beside(orders: Sequence[ManufacturingOrder]) -> list[SupplyDraft]:
    """What will come out beside what the orders make; one query, none where their locks told that there is nothing."""
    by_id = {order.pk: order for order in orders if getattr(order, "has_outputs", True)}
    if not by_id:
        return []
    rows = ManufacturingOrderComponent.objects.filter(order_id__in=list(by_id), kind__in=OUTPUT_KINDS)
    return [
        SupplyDraft(
            kind=SupplyKind.MO_BESIDE,
            line_id=row.pk,
            company_id=order.company_id,
            item_id=row.item_id,
            site_id=order.site_id,
            used_by_id=order.company_id,
            document_kind=DocumentKind.MANUFACTURING_ORDER,
            document_id=order.pk,
            document_number=order.number,
            open_quantity=open_quantity(row) if order.state in OPEN_STATES else order.quantity * 0,
            due_on=order.expected_on or order.due_on,
            firmness=_firmness(order),
        )
        for row in rows.order_by("pk")
        for order in [by_id[row.order_id]]
    ]


def _pegs(orders: Iterable[ManufacturingOrder]) -> dict[tuple[str, int | None], int]:
    """The demands that orders are made for, by kind and line; one query, none if all are made to stock."""
    sources = {(order.source_kind, order.source_id) for order in orders if order.source_id is not None}
    if not sources:
        return {}
    rows = Demand.objects.filter(
        kind__in={kind for kind, _ in sources}, line_id__in={line_id for _, line_id in sources}, part=0
    )
    return {(kind, line_id): demand_id for kind, line_id, demand_id in rows.values_list("kind", "line_id", "id")}
