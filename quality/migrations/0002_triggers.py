"""The triggers that keep `updated_at` and `changed_xid` of plans and checks."""

from django.db import migrations

FOLLOWED = ("quality_qualitycharacteristic", "quality_qualitycheck", "quality_qualityplan", "quality_qualityresult")


def _touch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
        f"DROP TRIGGER touch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("quality", "0001_initial")]

    operations = [_touch(table) for table in FOLLOWED]
