"""What the workers derive from balances and registers; disposable, rewritten by `inventory.services.recompute`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.fields import QuantityField
from core.models import Followed
from inventory.choices import Availability, DocumentKind


def _loose(to: str) -> models.ForeignKey:
    return models.ForeignKey(to, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)


class StockLevel(Followed):
    """The live figures of an item at a site for the company that may use it, in the stocking unit.

    available = on_hand − committed; projected = on_hand − committed + expected;
    missing = max(0, safety_stock − projected); excess = max(0, projected − safety_stock).
    `computed_for` is the site's date that the dates were worked out for.
    """

    item = _loose("inventory.Item")
    site = _loose("sites.Site")
    used_by = _loose("sites.Company")
    on_hand = QuantityField(default=0, db_default=0)
    blocked = QuantityField(default=0, db_default=0)
    in_wip = QuantityField(default=0, db_default=0)
    committed = QuantityField(default=0, db_default=0)
    expected = QuantityField(default=0, db_default=0)
    available = QuantityField(default=0, db_default=0)
    projected = QuantityField(default=0, db_default=0)
    safety_stock = QuantityField(default=0, db_default=0)
    missing = QuantityField(default=0, db_default=0)
    excess = QuantityField(default=0, db_default=0)
    in_transit = QuantityField(default=0, db_default=0)
    stock_out_on = models.DateField(null=True)
    order_by_on = models.DateField(null=True)
    computed_for = models.DateField(null=True)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["used_by", "site", "item"], name="inventory_level_once")]
        indexes = [
            models.Index(fields=["item", "site"], name="inventory_level_item"),
            models.Index(fields=["site", "item"], name="inventory_level_site"),
            models.Index(fields=["used_by", "site"], name="inventory_level_missing", condition=models.Q(missing__gt=0)),
            models.Index(fields=["used_by", "site"], name="inventory_level_blocked", condition=models.Q(blocked__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.site_id} {self.used_by_id}"


class Allocation(Followed):
    """How one demand is served, one row a demand.

    The three arrays go together: `supply_ids` (0 is stock on hand), `quantities`, `kinds`. The demand keeps what it
    took even if it stays short by `quantity − served_quantity`. `expected_on` is the date of its last supply
    (null when it is in stock or not available); `late_days` is how far that lies after its need, and for what is
    overdue, how far today does. The `direct` columns are without its chain: at the root of a make-to-order chain
    `availability` and `expected_on` are the worst of the whole chain, elsewhere both are the same.
    """

    demand_id = models.BigIntegerField(unique=True)
    item = _loose("inventory.Item")
    site = _loose("sites.Site")
    used_by = _loose("sites.Company")
    quantity = QuantityField()
    served_quantity = QuantityField()
    availability = models.CharField(max_length=16, choices=Availability.choices)
    expected_on = models.DateField(null=True)
    late_days = models.IntegerField(default=0, db_default=0)
    direct_availability = models.CharField(max_length=16, choices=Availability.choices)
    direct_expected_on = models.DateField(null=True)
    supply_ids = ArrayField(models.BigIntegerField(), default=list)
    quantities = ArrayField(QuantityField(), default=list)
    kinds = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        indexes = [models.Index(fields=["used_by", "site", "item"], name="inventory_allocation_key")]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.availability}"


class DocumentStatus(Followed):
    """The worst line of a document: its availability, when it is complete, and by how many days that is late.

    `complete_on` is the date of its last line to come; null when all is in stock or something is not available.
    A document with nothing open has no row.
    """

    document_kind = models.CharField(max_length=32, choices=DocumentKind.choices)
    document_id = models.BigIntegerField()
    company = _loose("sites.Company")
    availability = models.CharField(max_length=16, choices=Availability.choices)
    complete_on = models.DateField(null=True)
    late_days = models.IntegerField(default=0, db_default=0)

    class Meta:
        verbose_name_plural = "document statuses"
        constraints = [models.UniqueConstraint(fields=["document_kind", "document_id"], name="inventory_status_once")]
        indexes = [models.Index(fields=["company", "document_kind", "availability"], name="inventory_status_company")]

    def __str__(self) -> str:
        return f"{self.document_kind} {self.document_id}"


class TransferFlow(Followed):
    """What open transfers carry between two sites, so that a set of sites can leave out what stays inside it.

    `committed` is not yet dispatched, `expected` not yet received, `in_transit` dispatched and not received.
    """

    item = _loose("inventory.Item")
    company = _loose("sites.Company")
    origin = _loose("sites.Site")
    destination = _loose("sites.Site")
    committed = QuantityField(default=0, db_default=0)
    expected = QuantityField(default=0, db_default=0)
    in_transit = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "item", "origin", "destination"], name="inventory_flow_once")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.origin_id}→{self.destination_id}"
