"""The triggers that keep `updated_at` and `changed_xid`."""

from django.db import migrations

FOLLOWED = (
    "production_billofmaterials",
    "production_billofmaterialsline",
    "production_completion",
    "production_manufacturingorder",
    "production_manufacturingordercomponent",
)


def _touch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
        f"DROP TRIGGER touch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("production", "0001_initial")]

    operations = [
        *(_touch(table) for table in FOLLOWED),
    ]
