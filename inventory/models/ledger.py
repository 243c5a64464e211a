"""The ledger, and what posting keeps in step with it.

Written by `inventory.services.posting` alone, in SQL; these models are for reading. Postings, moves and entries
are append-only, which a trigger enforces. The ledger can be partitioned by ranges of id, so it has no unique
index besides its primary key, and real foreign keys only to item, locations and owners.
"""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.fields import AmountField, QuantityField, XidField
from core.models import Followed
from inventory.choices import CostKind, EntryKind, PoolKind, PostingKind

# Spelled out, because the planner proves an index by its own words; see `inventory.selectors.trace`.
_CHANGES_LOT = Q(from_lot__isnull=True) | Q(from_lot__lt=F("to_lot")) | Q(from_lot__gt=F("to_lot"))


def _loose(to: str, **options: Any) -> models.ForeignKey:
    """A key that is joined but not enforced: what it points at is written in the same statement or never deleted."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, **options
    )


def _firm(to: str, **options: Any) -> models.ForeignKey:
    """A real key without an index of its own."""
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", db_index=False, **options)


class Posting(models.Model):
    """One numbered step of a document (a shipment, receipt, dispatch, completion, adjustment).

    `effective_at` is when it happened, `posted_at` when it was written, `effective_on` the date at the site.
    A historical posting tells of the past and has no moves. `reverses` names the posting that it undoes.
    """

    company = models.ForeignKey("sites.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=PostingKind.choices)
    number = models.CharField(max_length=32)
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    source_number = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    effective_at = models.DateTimeField()
    effective_on = models.DateField()
    posted_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    is_historical = models.BooleanField(default=False, db_default=False)
    reverses = _loose("self", null=True)
    changed_xid = XidField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "kind", "-id"], name="inventory_posting_company"),
            models.Index(fields=["source_kind", "source_id", "-id"], name="inventory_posting_source"),
            models.Index(fields=["site", "-id"], name="inventory_posting_site"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"], name="inventory_posting_reversed_once", condition=Q(reverses__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.number


class StockMove(models.Model):
    """`quantity` (> 0, in the stocking unit) of an item from one (location, lot, owner) to another.

    Everything physical is one of these. `line_id` is the line of the posting's document.
    """

    company = _loose("sites.Company")
    posting = _loose("inventory.Posting")
    line_id = models.BigIntegerField(null=True)
    item = _firm("inventory.Item")
    quantity = QuantityField()
    from_location = _firm("inventory.Location")
    from_lot = _loose("inventory.Lot", null=True)
    from_owner = _firm("sites.Company")
    from_site = _loose("sites.Site")
    to_location = _firm("inventory.Location")
    to_lot = _loose("inventory.Lot", null=True)
    to_owner = _firm("sites.Company")
    to_site = _loose("sites.Site")
    effective_at = models.DateTimeField()
    effective_on = models.DateField()
    posted_at = models.DateTimeField(db_default=Now())
    changed_xid = XidField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_move_positive"),
            models.CheckConstraint(
                condition=~(
                    Q(from_location=F("to_location"))
                    & Q(from_owner=F("to_owner"))
                    & (Q(from_lot=F("to_lot")) | Q(from_lot__isnull=True, to_lot__isnull=True))
                ),
                name="inventory_move_two_sides",
            ),
        ]
        indexes = [
            models.Index(fields=["from_site", "item", "-id"], name="inventory_move_out"),
            models.Index(fields=["to_site", "item", "-id"], name="inventory_move_in"),
            models.Index(fields=["posting"], name="inventory_move_posting"),
            BrinIndex(fields=["posted_at"], name="inventory_move_posted"),
            models.Index(fields=["from_lot"], name="inventory_move_from_lot", condition=Q(from_lot__isnull=False)),
            models.Index(
                fields=["to_lot"],
                name="inventory_move_to_lot",
                condition=Q(to_lot__isnull=False) & _CHANGES_LOT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"


class StockBalance(Followed):
    """What stands in one physical place: item × location × lot × owner.

    Changed only by the transaction that writes the move, under the row's lock. `used_by` is the one company whose
    demand it may serve. `reserved` (0 ≤ reserved ≤ quantity) is changed by pick, pin and peg alone.
    """

    item = _firm("inventory.Item")
    location = _firm("inventory.Location")
    lot = _firm("inventory.Lot", null=True)
    owner = _firm("sites.Company")
    site = _firm("sites.Site")
    used_by = _firm("sites.Company")
    quantity = QuantityField(default=0, db_default=0)
    reserved = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "location", "lot", "owner"], name="inventory_balance_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="inventory_balance_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("quantity")), name="inventory_balance_reserved"
            ),
        ]
        indexes = [
            models.Index(fields=["used_by", "site", "item"], name="inventory_balance_key"),
            models.Index(fields=["owner", "site"], name="inventory_balance_owner"),
            models.Index(fields=["location"], name="inventory_balance_location"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"


class CostPool(Followed):
    """Quantity and value that share one average cost.

    STOCK is item × owner × site; TRANSFER is item × owner × transfer; MO is the made item × company × order, with
    the source's id. Value is in the owner's currency.
    """

    kind = models.CharField(max_length=8, choices=PoolKind.choices)
    item = _firm("inventory.Item")
    owner = _firm("sites.Company")
    site = _firm("sites.Site", null=True)
    source_id = models.BigIntegerField(null=True)
    quantity = QuantityField(default=0, db_default=0)
    value = AmountField(default=0, db_default=0)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item", "owner", "site", "source_id"], name="inventory_pool_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0, value__gte=0), name="inventory_pool_not_negative"),
            models.CheckConstraint(
                condition=Q(kind=PoolKind.MO) | Q(quantity__gt=0) | Q(value=0), name="inventory_pool_empty_is_worthless"
            ),
        ]
        indexes = [models.Index(fields=["owner", "site", "item"], name="inventory_pool_owner")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"


class ValueEntry(models.Model):
    """A change of a pool's quantity and value, append-only. A pure cost correction has no move.

    `cost_kind` tells what an order's pool got by it.
    """

    company = _loose("sites.Company")
    site = _loose("sites.Site", null=True)
    pool = _loose("inventory.CostPool")
    posting = _loose("inventory.Posting", null=True)
    move = _loose("inventory.StockMove", null=True)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    cost_kind = models.CharField(
        max_length=16, choices=CostKind.choices, default=CostKind.MATERIAL, db_default=CostKind.MATERIAL
    )
    quantity = QuantityField()
    amount = AmountField()
    currency = models.CharField(max_length=3)
    effective_at = models.DateTimeField()
    effective_on = models.DateField()
    posted_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["pool", "-id"], name="inventory_entry_pool"),
            models.Index(fields=["posting"], name="inventory_entry_posting"),
            BrinIndex(fields=["posted_at"], name="inventory_entry_posted"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
