"""Room for updates in place: rows that change with every posting or recompute keep their page and their indexes."""

from django.db import migrations

TABLES = (
    "inventory_stockbalance",
    "inventory_costpool",
    "inventory_stocklevel",
    "inventory_allocation",
    "inventory_documentstatus",
    "inventory_demand",
    "inventory_supply",
)


def _room(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)",
        f"ALTER TABLE {table} RESET (fillfactor, autovacuum_vacuum_scale_factor)",
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_units")]

    operations = [_room(table) for table in TABLES]
