-- What `mfg_app` may do with the tables. Run as mfg_owner, after the first `migrate`, and again after a release that
-- adds a ledger.
--
-- The ledgers are append-only by trigger already; here the application loses the right as well, so that not even a
-- disabled trigger lets it rewrite history. So it cannot purge the feeds either: `purge_feeds` runs as mfg_owner.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mfg_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mfg_app;

DO $$
DECLARE
    ledger regclass;
BEGIN
    FOR ledger IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'append_only' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM mfg_app', ledger);
    END LOOP;
END $$;

-- Whoever reverses a posting locks it, and Postgres lets nobody lock what he may not update at all. The trigger
-- refuses the update itself.
GRANT UPDATE (id) ON inventory_posting TO mfg_app;
