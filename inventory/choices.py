"""The closed vocabularies of inventory."""

from django.db import models


class Tracking(models.TextChoices):
    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class LocationKind(models.TextChoices):
    """The physical kinds hold balances that are never negative; the virtual ones live in the ledger alone."""

    STORAGE = "storage"
    LINESIDE = "lineside"
    STAGING = "staging"
    QUARANTINE = "quarantine"
    WIP = "wip", "work in progress"
    TRANSIT = "transit", "in transit"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    PRODUCTION = "production"
    SCRAP = "scrap"
    COUNT = "count", "count difference"


ON_HAND_KINDS = (LocationKind.STORAGE, LocationKind.LINESIDE, LocationKind.STAGING)
# Where goods are received and put by hand; transit and work in progress belong to their orders.
KEEPING_KINDS = (*ON_HAND_KINDS, LocationKind.QUARANTINE)
PHYSICAL_KINDS = (*ON_HAND_KINDS, LocationKind.QUARANTINE, LocationKind.WIP, LocationKind.TRANSIT)
VIRTUAL_KINDS = (
    LocationKind.SUPPLIER,
    LocationKind.CUSTOMER,
    LocationKind.PRODUCTION,
    LocationKind.SCRAP,
    LocationKind.COUNT,
)


class LotKind(models.TextChoices):
    STOCK = "stock"
    WIP = "wip", "work in progress"


class LotState(models.TextChoices):
    OK = "ok", "OK"
    HELD = "held"


class PostingKind(models.TextChoices):
    OPENING = "opening", "opening balance"
    ADJUSTMENT = "adjustment"
    COUNT = "count", "count difference"
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    DISPATCH = "dispatch"
    ARRIVAL = "arrival", "transfer receipt"
    DISCREPANCY = "discrepancy"
    ISSUE = "issue"
    COMPLETION = "completion"
    OPERATION = "operation", "report of an operation"
    COST = "cost", "cost correction"
    RELOCATION = "relocation"
    TITLE = "title", "change of owner"
    REVERSAL = "reversal"


# The first part of a posting's number; the second is its id.
POSTING_PREFIX = {
    PostingKind.OPENING: "OPN",
    PostingKind.ADJUSTMENT: "ADJ",
    PostingKind.COUNT: "CNT",
    PostingKind.RECEIPT: "RCP",
    PostingKind.SHIPMENT: "SHP",
    PostingKind.DISPATCH: "DSP",
    PostingKind.ARRIVAL: "ARR",
    PostingKind.DISCREPANCY: "DIS",
    PostingKind.ISSUE: "ISS",
    PostingKind.COMPLETION: "CMP",
    PostingKind.OPERATION: "OPR",
    PostingKind.COST: "CST",
    PostingKind.RELOCATION: "REL",
    PostingKind.TITLE: "TTL",
    PostingKind.REVERSAL: "REV",
}


class PoolKind(models.TextChoices):
    STOCK = "stock"
    TRANSFER = "transfer"
    MO = "mo", "manufacturing order"


class EntryKind(models.TextChoices):
    IN = "in"
    OUT = "out"
    COST = "cost", "cost without quantity"
    CORRECTION = "correction"


class CostKind(models.TextChoices):
    """What a manufacturing order's cost is made of."""

    MATERIAL = "material"
    LABOR = "labor"
    MACHINE = "machine"
    SUBCONTRACTING = "subcontracting"
    TRANSPORT = "transport"
    OVERHEAD = "overhead"


class Firmness(models.TextChoices):
    """How sure a demand or supply is; levels and allocation count PLANNED and FIRM."""

    FORECAST = "forecast"
    DRAFT = "draft"
    PLANNED = "planned"
    FIRM = "firm"


COUNTED_FIRMNESS = (Firmness.PLANNED, Firmness.FIRM)


class DemandKind(models.TextChoices):
    SALES_LINE = "sales_line", "sales order line"
    MO_COMPONENT = "mo_component", "manufacturing order component"
    TRANSFER_OUT = "transfer_out", "transfer out"
    FORECAST = "forecast"


class SupplyKind(models.TextChoices):
    PURCHASE_LINE = "purchase_line", "purchase order line"
    MO_OUTPUT = "mo_output", "manufacturing order output"
    MO_BESIDE = "mo_beside", "by-product of a manufacturing order"
    TRANSFER_IN = "transfer_in", "transfer in"


class DocumentKind(models.TextChoices):
    SALES_ORDER = "sales_order", "sales order"
    PURCHASE_ORDER = "purchase_order", "purchase order"
    TRANSFER = "transfer"
    MANUFACTURING_ORDER = "manufacturing_order", "manufacturing order"
    ADJUSTMENT = "adjustment"
    STOCK_COUNT = "stock_count", "stock count"


class Tier(models.IntegerChoices):
    """The first part of the published serving order."""

    TRANSFER = 1, "transfer confirmed by hand"
    RANKED = 2, "ranked order"


class Availability(models.TextChoices):
    """The worst last: an order has the status of its worst line."""

    IN_STOCK = "in_stock", "In stock"
    EXPECTED = "expected", "Expected"
    NOT_AVAILABLE = "not_available", "Not available"


class AllocationKind(models.TextChoices):
    SOFT = "soft"
    PINNED = "pinned"
    PEGGED = "pegged"


class TransferState(models.TextChoices):
    DRAFT = "draft"
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    IN_TRANSIT = "in_transit", "In transit"
    PARTLY_RECEIVED = "partly_received", "Partly received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELED = "canceled"


class CountState(models.TextChoices):
    OPEN = "open"
    POSTED = "posted"
    CANCELED = "canceled"
