"""Trigram indexes by which the palette finds purchase orders while one types."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inventory", "0001_initial"), ("purchasing", "0003_service_lines")]

    operations = [
        AddIndexConcurrently(
            model_name="purchaseorder",
            index=GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="purchasing_order_search",
            ),
        ),
    ]
