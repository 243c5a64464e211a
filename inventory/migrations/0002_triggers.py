"""The triggers that keep `updated_at` and `changed_xid`, and the ledgers append-only."""

from django.db import migrations

FOLLOWED = (
    "inventory_allocation",
    "inventory_consignmentagreement",
    "inventory_costpool",
    "inventory_demand",
    "inventory_documentstatus",
    "inventory_item",
    "inventory_itemcategory",
    "inventory_itemcode",
    "inventory_itemcompany",
    "inventory_itemsite",
    "inventory_itemunit",
    "inventory_location",
    "inventory_lot",
    "inventory_stockbalance",
    "inventory_stockcount",
    "inventory_stockcountline",
    "inventory_stocklevel",
    "inventory_supply",
    "inventory_transfer",
    "inventory_transferflow",
    "inventory_transferline",
    "inventory_unitofmeasure",
)
LEDGERS = (
    "inventory_posting",
    "inventory_stockmove",
    "inventory_valueentry",
)


def _touch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
        f"DROP TRIGGER touch ON {table}",
    )


def _append_only(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION mfg_append_only()",
        f"DROP TRIGGER append_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("inventory", "0001_initial")]

    operations = [
        *(_touch(table) for table in FOLLOWED),
        *(_append_only(table) for table in LEDGERS),
    ]
