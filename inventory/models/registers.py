"""What is going to happen: two registers that every kind of order writes into."""

from django.db import models
from django.db.models import Q

from core.fields import QuantityField
from core.models import Created, Followed
from inventory.choices import AllocationKind, DemandKind, DocumentKind, Firmness, SupplyKind, Tier


class Priority(Created):
    """A place in a company's one rank sequence. `rank` is a text between its neighbors, compared byte by byte.

    Orders and registers hold the id, so that a drag changes this one row and nothing else. `closed_at` is set
    by the services of the order that took the place, from its end until it is open again; rank numbers count the
    others.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.CASCADE, related_name="+", db_index=False)
    rank = models.CharField(max_length=64, db_collation="C")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "priorities"
        constraints = [models.UniqueConstraint(fields=["company", "rank"], name="inventory_rank_once")]
        indexes = [
            models.Index(
                fields=["company", "rank"],
                include=["id"],
                name="inventory_rank_open",
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.rank


class Register(Followed):
    """What demands and supplies have in common.

    `open_quantity` (stocking unit) falls with each posting and is 0 on close or cancel, when `closed_at` is set.
    `due_at` is the moment, `due_on` the date at the site. `part` is 0, or the number of a split by date or lot.
    `chain_id` is the id of the demand at the root of a make-to-order chain. `party_name` says in a list who it is
    for or from.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    used_by = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    line_id = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0, db_default=0)
    document_kind = models.CharField(max_length=32, choices=DocumentKind.choices)
    document_id = models.BigIntegerField()
    document_number = models.CharField(max_length=32)
    party_name = models.CharField(max_length=200, blank=True, default="")
    open_quantity = QuantityField()
    due_at = models.DateTimeField()
    due_on = models.DateField()
    firmness = models.CharField(max_length=8, choices=Firmness.choices, default=Firmness.FIRM)
    chain_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.document_number}: {self.open_quantity}"


class Demand(Register):
    """Somebody will need `open_quantity` of an item at a site. Served in the order tier, rank, due, id."""

    kind = models.CharField(max_length=16, choices=DemandKind.choices)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, default=Tier.RANKED)
    priority = models.ForeignKey(Priority, null=True, on_delete=models.PROTECT, related_name="demands")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "line_id", "part"], name="inventory_demand_once"),
            models.CheckConstraint(condition=Q(open_quantity__gte=0), name="inventory_demand_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["used_by", "site", "item"], name="inventory_demand_key", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["document_kind", "document_id"], name="inventory_demand_document"),
            models.Index(fields=["site", "item"], name="inventory_demand_site", condition=Q(closed_at__isnull=True)),
            models.Index(
                fields=["chain_id"],
                name="inventory_demand_chain",
                condition=Q(chain_id__isnull=False, closed_at__isnull=True),
            ),
        ]


class Supply(Register):
    """`open_quantity` of an item will come to a site; `in_transit_quantity` of it is already on its way.

    `pegged_demand_id` names the one demand that it is made for: it is invisible to all others.
    """

    kind = models.CharField(max_length=16, choices=SupplyKind.choices)
    in_transit_quantity = QuantityField(default=0, db_default=0)
    origin = models.ForeignKey("sites.Site", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    pegged_demand_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "supplies"
        constraints = [
            models.UniqueConstraint(fields=["kind", "line_id", "part"], name="inventory_supply_once"),
            models.CheckConstraint(
                condition=Q(open_quantity__gte=0, in_transit_quantity__gte=0), name="inventory_supply_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["used_by", "site", "item"], name="inventory_supply_key", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["document_kind", "document_id"], name="inventory_supply_document"),
        ]


class AllocationPin(Created):
    """`quantity` of a demand fixed by hand (PINNED) or by make-to-order (PEGGED) to a supply, or to stock on hand."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="pins", db_constraint=False)
    supply = models.ForeignKey(Supply, null=True, on_delete=models.CASCADE, related_name="pins", db_constraint=False)
    quantity = QuantityField()
    kind = models.CharField(max_length=8, choices=AllocationKind.choices, default=AllocationKind.PINNED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "supply"], name="inventory_pin_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_pin_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
