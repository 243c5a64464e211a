"""Levels, allocations and statuses of many dirty item-sites, as one worker works them out."""

import time
from collections.abc import Callable, Iterator

from django.db import connection

from bench.figures import Figure, below
from bench.large import keys_of, large
from core import clock
from inventory.drafts import LevelKey
from inventory.services.recompute import recompute

FEW = 1_000


def figures() -> Iterator[Figure]:
    company = large().company
    keys = [LevelKey(*key) for key in keys_of(company)]
    yield _figure("recompute of {} dirty item-sites, nothing computed before", keys, 12)
    _settle()
    _change_all_stock(company.pk, -7)
    yield _figure("recompute of {} dirty item-sites, all of them changed", keys, 12)
    _settle()
    _change_all_stock(company.pk, 7)
    few = keys[:: len(keys) // FEW]
    recompute(few[:1], now=clock.now())  # plans the statements
    yield _figure("recompute of {} dirty item-sites, all of them changed", few, 0.4)
    # For those who come after: all as it would be after a while of work.
    recompute(keys, now=clock.now())
    _settle()


def _figure(name: str, keys: list[LevelKey], limit_seconds: float) -> Figure:
    seconds = _seconds(lambda: recompute(keys, now=clock.now()))
    return below(name.format(f"{len(keys):,}"), seconds, "s", limit_seconds)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _change_all_stock(company_id: int, difference: int) -> None:
    """Not by postings: what is measured begins after them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stockbalance SET quantity = quantity + %s WHERE used_by_id = %s", [difference, company_id]
        )


def _settle() -> None:
    """What autovacuum and the checkpointer do between two recounts of everything, which come hours apart."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
