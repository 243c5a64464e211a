"""A company with a lot of everything, written by plain SQL into the real tables; it satisfies every invariant."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from core import clock
from inventory.choices import LocationKind
from inventory.drafts import LevelKey
from inventory.models import StockLevel, UnitOfMeasure
from inventory.selectors.places import virtual_location
from inventory.services import ranks
from inventory.services.recompute import recompute
from purchasing.services import suppliers
from sales.services import customers
from sites.models import Company, Site
from sites.services import companies
from sites.services import sites as site_services

CODE = "LARGE"
SITES = 5
ITEMS = 20_000
# Five receipts of 30 and five issues of 10 of every item at every site: a million moves that leave 100 of each.
MOVES = 10
MOVES_A_POSTING = 100
SALES_ORDERS, SALES_LINES = 50_000, 6
PURCHASE_ORDERS, PURCHASE_LINES = 20_000, 10

_ITEMS = """
WITH item AS (
    INSERT INTO inventory_item (sku, name, description, tracking, options, unit_id, version)
    SELECT 'L-' || lpad(n::text, 6, '0'), 'Item ' || n, '', 'none', '{}', %(unit)s, 1
    FROM generate_series(1, %(items)s) n
    RETURNING id
)
INSERT INTO inventory_itemcompany (item_id, company_id, standard_cost, list_price, is_made, is_bought, is_sold)
SELECT id, %(company)s, 2, 3, false, true, true FROM item
"""

# n counts items from 0, at names sites with their two locations.
_KEYS = """
CREATE TEMPORARY TABLE bench_key ON COMMIT DROP AS
SELECT item.id AS item_id, item.n, at.site_id, at.place, at.storage_id, at.count_id, at.cut_off_at,
       at.receiving_ends_at, at.time_zone
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM inventory_item WHERE sku LIKE 'L-%%') item
CROSS JOIN (
    SELECT s.id AS site_id, row_number() OVER (ORDER BY s.id) - 1 AS place, s.cut_off_at, s.receiving_ends_at,
           s.time_zone, max(l.id) FILTER (WHERE l.is_default_receipt) AS storage_id,
           max(l.id) FILTER (WHERE l.kind = 'count') AS count_id
    FROM sites_site s JOIN inventory_location l ON l.site_id = s.id
    WHERE s.company_id = %(company)s GROUP BY s.id
) at
"""

_STOCK = """
INSERT INTO inventory_stockbalance (item_id, location_id, owner_id, site_id, used_by_id, quantity)
SELECT item_id, storage_id, %(company)s, site_id, %(company)s, 100 FROM bench_key;

INSERT INTO inventory_costpool (kind, item_id, owner_id, site_id, quantity, value, currency)
SELECT 'stock', item_id, %(company)s, site_id, 100, 200, 'EUR' FROM bench_key;

CREATE TEMPORARY TABLE bench_posting ON COMMIT DROP AS
SELECT nextval('inventory_posting_id_seq') AS id, site_id, turn, block
FROM (SELECT DISTINCT site_id FROM bench_key) s, generate_series(1, %(moves)s) turn,
     generate_series(0, (%(items)s - 1) / %(block)s) block;

INSERT INTO inventory_posting (id, number, company_id, site_id, kind, source_kind, source_number, effective_at,
                               effective_on)
SELECT id, 'ADJ-' || id, %(company)s, site_id, 'adjustment', 'adjustment', '', now(), current_date FROM bench_posting;

CREATE TEMPORARY TABLE bench_move ON COMMIT DROP AS
SELECT nextval('inventory_stockmove_id_seq') AS id, p.id AS posting_id, p.turn %% 2 = 1 AS is_in, k.*
FROM bench_posting p JOIN bench_key k ON k.site_id = p.site_id AND k.n / %(block)s = p.block;

INSERT INTO inventory_stockmove (id, company_id, posting_id, item_id, quantity, from_location_id, from_owner_id,
    from_site_id, to_location_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT id, %(company)s, posting_id, item_id, CASE WHEN is_in THEN 30 ELSE 10 END,
       CASE WHEN is_in THEN count_id ELSE storage_id END, %(company)s, site_id,
       CASE WHEN is_in THEN storage_id ELSE count_id END, %(company)s, site_id, now(), current_date
FROM bench_move;

INSERT INTO inventory_valueentry (company_id, site_id, pool_id, posting_id, move_id, kind, quantity, amount, currency,
    effective_at, effective_on)
SELECT %(company)s, m.site_id, p.id, m.posting_id, m.id, CASE WHEN m.is_in THEN 'in' ELSE 'out' END,
       CASE WHEN m.is_in THEN 30 ELSE -10 END, CASE WHEN m.is_in THEN 60 ELSE -20 END, 'EUR', now(), current_date
FROM bench_move m
JOIN inventory_costpool p ON p.item_id = m.item_id AND p.site_id = m.site_id AND p.owner_id = %(company)s
"""

# Lines spread over the items by a prime that shares no factor with their number.
_SALES = """
CREATE TEMPORARY TABLE bench_rank ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY rank) AS n FROM inventory_priority WHERE company_id = %(company)s;

WITH made AS (
    INSERT INTO sales_salesorder (number, company_id, owner_id, customer_id, site_id, state, priority_id, currency,
        ordered_on, need_by_on, opened_at, note, external_reference, blocked_reason, close_reason, version)
    SELECT 'SO-' || 1000 + r.n, %(company)s, %(company)s, %(customer)s, s.site_id, 'open', r.id, 'EUR',
           current_date, current_date + (r.n %% 60)::int, now(), '', '', '', '', 1
    FROM bench_rank r
    JOIN (SELECT DISTINCT site_id, place FROM bench_key) s ON s.place = r.n %% %(sites)s
    ORDER BY r.n
    RETURNING id, site_id, number, priority_id, need_by_on
),
line AS (
    INSERT INTO sales_salesorderline (order_id, line_no, company_id, site_id, item_id, ordered_quantity, unit_id,
        unit_factor, quantity, need_by_on, close_reason, source_kind, description, unit_price, discount)
    SELECT made.id, l, %(company)s, made.site_id, k.item_id, 10 + n.n %% 50, %(unit)s, 1, 10 + n.n %% 50,
           made.need_by_on, '', '', '', 3, 0
    FROM made CROSS JOIN generate_series(1, %(sales_lines)s) l
    CROSS JOIN LATERAL (SELECT (substr(made.number, 4)::bigint / %(sites)s * %(sales_lines)s + l) * 7919) n(n)
    JOIN bench_key k ON k.site_id = made.site_id AND k.n = n.n %% %(items)s
    RETURNING id, order_id, site_id, item_id, quantity, need_by_on
)
INSERT INTO inventory_demand (kind, line_id, company_id, site_id, used_by_id, item_id, document_kind, document_id,
    document_number, party_name, open_quantity, due_at, due_on, firmness, tier, priority_id)
SELECT 'sales_line', line.id, %(company)s, line.site_id, %(company)s, line.item_id, 'sales_order', made.id,
       made.number, 'Customer', line.quantity, (line.need_by_on + s.cut_off_at) AT TIME ZONE s.time_zone,
       line.need_by_on, 'firm', 2, made.priority_id
FROM line JOIN made ON made.id = line.order_id JOIN sites_site s ON s.id = line.site_id
"""

_PURCHASES = """
WITH made AS (
    INSERT INTO purchasing_purchaseorder (number, company_id, owner_id, supplier_id, site_id, state, currency,
        ordered_on, expected_on, is_historical, note, external_reference, blocked_reason, close_reason, version)
    SELECT 'PO-' || 1000 + n, %(company)s, %(company)s, %(supplier)s, s.site_id, 'ordered', 'EUR', current_date,
           current_date + (n %% 45)::int, false, '', '', '', '', 1
    FROM generate_series(1, %(purchases)s) n
    JOIN (SELECT DISTINCT site_id, place FROM bench_key) s ON s.place = n %% %(sites)s
    RETURNING id, site_id, number, expected_on
),
line AS (
    INSERT INTO purchasing_purchaseorderline (order_id, line_no, company_id, site_id, item_id, ordered_quantity,
        unit_id, unit_factor, quantity, expected_on, close_reason, source_kind, description, unit_label, unit_price)
    SELECT made.id, l, %(company)s, made.site_id, k.item_id, 20, %(unit)s, 1, 20, made.expected_on, '', '', '', '', 2
    FROM made CROSS JOIN generate_series(1, %(purchase_lines)s) l
    CROSS JOIN LATERAL (SELECT (substr(made.number, 4)::bigint / %(sites)s * %(purchase_lines)s + l) * 7919) n(n)
    JOIN bench_key k ON k.site_id = made.site_id AND k.n = n.n %% %(items)s
    RETURNING id, order_id, site_id, item_id, quantity, expected_on
)
INSERT INTO inventory_supply (kind, line_id, company_id, site_id, used_by_id, item_id, document_kind, document_id,
    document_number, party_name, open_quantity, due_at, due_on, firmness)
SELECT 'purchase_line', line.id, %(company)s, line.site_id, %(company)s, line.item_id, 'purchase_order', made.id,
       made.number, 'Supplier', line.quantity, (line.expected_on + s.receiving_ends_at) AT TIME ZONE s.time_zone,
       line.expected_on, 'firm'
FROM line JOIN made ON made.id = line.order_id JOIN sites_site s ON s.id = line.site_id
"""


@dataclass(frozen=True)
class Large:
    """The company, its sites, and when its data were written."""

    now: datetime
    company: Company
    sites: list[Site]


def large() -> Large:
    """The large company: 100,000 item-sites with a million moves, 50,000 open sales orders of six lines, and half a
    million open demands and supplies. Made with the first call. Nothing is recomputed yet.
    """
    now = clock.now()
    if company := Company.objects.filter(code=CODE).first():
        return Large(now, company, list(company.sites.order_by("id")))
    company = companies.create(code=CODE, name="Large", is_own=True, actor=None)
    sites = [
        site_services.create(code=f"{CODE}-{number}", name=f"Large {number}", company=company, actor=None)
        for number in range(SITES)
    ]
    for site in sites:
        virtual_location(site.pk, LocationKind.COUNT)
    params = {
        "company": company.pk,
        "unit": UnitOfMeasure.objects.get(code="pcs").pk,
        "customer": customers.create(company=company, code="CUSTOMER", actor=None).pk,
        "supplier": suppliers.create(company=company, code="SUPPLIER", actor=None).pk,
        "items": ITEMS,
        "sites": SITES,
        "moves": MOVES,
        "block": MOVES_A_POSTING,
        "sales_lines": SALES_LINES,
        "purchases": PURCHASE_ORDERS,
        "purchase_lines": PURCHASE_LINES,
    }
    _write(company, params)
    return Large(now, company, sites)


@transaction.atomic
def _write(company: Company, params: dict[str, object]) -> None:
    ranks.append_many(company.pk, SALES_ORDERS)
    with connection.cursor() as cursor:
        # Without a check of each key, which are right by the way they are made.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (_ITEMS, _KEYS, _STOCK, _SALES, _PURCHASES):
            cursor.execute(statement, params)
        cursor.execute("ANALYZE")


def keys_of(company: Company) -> list[tuple[int, int, int]]:
    """The level keys of all its balances, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, site_id, used_by_id FROM inventory_stockbalance WHERE used_by_id = %s ORDER BY 1, 2, 3",
            [company.pk],
        )
        return cursor.fetchall()


def computed() -> Large:
    """The large company with all its levels, allocations and statuses."""
    made = large()
    keys = keys_of(made.company)
    if StockLevel.objects.filter(used_by=made.company).count() < len(keys):
        recompute([LevelKey(*key) for key in keys], now=made.now)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return made
