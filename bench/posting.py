"""Posting through the services against plain SQL by the same driver on the same tables."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal

from django.db import connection, transaction

from bench.figures import Figure, at_least
from bench.racing import Work, in_turns
from bench.world import World, make_world
from inventory.services.adjustments import AdjustmentLine, adjust

SECONDS = 3.0
LINES = 100
ONE = Decimal(1)

_INSERT = """
INSERT INTO inventory_stockmove (company_id, posting_id, item_id, quantity, from_location_id, from_owner_id,
    from_site_id, to_location_id, to_owner_id, to_site_id, effective_at, effective_on)
SELECT %(company)s, 1, item, 1, %(count)s, %(company)s, %(site)s, %(location)s, %(company)s, %(site)s, now(),
    current_date
FROM unnest(%(items)s::bigint[]) AS item
"""
_LOCK = """
SELECT id, quantity FROM inventory_stockbalance
WHERE item_id = ANY(%(items)s) AND location_id = %(location)s ORDER BY id FOR NO KEY UPDATE
"""
_UPDATE = """
UPDATE inventory_stockbalance SET quantity = quantity + 1
WHERE item_id = ANY(%(items)s) AND location_id = %(location)s
"""


def figures() -> Iterator[Figure]:
    world = make_world("POSTING", items=2000, sites=3)
    for processes in (1, 4):
        service, plain = in_turns(
            lambda number: _adjustments(world, number, _any_item(world)),
            lambda number: _plain(world, number, _any_item(world)),
            processes=processes,
            seconds=SECONDS,
        )
        yield at_least(f"one-line adjustments, {_count(processes)}", service, "documents/s", plain, 0.3)
    for processes in (1, 4):
        service, plain = in_turns(
            lambda number: _adjustments(world, 0, _one_item(world)),
            lambda number: _plain(world, 0, _one_item(world)),
            processes=processes,
            seconds=SECONDS,
        )
        yield at_least(f"the same on one hot item-site, {_count(processes)}", service, "documents/s", plain, 0.3)
    yield _long_documents(world)


def _count(processes: int) -> str:
    return f"{processes} process{'es' if processes > 1 else ''}"


def _long_documents(world: World) -> Figure:
    service, plain = in_turns(
        lambda number: _adjustments(world, number, _many_items(world)),
        lambda number: _plain(world, number, _many_items(world)),
        processes=1,
        seconds=SECONDS,
    )
    met = service >= 0.33 * plain or service * LINES >= 8000
    target = "≥ 0.33 × reference or ≥ 8,000 lines/s"
    return Figure(f"documents of {LINES} lines", service * LINES, "lines/s", plain * LINES, target, met)


def _any_item(world: World) -> Callable[[random.Random], list[int]]:
    return lambda chance: [chance.choice(world.item_ids)]


def _one_item(world: World) -> Callable[[random.Random], list[int]]:
    return lambda chance: world.item_ids[:1]


def _many_items(world: World) -> Callable[[random.Random], list[int]]:
    return lambda chance: chance.sample(world.item_ids, LINES)


def _adjustments(world: World, number: int, choose: Callable[[random.Random], list[int]]) -> Work:
    chance, site = random.Random(number), world.sites[number % len(world.sites)]

    def post(call: int) -> None:
        lines = [AdjustmentLine(item_id, ONE) for item_id in choose(chance)]
        adjust(site_id=site.pk, reason="bench", lines=lines, now=world.now, actor=None)

    return post


def _plain(world: World, number: int, choose: Callable[[random.Random], list[int]]) -> Work:
    chance, site = random.Random(number), world.sites[number % len(world.sites)]
    fixed = {
        "company": world.company.pk,
        "site": site.pk,
        "location": world.location_ids[site.pk],
        "count": world.count_location_ids[site.pk],
    }

    def post(call: int) -> None:
        params = {**fixed, "items": choose(chance)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK, params)
            cursor.fetchall()
            cursor.execute(_INSERT, params)
            cursor.execute(_UPDATE, params)

    return post
