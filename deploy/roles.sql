-- Two roles for production: `mfg_owner` migrates, `mfg_app` works. Run as a superuser in mfg's database, before the
-- first `migrate`, then give each a password. `rights.sql` comes after it.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['mfg_owner', 'mfg_app'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        END IF;
    END LOOP;
    -- For its extensions.
    EXECUTE format('GRANT CREATE ON DATABASE %I TO mfg_owner', current_database());
END $$;

GRANT USAGE, CREATE ON SCHEMA public TO mfg_owner;
GRANT USAGE ON SCHEMA public TO mfg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mfg_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mfg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mfg_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mfg_app;
