"""Functions and triggers that keep feeds honest and ledgers append-only.

Other apps attach them in their own migrations:

    CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION mfg_touch();
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION mfg_append_only();
"""

from django.db import migrations

# `*<>` compares the rows' images: it works for every column type, and a rewrite of equal values
# moves no feed. The statement's time, as `created_at` has it: the transaction's may lie before the insert.
TOUCH = """
CREATE FUNCTION mfg_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD *<> NEW THEN
        NEW.updated_at := statement_timestamp();
        NEW.changed_xid := pg_current_xact_id();
    END IF;
    RETURN NEW;
END $$
"""

# A purge by maintenance says `SET LOCAL mfg.maintenance = 'on'` first; nothing ever rewrites.
APPEND_ONLY = """
CREATE FUNCTION mfg_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('mfg.maintenance', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

ATTACH = """
CREATE TRIGGER touch BEFORE UPDATE ON core_run FOR EACH ROW EXECUTE FUNCTION mfg_touch();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION mfg_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_tombstone
    FOR EACH ROW EXECUTE FUNCTION mfg_append_only();
"""

DETACH = """
DROP TRIGGER touch ON core_run;
DROP TRIGGER append_only ON core_event;
DROP TRIGGER append_only ON core_tombstone;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(TOUCH, "DROP FUNCTION mfg_touch()"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION mfg_append_only()"),
        migrations.RunSQL(ATTACH, DETACH),
    ]
