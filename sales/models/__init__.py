"""Customers, their orders and what was shipped."""

from sales.models.customers import Customer
from sales.models.orders import SalesOrder, SalesOrderLine
from sales.models.shipments import Shipment, ShipmentLine

__all__ = ["Customer", "SalesOrder", "SalesOrderLine", "Shipment", "ShipmentLine"]
