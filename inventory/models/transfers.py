"""Moving stock between sites."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from core.fields import QuantityField
from inventory.choices import TransferState
from inventory.models.documents import Document, OrderLine, line_checks


class Transfer(Document):
    """Goods of one owner from a site to another; the owner never changes.

    While they travel they lie in the transfer's own TRANSIT location of the destination, in its own cost pools.
    A leg of an order is PLANNED and carries `source_kind` and `source_id`.
    """

    origin = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=TransferState.choices, default=TransferState.DRAFT)
    priority = models.ForeignKey(
        "inventory.Priority", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ship_by_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=100, blank=True, default="")
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="inventory_transfer_number_once"),
            models.CheckConstraint(condition=~Q(origin=F("destination")), name="inventory_transfer_two_sites"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="inventory_transfer_state"),
            models.Index(fields=["source_id"], name="inventory_transfer_source", condition=Q(source_id__isnull=False)),
            GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="inventory_transfer_search",
            ),
        ]


class TransferLine(OrderLine):
    """`posted_quantity` is what was dispatched; of that, `received_quantity` arrived and `lost_quantity` never will.

    `site` is the origin. With `wip_lot` it carries work in progress of the order that the transfer is a leg of: no
    demand and no supply, for the order's output stands for it.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    wip_lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    received_quantity = QuantityField(default=0, db_default=0)
    lost_quantity = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "line_no"], name="inventory_transfer_line_once"),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0, lost_quantity__gte=0)
                & Q(posted_quantity__gte=F("received_quantity") + F("lost_quantity")),
                name="inventory_transfer_line_received",
            ),
            *line_checks("inventory_transfer_line"),
        ]
