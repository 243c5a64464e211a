"""Shuffled documents of several lines, posted by four processes while a worker recomputes: nothing may deadlock."""

import logging
import multiprocessing
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from random import Random

from django.db import connection, transaction

from bench.documents import Trade, make_trade, post_one
from bench.figures import Figure, Tell, complain, silent
from bench.product import running, wait_for_workers
from bench.proof import deadlock_reports, deadlocks, differences
from bench.racing import race
from core import invariants
from core.models import OutboxEvent
from inventory.models import StockBalance

PROCESSES = 4
# So long without a document means that all wait for each other.
STALL_SECONDS = 120
CATCH_UP_SECONDS = 600

_LOCK = "SELECT 1 FROM inventory_stockbalance WHERE id = %s FOR NO KEY UPDATE"
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Load:
    """How the processes ended, how many retries there were, and the time it took."""

    endings: Counter[str]
    retries: int
    seconds: float


def figures(*, documents: int, seed: int, tell: Tell) -> Iterator[Figure]:
    trade = make_trade("SHUFFLED")
    seen = deadlocks_of_crossing_locks()
    yield Figure("control: deadlocks of two that lock crosswise", seen, "deadlocks", None, "1", seen == 1)

    before = deadlocks()
    with running(trade.world.company, names=("events", "beat")):
        load = post(trade, documents, seed=seed, tell=tell)
        wait_for_workers(CATCH_UP_SECONDS)
    yield _ended(load, documents)
    name = f"deadlocks in {documents:,} shuffled documents"
    yield _none(f"{name}, retried by services", load.retries, "deadlocks")
    yield _none(f"{name}, counted by Postgres", deadlocks() - before, "deadlocks")
    complain("deadlock", deadlock_reports()[seen:])
    yield from _proof()


def post(trade: Trade, documents: int, *, seed: int, tell: Tell = silent) -> Load:
    """Post so many documents by four processes; one that meets an error it should not meet stops there."""
    begun, retries = _fork.Value("q", 0), _fork.Value("q", 0)

    def work(number: int) -> str:
        logging.getLogger("core.transactions").addHandler(_Counting(retries))
        chance = Random(f"{seed}-{number}")
        try:
            while _next(begun) <= documents:
                post_one(trade, chance)
        except Exception:
            traceback.print_exc()
            raise
        return "done"

    started = time.monotonic()
    endings = race(PROCESSES, work, meanwhile=_watch(begun, documents, tell))
    return Load(endings, retries.value, time.monotonic() - started)


def deadlocks_of_crossing_locks() -> int:
    """The control: how many deadlocks are counted when two lock the same two balances in opposite order."""
    first, second = StockBalance.objects.order_by("id").values_list("id", flat=True)[:2]
    before = deadlocks()
    meet = _fork.Barrier(2)

    def lock(ids: Sequence[int]) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK, ids[:1])
            meet.wait(STALL_SECONDS)
            cursor.execute(_LOCK, ids[1:])
        return "done"

    race(2, lambda number: lock([second, first] if number else [first, second]))
    return deadlocks() - before


class _Counting(logging.Handler):
    """Counts what is logged, over all processes."""

    def __init__(self, count: "Synchronized[int]") -> None:
        super().__init__()
        self.count = count

    def emit(self, record: logging.LogRecord) -> None:
        _next(self.count)


def _next(count: "Synchronized[int]") -> int:
    with count.get_lock():
        count.value += 1
        return count.value


def _watch(begun: "Synchronized[int]", documents: int, tell: Tell) -> Callable[[], None]:
    """Tells how many are done, and raises when there are no more for long."""
    last, since = 0, time.monotonic()

    def look() -> None:
        nonlocal last, since
        if (now := begun.value) > last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > STALL_SECONDS:
            raise RuntimeError(f"No document in {STALL_SECONDS} s, after {now:,}.")
        tell(f"shuffled: {min(now, documents):,} of {documents:,} documents")

    return look


def _ended(load: Load, documents: int) -> Figure:
    is_good = load.endings == {"done": PROCESSES}
    complain("processes ended with", [] if is_good else [str(dict(load.endings))])
    rate = documents / load.seconds
    return Figure(
        f"shuffled documents by {PROCESSES} processes", rate, "documents/s", None, "all without error", is_good
    )


def _proof() -> Iterator[Figure]:
    wrong = differences()
    complain("what must hold", wrong)
    yield _none(f"of {len(invariants.names())} checks, ledger = balances among them, failed", len(wrong), "checks")
    dead = OutboxEvent.objects.exclude(dead_at=None).count()
    yield _none("dead letters", dead, "events")


def _none(name: str, value: int, unit: str) -> Figure:
    return Figure(name, value, unit, None, "0", value == 0)
