"""Suppliers, what they sell, orders to them and what was received."""

from purchasing.models.orders import PurchaseOrder, PurchaseOrderLine
from purchasing.models.receipts import Receipt, ReceiptLine
from purchasing.models.suppliers import Supplier, SupplierItem, SupplierPrice

__all__ = [
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Receipt",
    "ReceiptLine",
    "Supplier",
    "SupplierItem",
    "SupplierPrice",
]
