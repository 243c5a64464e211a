"""The triggers that keep `updated_at` and `changed_xid`."""

from django.db import migrations

FOLLOWED = (
    "sites_calendar",
    "sites_company",
    "sites_exchangerate",
    "sites_lane",
    "sites_membership",
    "sites_site",
)


def _touch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
        f"DROP TRIGGER touch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("sites", "0001_initial")]

    operations = [
        *(_touch(table) for table in FOLLOWED),
    ]
