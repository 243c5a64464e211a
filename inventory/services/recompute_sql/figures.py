"""From balances and registers to figures and allocations, as one chain of `WITH` parts over an array of keys.

`FIGURES` ends in three relations that `?fresh=true` selects and the recompute writes: `figure` (a row a key),
`served` (a row a demand) and `flow` (a row for key and origin of transfers). Parameters: `now`, and the parallel
arrays `items`, `sites`, `users`.

How it is planned: every table is reached from a key by a `LATERAL … OFFSET 0`, which callers make an index probe
(`PROBED`): while a table is new and thought to be empty, a scan of it for each key would look cheaper, and each key
would cost all the others. The parts among themselves have no statistics at all, and a nested loop of two of them would
be quadratic on a hot key: callers switch nested loops off (`HASHED`), which leaves hash joins there and, for want of
another way, the probes.
"""

# For one transaction; work_mem is for its sorts, and there is one at a time in a worker.
PROBED = """
SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)
"""
PROBED_AS_BEFORE = "SELECT set_config('enable_seqscan', 'on', true)"
HASHED = "SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true)"
HASHED_AS_BEFORE = "SELECT set_config('enable_nestloop', 'on', true), set_config('enable_mergejoin', 'on', true)"

_KEYS = """
key AS (
    SELECT t.n, t.item_id, t.site_id, t.used_by_id, s.company_id AS operator_id,
           (%(now)s::timestamptz AT TIME ZONE s.time_zone)::date AS today
    FROM unnest(%(items)s::bigint[], %(sites)s::bigint[], %(users)s::bigint[])
         WITH ORDINALITY AS t(item_id, site_id, used_by_id, n)
    JOIN LATERAL (SELECT company_id, time_zone FROM sites_site WHERE id = t.site_id OFFSET 0) s ON true
),
-- A lot may be used through its last day.
stocked_key AS MATERIALIZED (
    SELECT key.*, coalesce(b.on_hand, 0) AS on_hand, coalesce(b.blocked, 0) AS blocked, coalesce(b.in_wip, 0) AS in_wip
    FROM key LEFT JOIN LATERAL (
        SELECT sum(b.quantity) FILTER (WHERE p.is_on_hand AND NOT p.is_bad) AS on_hand,
               sum(b.quantity) FILTER (WHERE p.kind = 'quarantine' OR p.is_on_hand AND p.is_bad) AS blocked,
               sum(b.quantity) FILTER (WHERE p.kind = 'wip') AS in_wip
        FROM inventory_stockbalance b
        CROSS JOIN LATERAL (
            SELECT l.kind, l.kind IN ('storage', 'lineside', 'staging') AS is_on_hand, (
                SELECT lot.state <> 'ok' OR coalesce(lot.expires_on < key.today, false)
                FROM inventory_lot lot WHERE lot.id = b.lot_id
            ) IS TRUE AS is_bad
            FROM inventory_location l WHERE l.id = b.location_id
            OFFSET 0
        ) p
        WHERE b.used_by_id = key.used_by_id AND b.site_id = key.site_id AND b.item_id = key.item_id AND b.quantity > 0
        OFFSET 0
    ) b ON true
)"""

_REGISTERS = """
demand AS MATERIALIZED (
    SELECT k.n, k.today, k.on_hand, d.*,
           (SELECT p.rank FROM inventory_priority p WHERE p.id = d.priority_id) AS rank
    FROM stocked_key k CROSS JOIN LATERAL (
        SELECT d.id, d.open_quantity AS quantity, d.tier, d.priority_id, d.due_on, d.due_at, d.document_kind,
               d.document_id, d.chain_id
        FROM inventory_demand d
        WHERE d.used_by_id = k.used_by_id AND d.site_id = k.site_id AND d.item_id = k.item_id
          AND d.closed_at IS NULL AND d.open_quantity > 0 AND d.firmness IN ('planned', 'firm')
        OFFSET 0
    ) d
),
-- Overdue supply counts as today.
supply AS MATERIALIZED (
    SELECT k.n, k.on_hand, s.*, greatest(s.due_on, k.today) AS arrives_on
    FROM stocked_key k CROSS JOIN LATERAL (
        SELECT s.id, s.open_quantity AS quantity, s.due_on, s.due_at, s.pegged_demand_id, s.kind, s.origin_id,
               s.in_transit_quantity, s.company_id
        FROM inventory_supply s
        WHERE s.used_by_id = k.used_by_id AND s.site_id = k.site_id AND s.item_id = k.item_id
          AND s.closed_at IS NULL AND s.open_quantity > 0 AND s.firmness IN ('planned', 'firm')
        OFFSET 0
    ) s
),
source AS (
    SELECT n, 0::bigint AS id, on_hand AS quantity, NULL::date AS due_on, NULL::timestamptz AS due_at,
           NULL::date AS arrives_on, NULL::bigint AS pegged_demand_id
    FROM stocked_key WHERE on_hand > 0
    UNION ALL
    SELECT n, id, quantity, due_on, due_at, arrives_on, pegged_demand_id FROM supply
)"""

# Each pin and peg is cut twice: to what its demand still needs, then to what its source holds for all of them.
_FIXED = """
wish AS (
    SELECT d.id AS demand_id, p.supply_id, p.quantity, p.kind, false AS is_whole_supply
    FROM demand d CROSS JOIN LATERAL (
        SELECT coalesce(p.supply_id, 0) AS supply_id, p.quantity, p.kind FROM inventory_allocationpin p
        WHERE p.demand_id = d.id
        OFFSET 0
    ) p
    UNION ALL
    SELECT pegged_demand_id, id, quantity, 'pegged', true FROM supply WHERE pegged_demand_id IS NOT NULL
),
wanted AS (
    SELECT d.n, w.demand_id, w.supply_id, w.kind, d.tier, d.rank, d.due_at,
           s.quantity AS supplied, s.due_on AS supply_due_on, s.due_at AS supply_due_at, s.arrives_on,
           least(w.quantity, greatest(0, d.quantity - (sum(w.quantity) OVER by_demand - w.quantity))) AS quantity
    FROM wish w
    JOIN demand d ON d.id = w.demand_id
    JOIN source s ON s.n = d.n AND s.id = w.supply_id AND w.is_whole_supply = (s.pegged_demand_id IS NOT NULL)
    WINDOW by_demand AS (PARTITION BY w.demand_id ORDER BY s.due_on NULLS FIRST, s.due_at, s.id)
),
cut AS (
    SELECT n, demand_id, supply_id, kind, supply_due_on, supply_due_at, arrives_on,
           least(quantity, greatest(0, supplied - (sum(quantity) OVER by_source - quantity))) AS quantity
    FROM wanted
    WINDOW by_source AS (PARTITION BY n, supply_id ORDER BY tier, rank COLLATE "C", due_at, demand_id)
),
fixed AS MATERIALIZED (SELECT * FROM cut WHERE quantity > 0)"""

# Two running sums a key lay demands and sources end to end on one line; each piece between two neighboring ends
# belongs to the first demand and the first source that reach it. One sort a key, where a join of overlapping
# intervals would compare all demands of a hot key with all its sources.
_WALK = """
ranked AS MATERIALIZED (
    SELECT d.*, d.quantity - coalesce(f.quantity, 0) AS rest,
           row_number() OVER (ORDER BY d.n, d.tier, d.rank COLLATE "C", d.due_at, d.id) AS place,
           sum(d.quantity - coalesce(f.quantity, 0)) OVER by_key AS ends_at
    FROM demand d
    LEFT JOIN (SELECT demand_id, sum(quantity) AS quantity FROM fixed GROUP BY demand_id) f ON f.demand_id = d.id
    WINDOW by_key AS
        (PARTITION BY d.n ORDER BY d.tier, d.rank COLLATE "C", d.due_at, d.id ROWS UNBOUNDED PRECEDING)
),
laid AS MATERIALIZED (
    SELECT s.n, s.id, s.due_on, s.due_at, s.arrives_on, s.quantity - coalesce(f.quantity, 0) AS rest,
           row_number() OVER (ORDER BY s.n, s.due_on NULLS FIRST, s.due_at, s.id) AS place,
           sum(s.quantity - coalesce(f.quantity, 0)) OVER by_key AS ends_at
    FROM source s
    LEFT JOIN (SELECT n, supply_id, sum(quantity) AS quantity FROM fixed GROUP BY n, supply_id) f
        ON f.n = s.n AND f.supply_id = s.id
    WHERE s.pegged_demand_id IS NULL
    WINDOW by_key AS (PARTITION BY s.n ORDER BY s.due_on NULLS FIRST, s.due_at, s.id ROWS UNBOUNDED PRECEDING)
),
piece AS (
    SELECT min(demand_place) OVER w AS demand_place, min(source_place) OVER w AS source_place,
           ends_at - lead(ends_at, 1, 0) OVER w AS quantity
    FROM (
        SELECT n, ends_at, place AS demand_place, NULL::bigint AS source_place FROM ranked WHERE rest > 0
        UNION ALL
        SELECT n, ends_at, NULL, place FROM laid WHERE rest > 0
    ) edge
    WINDOW w AS (PARTITION BY n ORDER BY ends_at DESC)
),
taken AS (
    SELECT d.id AS demand_id, s.id AS supply_id, s.due_on, s.due_at, s.arrives_on, p.quantity, 'soft' AS kind
    FROM piece p JOIN ranked d ON d.place = p.demand_place JOIN laid s ON s.place = p.source_place
    WHERE p.quantity > 0
    UNION ALL
    SELECT demand_id, supply_id, supply_due_on, supply_due_at, arrives_on, quantity, kind FROM fixed
)"""

_SERVED = """
collected AS (
    SELECT demand_id, sum(quantity) AS quantity, max(arrives_on) AS arrives_on,
           array_agg(supply_id ORDER BY due_on NULLS FIRST, due_at, supply_id, kind) AS supply_ids,
           array_agg(quantity ORDER BY due_on NULLS FIRST, due_at, supply_id, kind) AS quantities,
           array_agg(kind ORDER BY due_on NULLS FIRST, due_at, supply_id, kind) AS kinds
    FROM taken GROUP BY demand_id
),
served AS MATERIALIZED (
    SELECT d.n, d.place, d.id AS demand_id, d.quantity, coalesce(c.quantity, 0) AS served_quantity,
           CASE WHEN c.quantity < d.quantity OR c.quantity IS NULL THEN 'not_available'
                WHEN c.arrives_on IS NULL THEN 'in_stock' ELSE 'expected' END AS availability,
           CASE WHEN c.quantity >= d.quantity THEN c.arrives_on END AS expected_on,
           d.today, d.due_on, d.document_kind, d.document_id, d.chain_id,
           coalesce(c.supply_ids, '{}') AS supply_ids, coalesce(c.quantities, '{}') AS quantities,
           coalesce(c.kinds, '{}') AS kinds
    FROM ranked d LEFT JOIN collected c ON c.demand_id = d.id
)"""

_FIGURE = """
day AS (
    SELECT n, on_hand, day, sum(comes) AS comes, sum(goes) AS goes, sum(travels) AS travels
    FROM (
        SELECT n, on_hand, greatest(due_on, today) AS day, 0::numeric AS comes, quantity AS goes, 0::numeric AS travels
        FROM demand
        UNION ALL
        SELECT n, on_hand, arrives_on, quantity, 0,
               CASE WHEN kind = 'transfer_in' THEN in_transit_quantity ELSE 0 END
        FROM supply
    ) dated
    GROUP BY n, on_hand, day
),
total AS (
    SELECT n, sum(comes) AS expected, sum(goes) AS committed, sum(travels) AS in_transit,
           min(day) FILTER (WHERE balance < 0) AS stock_out_on
    FROM (
        SELECT *, on_hand + sum(comes - goes) OVER (PARTITION BY n ORDER BY day ROWS UNBOUNDED PRECEDING) AS balance
        FROM day
    ) running
    GROUP BY n
),
basis AS (
    SELECT k.n, k.item_id, k.site_id, k.used_by_id, k.operator_id, k.today, k.on_hand, k.blocked, k.in_wip,
           coalesce(t.committed, 0) AS committed, coalesce(t.expected, 0) AS expected,
           k.on_hand - coalesce(t.committed, 0) AS available,
           k.on_hand - coalesce(t.committed, 0) + coalesce(t.expected, 0) AS projected,
           coalesce(p.safety_stock, 0) AS safety_stock, coalesce(t.in_transit, 0) AS in_transit, t.stock_out_on,
           p.source_lead_time_days, p.source_calendar_id
    FROM stocked_key k
    LEFT JOIN total t ON t.n = k.n
    LEFT JOIN LATERAL (
        SELECT safety_stock, source_lead_time_days, source_calendar_id FROM inventory_itemsite
        WHERE company_id = k.used_by_id AND site_id = k.site_id AND item_id = k.item_id
        OFFSET 0
    ) p ON true
),
-- Back by working days; where the calendar is not expanded that far, or there is none, by calendar days.
figure AS MATERIALIZED (
    SELECT n, item_id, site_id, used_by_id, operator_id, on_hand, blocked, in_wip, committed, expected, available,
           projected, safety_stock, greatest(0, safety_stock - projected) AS missing,
           greatest(0, projected - safety_stock) AS excess, in_transit, stock_out_on,
           CASE WHEN stock_out_on IS NOT NULL THEN coalesce((
               SELECT earlier.on_date FROM sites_calendarday earlier
               WHERE earlier.calendar_id = source_calendar_id AND earlier.is_working AND earlier.working_number = (
                   SELECT out.working_number FROM sites_calendarday out
                   WHERE out.calendar_id = source_calendar_id AND out.on_date = stock_out_on
               ) - source_lead_time_days
           ), stock_out_on - source_lead_time_days) END AS order_by_on,
           today AS computed_for
    FROM basis
)"""

# Keyed by the destination alone, so that one level row's lock guards it. Not yet dispatched is what is open here and
# not on its way. What arrives for another company's demand left for it, too: for neither it stays inside.
_FLOW = """
flow AS MATERIALIZED (
    SELECT k.n, k.item_id, k.used_by_id AS company_id, s.origin_id, k.site_id AS destination_id,
           sum(s.quantity - least(s.quantity, s.in_transit_quantity)) AS committed, sum(s.quantity) AS expected,
           sum(s.in_transit_quantity) AS in_transit
    FROM supply s JOIN stocked_key k ON k.n = s.n
    WHERE s.kind = 'transfer_in' AND s.origin_id IS NOT NULL AND s.company_id = k.used_by_id
    GROUP BY k.n, k.item_id, k.used_by_id, s.origin_id, k.site_id
)"""

FIGURES = ",".join([_KEYS, _REGISTERS, _FIXED, _WALK, _SERVED, _FIGURE, _FLOW])

LEVEL_COLUMNS = (
    "on_hand", "blocked", "in_wip", "committed", "expected", "available", "projected", "safety_stock", "missing",
    "excess", "in_transit", "stock_out_on", "order_by_on", "computed_for",
)  # fmt: skip
SERVED_COLUMNS = (
    "demand_id", "quantity", "served_quantity", "availability", "expected_on", "supply_ids", "quantities", "kinds",
)  # fmt: skip
FLOW_COLUMNS = ("committed", "expected", "in_transit")
