"""Trigram indexes by which the palette finds manufacturing orders while one types."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inventory", "0001_initial"), ("production", "0004_triggers")]

    operations = [
        AddIndexConcurrently(
            model_name="manufacturingorder",
            index=GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("external_reference"), name="gin_trgm_ops"),
                name="production_order_search",
            ),
        ),
    ]
