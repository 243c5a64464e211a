"""Statuses of whole documents and of chains, each read on a fresh snapshot under the locks of its rows."""

# The worst of what a root needs, unless it stands served from stock: then what was being made for it is not waited for.
CHAINS = """
WITH root AS (
    SELECT r.*, (%(now)s::timestamptz AT TIME ZONE s.time_zone)::date AS today
    FROM unnest(%(roots)s::bigint[]) AS t(id)
    CROSS JOIN LATERAL (
        SELECT a.demand_id, a.site_id, a.direct_availability, a.direct_expected_on, d.due_on, d.document_kind,
               d.document_id
        FROM inventory_allocation a JOIN inventory_demand d ON d.id = a.demand_id
        WHERE a.demand_id = t.id
        OFFSET 0
    ) r
    JOIN sites_site s ON s.id = r.site_id
),
worst AS (
    SELECT r.*, CASE
            WHEN r.direct_availability = 'in_stock' THEN 'in_stock'
            WHEN r.direct_availability = 'not_available' OR m.is_lacking THEN 'not_available'
            ELSE 'expected' END AS availability,
        m.expected_on AS members_expected_on
    FROM root r CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(a.availability = 'not_available'), false) AS is_lacking,
               max(a.expected_on) AS expected_on
        FROM inventory_demand d JOIN inventory_allocation a ON a.demand_id = d.id
        WHERE d.chain_id = r.demand_id AND d.id <> r.demand_id AND d.closed_at IS NULL
        OFFSET 0
    ) m
),
dated AS (
    SELECT demand_id, document_kind, document_id, availability, today, due_on,
           CASE availability WHEN 'expected' THEN greatest(direct_expected_on, members_expected_on) END AS expected_on
    FROM worst
)
UPDATE inventory_allocation a
SET availability = w.availability, expected_on = w.expected_on,
    late_days = greatest(0, coalesce(w.expected_on, w.today) - w.due_on)
FROM dated w
WHERE a.demand_id = w.demand_id
  AND (a.availability, a.expected_on, a.late_days)
      IS DISTINCT FROM (w.availability, w.expected_on, greatest(0, coalesce(w.expected_on, w.today) - w.due_on))
RETURNING w.document_kind, w.document_id, a.item_id, a.site_id, a.used_by_id
"""

# A document's status is of its open lines; one with none left loses its row. The lock
# inserts missing rows with a negative lateness, so that they differ.
DOCUMENTS = """
WITH document AS (
    SELECT t.kind, t.id FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS t(kind, id)
),
line AS MATERIALIZED (
    SELECT t.kind, t.id, d.* FROM document t CROSS JOIN LATERAL (
        SELECT d.company_id, d.used_by_id, d.site_id, a.availability, a.expected_on, a.late_days
        FROM inventory_demand d
        LEFT JOIN inventory_allocation a ON a.demand_id = d.id AND d.closed_at IS NULL
        WHERE d.document_kind = t.kind AND d.document_id = t.id
        OFFSET 0
    ) d
),
wanted AS MATERIALIZED (
    SELECT kind, id, min(company_id) AS company_id,
           CASE max(CASE availability WHEN 'in_stock' THEN 0 WHEN 'expected' THEN 1 ELSE 2 END)
               WHEN 0 THEN 'in_stock' WHEN 1 THEN 'expected' ELSE 'not_available' END AS availability,
           CASE WHEN bool_and(availability <> 'not_available') THEN max(expected_on) END AS complete_on,
           max(late_days) AS late_days
    FROM line WHERE availability IS NOT NULL
    GROUP BY kind, id
),
differing AS MATERIALIZED (
    SELECT w.*
    FROM wanted w LEFT JOIN LATERAL (
        SELECT company_id, availability, complete_on, late_days FROM inventory_documentstatus
        WHERE document_kind = w.kind AND document_id = w.id
        OFFSET 0
    ) o ON true
    WHERE (w.company_id, w.availability, w.complete_on, w.late_days)
        IS DISTINCT FROM (o.company_id, o.availability, o.complete_on, o.late_days)
),
changed AS (
    INSERT INTO inventory_documentstatus
        (document_kind, document_id, company_id, availability, complete_on, late_days)
    SELECT kind, id, company_id, availability, complete_on, late_days FROM differing
    ORDER BY kind, id
    ON CONFLICT (document_kind, document_id) DO UPDATE
    SET company_id = EXCLUDED.company_id, availability = EXCLUDED.availability,
        complete_on = EXCLUDED.complete_on, late_days = EXCLUDED.late_days
    RETURNING document_kind AS kind, document_id AS id
),
deleted AS (
    DELETE FROM inventory_documentstatus s USING document t
    WHERE s.document_kind = t.kind AND s.document_id = t.id
      AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.kind = t.kind AND w.id = t.id)
    RETURNING s.document_kind AS kind, s.document_id AS id
)
SELECT c.kind, c.id, array_agg(DISTINCT party.id) FILTER (WHERE party.id IS NOT NULL),
       array_agg(DISTINCT l.site_id) FILTER (WHERE l.site_id IS NOT NULL)
FROM (SELECT kind, id FROM changed UNION ALL SELECT kind, id FROM deleted) c
LEFT JOIN line l ON l.kind = c.kind AND l.id = c.id
LEFT JOIN LATERAL (VALUES (l.company_id), (l.used_by_id)) AS party(id) ON true
GROUP BY c.kind, c.id
"""
