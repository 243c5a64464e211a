"""What the last receipt cost, kept on what the supplier sells."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.money import round_half_up
from inventory.rules.order_lines import PRICE_DECIMALS
from purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierItem


def put(offers: Sequence[SupplierItem], order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], *, on: date) -> None:
    """Write the price per the supplier's unit, and the day, where this receipt is the latest; one statement.

    Only prices in the supplier's own currency, which is what his costs are kept in. The caller holds the locks of
    `offers`.
    """
    if order.currency != order.supplier.currency:
        return
    received = {line.item_id: line for line in lines}
    written = []
    for offer in offers:
        line = received.get(offer.item_id)
        if line is None or (offer.last_received_on is not None and offer.last_received_on > on):
            continue
        offer.last_cost = round_half_up(line.unit_price * offer.unit_factor / line.unit_factor, PRICE_DECIMALS)
        offer.last_received_on = on
        written.append(offer)
    SupplierItem.objects.bulk_update(written, ["last_cost", "last_received_on"])
