"""Where stock stands in a site, and which batch it is."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper

from core.models import Editable, Master
from inventory.choices import KEEPING_KINDS, LocationKind, LotKind, LotState


class Location(Master):
    """A place in a site's tree. The virtual kinds (supplier, customer, production, scrap, count) stand for the
    world outside and hold no balance. `pick_order` decides between places that are otherwise equal.

    A transfer's own TRANSIT location names it in `transfer_id` and is hidden from lists.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="locations")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=16, choices=LocationKind.choices, default=LocationKind.STORAGE)
    pick_order = models.IntegerField(default=0)
    is_default_receipt = models.BooleanField(default=False)
    transfer_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("site"), Lower("code"), name="inventory_location_code_once"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(is_default_receipt=True), name="inventory_location_one_default"
            ),
            models.UniqueConstraint(
                fields=["transfer_id"], condition=Q(transfer_id__isnull=False), name="inventory_location_transfer_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def may_be_adjusted(self) -> bool:
        """Whether people put and take stock here by hand, and goods are received here."""
        return self.archived_at is None and self.kind in KEEPING_KINDS


class Lot(Editable):
    """A batch (or one serial number) of an item, unique by item, issuer and number.

    A system lot of kind WIP stands for the work in progress of one order and split: `source_kind`, `source_id`
    and `stage` name them. `began_on` is the age that picking goes by; after `expires_on` the lot is blocked.
    """

    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="lots")
    issuer = models.ForeignKey("sites.Company", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=LotKind.choices, default=LotKind.STOCK)
    state = models.CharField(max_length=8, choices=LotState.choices, default=LotState.OK)
    state_reason = models.CharField(max_length=200, blank=True, default="")
    began_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("item"), F("issuer"), Lower("number"), name="inventory_lot_once", nulls_distinct=False
            )
        ]
        indexes = [GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="inventory_lot_search")]

    def __str__(self) -> str:
        return self.number
