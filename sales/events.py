"""What sales tells the world."""

from collections.abc import Iterable, Sequence
from typing import Any

from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import Told, record_change, record_documents
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
    """Record `sales_order.<verb>` of many orders: one event a seller."""
    if len(orders) == 1:
        record_order(verb, orders[0], keys=keys, actor=actor)
        return
    told = [
        Told(order.pk, order.company_id, {order.company_id, order.customer.party_id}, order.site_id) for order in orders
    ]
    record_documents(DocumentKind.SALES_ORDER, verb, told, keys=keys, actor=actor)
