"""What sales tells the world."""

from collections.abc import Iterable, Sequence
from typing import Any

from core import events
from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import LEVELS, record_change
from sales.models import Customer, SalesOrder


def record_order(verb: str, order: SalesOrder, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `sales_order.<verb>`; seller, customer and the people of the order's site hear of it."""
    record_change(
        f"{DocumentKind.SALES_ORDER}.{verb}",
        documents=[(str(DocumentKind.SALES_ORDER), order.pk)],
        keys=keys,
        company_ids={order.company_id, order.customer.party_id},
        site_ids=[order.site_id],
        actor=actor,
    )


def record_customer(verb: str, customer: Customer, *, actor: Any) -> None:
    """Record `customer.<verb>`; only the seller hears of his terms."""
    record_change(
        f"customer.{verb}", documents=[("customer", customer.pk)], company_ids=[customer.company_id], actor=actor
    )


def record_orders(verb: str, orders: Sequence[SalesOrder], *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `sales_order.<verb>` of many orders: one event a seller.

    A customer hears of his own orders alone, so of several orders the event itself is the seller's, and each
    document names those who may hear of it.
    """
    if len(orders) == 1:
        record_order(verb, orders[0], keys=keys, actor=actor)
        return
    for company_id in sorted({order.company_id for order in orders}):
        events.record(
            f"{DocumentKind.SALES_ORDER}.{verb}",
            companies=[company_id],
            payload={
                "documents": [_entry(order) for order in orders if order.company_id == company_id],
                "levels": [list(key) for key in sorted(keys) if key.used_by_id == company_id],
            },
            keys_by_handler={LEVELS: [list(key) for key in sorted(keys) if key.used_by_id == company_id]},
            actor=actor,
        )


def _entry(order: SalesOrder) -> list[Any]:
    parties = sorted({order.company_id, order.customer.party_id})
    return [str(DocumentKind.SALES_ORDER), order.pk, parties, [order.site_id]]
