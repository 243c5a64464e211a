"""How long a backward trace of 10,000 lots over 6 levels takes: a made ledger, in the shape that posting writes."""

import gc
import time
from collections.abc import Iterator

from bench.figures import Figure, below

LEVELS = 6
LOTS = 10_000
ROUNDS = 40

# Levels 0 to 6; each level's lots were made by orders of 4 outputs out of all the lots of their share one level down.
_BUILD = """
INSERT INTO inventory_lot (item_id, number, kind, state, state_reason, source_kind, stage, version)
SELECT %(item)s, 'BT-' || n, 'stock', 'ok', '', '', '', 1 FROM generate_series(1, %(lots)s) n;
CREATE TEMP TABLE bench_lot AS
    SELECT id, row_number() OVER (ORDER BY id) AS n,
           CASE WHEN row_number() OVER (ORDER BY id) = 1 THEN 0
                ELSE 1 + ((row_number() OVER (ORDER BY id) - 2) * %(levels)s / (%(lots)s - 1))::int END AS level
    FROM inventory_lot WHERE number LIKE 'BT-%%';
CREATE TEMP TABLE bench_order AS
    SELECT DISTINCT level, CASE WHEN level = 0 THEN 0 ELSE n / 4 END AS part, 0::bigint AS id FROM bench_lot
    WHERE level < %(levels)s;
UPDATE bench_order SET id = nextval('inventory_posting_id_seq');
INSERT INTO inventory_posting (id, company_id, site_id, kind, number, source_kind, source_id, source_number,
                               effective_at, effective_on, is_historical)
SELECT id, %(company)s, %(site)s, 'completion', 'CMP-' || id, 'manufacturing_order', id, 'MO-' || id, now(),
       current_date, false FROM bench_order;
INSERT INTO inventory_stockmove (company_id, posting_id, item_id, quantity, from_location_id, from_lot_id,
    from_owner_id, from_site_id, to_location_id, to_lot_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT %(company)s, o.id, %(item)s, 1, %(production)s, l.id, %(company)s, %(site)s, %(stock)s, l.id, %(company)s,
       %(site)s, now(), current_date
FROM bench_order o JOIN bench_lot l ON l.level = o.level AND (CASE WHEN l.level = 0 THEN 0 ELSE l.n / 4 END) = o.part;
INSERT INTO inventory_stockmove (company_id, posting_id, item_id, quantity, from_location_id, from_lot_id,
    from_owner_id, from_site_id, to_location_id, to_lot_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT %(company)s, o.id, %(item)s, 1, %(stock)s, l.id, %(company)s, %(site)s, %(production)s, l.id, %(company)s,
       %(site)s, now(), current_date
FROM (SELECT *, row_number() OVER (PARTITION BY level ORDER BY id) - 1 AS place,
             count(*) OVER (PARTITION BY level) AS orders FROM bench_order) o
JOIN (SELECT *, row_number() OVER (PARTITION BY level ORDER BY id) - 1 AS place FROM bench_lot) l
    ON l.level = o.level + 1 AND l.place %% o.orders = o.place;
ANALYZE inventory_stockmove; ANALYZE inventory_posting; ANALYZE inventory_lot;
"""


def figures() -> Iterator[Figure]:
    """p95 of the trace with its names and of what came in."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from inventory.choices import LocationKind
    from inventory.models import Item, Location, Lot, UnitOfMeasure
    from inventory.selectors import recall
    from inventory.selectors.places import virtual_location
    from inventory.selectors.trace import Direction, trace
    from inventory.services import items
    from sites.access import access_of
    from sites.models import Membership
    from sites.services import companies, memberships, sites

    company = companies.create(code="TRACER", name="Tracer", country="EE", is_own=True, actor=None)
    site = sites.create(code="TRC", name="Tracing", company=company, is_making=True, actor=None)
    user = get_user_model().objects.create(username="tracer", password="!")
    memberships.grant(user=user, company=company, role=Membership.Role.PLANNER, actor=None)
    unit = UnitOfMeasure.objects.get(code="pcs")
    item: Item = items.create(sku="TRACED", name="Traced", unit=unit, company=company, tracking="lot", actor=None)
    params = {
        "item": item.pk,
        "lots": LOTS,
        "levels": LEVELS,
        "company": company.pk,
        "site": site.pk,
        "production": virtual_location(site.pk, LocationKind.PRODUCTION),
        "stock": Location.objects.get(site=site, is_default_receipt=True).pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUILD, params)
    lot, access = Lot.objects.get(number="BT-1"), access_of(user)
    found = trace(lot, Direction.BACKWARD, access)
    reached, deepest = len(found.lot_ids), max(node.level for node in found.nodes)
    assert (reached, deepest) == (LOTS, LEVELS), (reached, deepest)
    gc.collect()
    gc.freeze()  # as the web server does
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        lot_ids = trace(lot, Direction.BACKWARD, access).lot_ids
        recall.crossings(lot_ids, access)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    yield below(f"backward trace, {LEVELS} levels, {LOTS:,} lots, p95", times[int(ROUNDS * 0.95)], "ms", 300)
