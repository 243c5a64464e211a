"""A manufacturing order's place in its company's ranks."""

from inventory.services import ranks
from production.models import ManufacturingOrder
from production.rules import OPEN_STATES


def follow(order: ManufacturingOrder) -> None:
    """Count the place while the order is open; the caller holds the order's lock.

    An order made for a demand has the place of the order that asks for it, which that one's services follow.
    """
    if order.source_id is None:
        ranks.follow(order.priority_id, is_open=order.state in OPEN_STATES)
