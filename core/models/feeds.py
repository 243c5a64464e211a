"""What feeds need beside the rows themselves."""

from django.db import models

from core.fields import XidField
from core.models.base import Created


class Tombstone(Created):
    """A deleted row, so that a client that follows `updated_after` hears of it.

    Who saw the row hears of its end: readers of `company_id` or `site_id`; both null: everybody.
    """

    noun = models.CharField(max_length=64)
    row_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    changed_xid = XidField()

    class Meta:
        indexes = [models.Index(fields=["noun", "changed_xid", "id"], name="core_tombstone_feed")]

    def __str__(self) -> str:
        return f"{self.noun} {self.row_id}"
