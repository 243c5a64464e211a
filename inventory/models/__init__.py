"""Items, places in a site, the ledger, the registers and what is derived from them."""

from inventory.models.agreements import ConsignmentAgreement
from inventory.models.counts import StockCount, StockCountLine
from inventory.models.documents import Document, OrderLine
from inventory.models.items import Item, ItemCategory, ItemCode, ItemCompany, ItemSite, ItemUnit, UnitOfMeasure
from inventory.models.ledger import CostPool, Posting, StockBalance, StockMove, ValueEntry
from inventory.models.levels import Allocation, DocumentStatus, StockLevel, TransferFlow
from inventory.models.locations import Location, Lot
from inventory.models.registers import AllocationPin, Demand, Priority, Supply
from inventory.models.transfers import Transfer, TransferLine

__all__ = [
    "Allocation",
    "AllocationPin",
    "ConsignmentAgreement",
    "CostPool",
    "Demand",
    "Document",
    "DocumentStatus",
    "Item",
    "ItemCategory",
    "ItemCode",
    "ItemCompany",
    "ItemSite",
    "ItemUnit",
    "Location",
    "Lot",
    "OrderLine",
    "Posting",
    "Priority",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockLevel",
    "StockMove",
    "Supply",
    "Transfer",
    "TransferFlow",
    "TransferLine",
    "UnitOfMeasure",
    "ValueEntry",
]
