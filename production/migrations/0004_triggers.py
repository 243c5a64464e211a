"""The triggers that keep `updated_at` and `changed_xid` of work centers, routings and tasks; events of tasks stay."""

from django.db import migrations

FOLLOWED = (
    "production_attachment",
    "production_billofmaterialssubstitute",
    "production_operation",
    "production_operationalternative",
    "production_operationinstruction",
    "production_operator",
    "production_reason",
    "production_routing",
    "production_skill",
    "production_task",
    "production_team",
    "production_tool",
    "production_workcenter",
)


def _touch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mfg_touch()",
        f"DROP TRIGGER touch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("production", "0003_routings_and_tasks")]

    operations = [
        *(_touch(table) for table in FOLLOWED),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON production_taskevent "
            "FOR EACH ROW EXECUTE FUNCTION mfg_append_only()",
            "DROP TRIGGER append_only ON production_taskevent",
        ),
    ]
