"""The reference: one document in plain SQL by the same driver on the same tables, their indexes and keys included.

It locks the balances, inserts the moves, updates the balances and commits, and knows nothing of value, levels,
events or who may do what.
"""

from collections.abc import Callable

from django.db import connection, transaction

from bench.racing import Work
from bench.world import World

_LOCK = """
SELECT id, quantity FROM inventory_stockbalance
WHERE item_id = ANY(%(items)s) AND location_id = %(location)s ORDER BY id FOR NO KEY UPDATE
"""
_IN = """
INSERT INTO inventory_stockmove (company_id, posting_id, item_id, quantity, from_location_id, from_owner_id,
    from_site_id, to_location_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT %(company)s, 1, item, 1, %(outside)s, %(company)s, %(site)s, %(location)s, %(company)s, %(site)s, now(),
    current_date
FROM unnest(%(items)s::bigint[]) AS item
"""
_OUT = """
INSERT INTO inventory_stockmove (company_id, posting_id, item_id, quantity, from_location_id, from_owner_id,
    from_site_id, to_location_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT %(company)s, 1, item, 1, %(location)s, %(company)s, %(site)s, %(outside)s, %(company)s, %(site)s, now(),
    current_date
FROM unnest(%(items)s::bigint[]) AS item
"""
_UPDATE = """
UPDATE inventory_stockbalance SET quantity = quantity + %(sign)s
WHERE item_id = ANY(%(items)s) AND location_id = %(location)s
"""


def receipts(world: World, number: int, choose: Callable[[], list[int]]) -> Work:
    """A document a call: one in of each chosen item, at the site of this process."""
    return _documents(world, number, choose, _IN, 1, world.count_location_ids)


def shipments(world: World, number: int, choose: Callable[[], list[int]]) -> Work:
    """A document a call: one out of each chosen item, at the site of this process."""
    return _documents(world, number, choose, _OUT, -1, world.customer_location_ids)


def _documents(
    world: World, number: int, choose: Callable[[], list[int]], insert: str, sign: int, outside: dict[int, int]
) -> Work:
    site_id = world.site_of(number).pk
    fixed = {
        "company": world.company.pk,
        "site": site_id,
        "location": world.location_ids[site_id],
        "outside": outside[site_id],
        "sign": sign,
    }

    def post(call: int) -> None:
        params = {**fixed, "items": choose()}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK, params)
            cursor.fetchall()
            cursor.execute(insert, params)
            cursor.execute(_UPDATE, params)

    return post
