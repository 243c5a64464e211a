"""The one home of purchasing's locks. An order's lock guards its lines, receipts and supply rows."""

from collections.abc import Collection, Iterable

from core.errors import NotFound
from purchasing.models import PurchaseOrder, SupplierItem


def lock_orders(order_ids: Iterable[int]) -> dict[int, PurchaseOrder]:
    """Lock orders by id, with supplier, site, company and owner read along; missing ones are left out."""
    orders = (
        PurchaseOrder.objects.select_for_update(no_key=True, of=("self",))
        .select_related("supplier", "site", "company", "owner")
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
    return {order.pk: order for order in orders}


def lock_order(order_id: int) -> PurchaseOrder:
    """Lock one order.

    :raises NotFound: when there is none.
    """
    order = lock_orders([order_id]).get(order_id)
    if order is None:
        raise NotFound(f"There is no purchase order {order_id}.")
    return order


def lock_supplier_items(supplier_id: int, item_ids: Collection[int]) -> list[SupplierItem]:
    """Lock what a supplier sells of these items, by id: a receipt writes his last cost. Before any balance."""
    rows = SupplierItem.objects.select_for_update(no_key=True).filter(supplier_id=supplier_id, item_id__in=item_ids)
    return list(rows.order_by("pk"))
