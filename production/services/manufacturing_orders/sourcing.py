"""For what an order is made: a demand, or stock."""

from collections.abc import Sequence
from datetime import datetime

from core.errors import plain
from core.transactions import service
from inventory.choices import DemandKind
from inventory.drafts import LevelKey
from inventory.models import Demand
from inventory.services import ranks
from production import events, locks
from production.models import ManufacturingOrder
from production.rules import OPEN_STATES
from production.selectors.sources import made_for, made_for_components_of
from production.services import registers


@service
def make_to_stock(order_id: int, *, now: datetime) -> ManufacturingOrder | None:
    """Make an open order to stock, since nothing is open any more of the demand that it was made for.

    It takes a place of its own at the end of the ranks and is there for everybody; what is made or still to be made
    for its components goes along. Returns None, and changes nothing, where something is open again or it has ended.
    The order says so in its `review_reason`. Locks the order and those below it, then the rank sequence. Emits
    `manufacturing_order.made_to_stock`.
    """
    below = made_for_components_of(order_id)
    orders = {order.pk: order for order in locks.orders([order_id, *below])}

    order = orders[order_id]
    if order.source_id is None or order.state not in OPEN_STATES or _is_demanded(order):
        return None

    asked = Demand.objects.filter(kind=order.source_kind, line_id=order.source_id, part=0).first()
    order.review_reason = f"{asked.document_number if asked else 'Nobody'} asks for it no longer: it is made to stock."
    order.source_kind, order.source_id, order.chain_id = "", None, None
    order.priority_id = ranks.append(order.company_id).pk
    keys = _write([order])
    generation = [order]
    while generation := _below(generation, orders):
        keys |= _write(generation)

    events.record_order("made_to_stock", order, keys=keys, actor=None)
    return order


@service
def note_beyond(order_id: int, *, now: datetime) -> bool:
    """Say on an open order that more is being made than the demand that it is made for still asks.

    Locks the order; emits `manufacturing_order.changed` where that is new.
    """
    order = locks.order(order_id)
    demand = Demand.objects.filter(kind=order.source_kind, line_id=order.source_id or 0, closed_at=None).first()
    if demand is None or order.state not in OPEN_STATES or order.open_quantity <= demand.open_quantity:
        return False
    more = plain(order.open_quantity - demand.open_quantity)
    reason = f"{demand.document_number} asks for {plain(demand.open_quantity)} only: {more} more are being made."
    if order.review_reason == reason:
        return False
    order.review_reason = reason
    order.version += 1
    order.save(update_fields=["review_reason", "version"])
    events.record_order("changed", order, actor=None)
    return True


def _is_demanded(order: ManufacturingOrder) -> bool:
    return Demand.objects.filter(kind=order.source_kind, line_id=order.source_id or 0, closed_at=None).exists()


def _below(parents: Sequence[ManufacturingOrder], orders: dict[int, ManufacturingOrder]) -> list[ManufacturingOrder]:
    """The orders made for the parents' components, with the chain and the rank that their demand has now."""
    components = [component.pk for parent in parents for component in parent.components.all()]
    demands = Demand.objects.filter(kind=DemandKind.MO_COMPONENT, line_id__in=components, part=0)
    by_line = {demand.line_id: demand for demand in demands}
    found = [orders[pk] for pk in made_for(DemandKind.MO_COMPONENT, by_line) if pk in orders]
    for order in found:
        demand = by_line[order.source_id or 0]
        order.chain_id, order.priority_id = demand.chain_id or demand.pk, demand.priority_id
    return found


def _write(orders: Sequence[ManufacturingOrder]) -> frozenset[LevelKey]:
    """Write orders and their registers; the caller holds their locks. Returns the level keys to recompute."""
    for order in orders:
        order.version += 1
        order.save(update_fields=["source_kind", "source_id", "chain_id", "priority", "review_reason", "version"])
    return registers.put([(order, list(order.components.select_related("item"))) for order in orders])
