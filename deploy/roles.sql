-- Two roles for production: `mfg_owner` migrates, `mfg_app` works. Run as a superuser in the database, after the first
-- `migrate` by mfg_owner, and again after a release that adds a ledger.
--
-- The ledgers are append-only by trigger already; here the application loses the right as well, so that not even a
-- disabled trigger lets it rewrite history.

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['mfg_owner', 'mfg_app']) AS name
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) \gexec

GRANT USAGE ON SCHEMA public TO mfg_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mfg_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mfg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mfg_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mfg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mfg_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mfg_app;

SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM mfg_app', tgrelid::regclass)
FROM pg_trigger WHERE tgname = 'append_only' \gexec
