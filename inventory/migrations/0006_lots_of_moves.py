"""The moves of a lot are found by it, for tracing where it came from and where it went.

Both are partial, so that a move without a lot costs nothing. Nearly all moves keep their lot and stand in the first
alone; work in progress that becomes the next stage or a real lot changes it, and is found by the second.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q

_CHANGES_LOT = Q(from_lot__isnull=True) | Q(from_lot__lt=F("to_lot")) | Q(from_lot__gt=F("to_lot"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inventory", "0005_operations")]

    operations = [
        AddIndexConcurrently(
            "stockmove",
            models.Index(fields=["from_lot"], name="inventory_move_from_lot", condition=Q(from_lot__isnull=False)),
        ),
        AddIndexConcurrently(
            "stockmove",
            models.Index(
                fields=["to_lot"],
                name="inventory_move_to_lot",
                condition=Q(to_lot__isnull=False) & _CHANGES_LOT,
            ),
        ),
    ]
