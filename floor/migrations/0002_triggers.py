"""The triggers that keep `updated_at` and `changed_xid`."""

from django.db import migrations

FOLLOWED = ("floor_device", "floor_floorcommand")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("floor", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
            f"DROP TRIGGER touch ON {table}",
        )
        for table in FOLLOWED
    ]
