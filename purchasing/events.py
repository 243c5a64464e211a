"""What purchasing tells the world."""

from collections.abc import Iterable, Sequence
from typing import Any

from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import Told, record_change, record_documents
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, Supplier, SupplierItem


def record_order(verb: str, order: PurchaseOrder, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `purchase_order.<verb>`; buyer, supplier (not of drafts) and the people of the order's site hear."""
    record_change(
        f"{DocumentKind.PURCHASE_ORDER}.{verb}",
        documents=[(str(DocumentKind.PURCHASE_ORDER), order.pk)],
        keys=keys,
        company_ids=_parties(order),
        site_ids=[order.site_id],
        actor=actor,
    )


def record_orders(verb: str, orders: Sequence[PurchaseOrder], *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `purchase_order.<verb>` of many orders: one event a buyer."""
    if len(orders) == 1:
        record_order(verb, orders[0], keys=keys, actor=actor)
        return
    told = [Told(order.pk, order.company_id, _parties(order), order.site_id) for order in orders]
    record_documents(DocumentKind.PURCHASE_ORDER, verb, told, keys=keys, actor=actor)


def record_supplier(verb: str, supplier: Supplier, *, keys: Iterable[LevelKey] = (), actor: Any) -> None:
    """Record `supplier.<verb>`; only the buyer hears of his terms. The keys are as in `record_supplier_items`."""
    record_change(
        f"supplier.{verb}",
        documents=[("supplier", supplier.pk)],
        keys=keys,
        company_ids=[supplier.company_id],
        actor=actor,
    )


def record_supplier_items(
    verb: str, rows: Sequence[SupplierItem], *, company_id: int, keys: Iterable[LevelKey] = (), actor: Any
) -> None:
    """Record `supplier_item.<verb>`; the keys are those whose order-by date follows from a new lead time."""
    record_change(
        f"supplier_item.{verb}",
        documents=[("supplier_item", row.pk) for row in rows],
        keys=keys,
        company_ids=[company_id],
        actor=actor,
    )


def _parties(order: PurchaseOrder) -> set[int]:
    """The buyer, and the supplier once it is more than a draft."""
    is_told = order.state != PurchaseOrderState.DRAFT
    return {order.company_id, order.supplier.party_id} if is_told else {order.company_id}
