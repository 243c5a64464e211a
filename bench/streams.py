"""Two hundred live streams of a signed-in planner: what pages take meanwhile, what Postgres feels, what arrives."""

import threading
import time
from collections.abc import Iterator
from decimal import Decimal

from django.db import connections

from bench.figures import Figure, below
from bench.listeners import Streams
from bench.product import Product, ask, connections_of, percentile, running, wait_for_workers
from bench.world import World, make_world
from inventory.drafts import LevelKey
from inventory.services.adjustments import AdjustmentLine, adjust

STREAMS = 200
EVENTS_PER_SECOND, SECONDS = 20, 20
PATHS = ("/s/all/stock/", "/api/v1/stock-levels/?limit=50")
PATIENCE_SECONDS = 60


def figures() -> Iterator[Figure]:
    world = make_world("STREAMS", items=EVENTS_PER_SECOND * SECONDS, sites=1)
    keys = [LevelKey(item_id, world.sites[0].pk, world.company.pk) for item_id in world.item_ids]
    with running(world.company) as product:
        wait_for_workers()
        for path in PATHS:
            ask(product, path, times=8, clients=4)
        streams = Streams(product.port, product.cookie, STREAMS)
        posting = threading.Thread(target=_post, args=(world, keys))
        posting.start()
        milliseconds, most = _look(product, posting)
        heard = streams.finish(len(keys), PATIENCE_SECONDS)
    missed = sum(len(set(keys) - each.keys()) for each in heard)
    yield below(f"pages while {STREAMS} streams are open, 95 of 100", percentile(milliseconds, 95), "ms", 200)
    yield Figure("the web's connections to Postgres meanwhile", most, "connections", None, "≤ 10", most <= 10)
    yield Figure(f"events missed by any of {STREAMS} streams", missed, "events", None, "0", missed == 0)


def _look(product: Product, posting: threading.Thread) -> tuple[list[float], int]:
    """Open pages for as long as events are posted: what each took, and the most connections that the web held."""
    milliseconds: list[float] = []
    most = 0
    while posting.is_alive():
        for path in PATHS:
            milliseconds += ask(product, path, times=3).milliseconds
        most = max(most, connections_of("web"))
    return milliseconds, most


def _post(world: World, keys: list[LevelKey]) -> None:
    begun = time.time()
    for number, key in enumerate(keys):
        time.sleep(max(0.0, begun + number / EVENTS_PER_SECOND - time.time()))
        lines = [AdjustmentLine(key.item_id, Decimal(1))]
        adjust(site_id=key.site_id, reason="bench", lines=lines, now=world.now, actor=None)
    connections.close_all()
