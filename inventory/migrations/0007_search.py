"""Trigram indexes by which the palette finds transfers and lots while one types."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inventory", "0006_lots_of_moves")]

    operations = [
        AddIndexConcurrently(
            model_name="transfer",
            index=GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="inventory_transfer_search",
            ),
        ),
        AddIndexConcurrently(
            model_name="lot",
            index=GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                name="inventory_lot_search",
            ),
        ),
    ]
