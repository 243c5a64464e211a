"""What many tables have in common. The database itself keeps these columns, see `docs/model.md`."""

from django.db import models
from django.db.models.functions import Now

from core.fields import XidField


class Created(models.Model):
    """A row that says when it came to be; append-only tables have no more than this."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Followed(Created):
    """A row that feeds can follow: the trigger `mfg_touch` sets `updated_at` and `changed_xid` on each update.

    Neither ids nor timestamps are in commit order, so `updated_after` reads by `changed_xid`
    below the snapshot's horizon.
    """

    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_xid = XidField()

    class Meta:
        abstract = True


class Editable(Followed):
    """A row that people edit: `version` goes up by one with each edit, and a stale write is refused."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Master(Editable):
    """Master data: archived, never deleted."""

    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
