"""From the commit of an event to the level recomputed and pushed into an open stream, by the real processes."""

import threading
import time
from collections.abc import Iterator
from decimal import Decimal

from django.db import connections

from bench.figures import Figure, below
from bench.listeners import Streams
from bench.product import percentile, running, wait_for_workers
from bench.world import World, make_world
from inventory.drafts import LevelKey
from inventory.services.adjustments import AdjustmentLine, adjust

EVENTS_PER_SECOND = 200
SECONDS = 20
POSTERS = 4
# What has not come by then is lost, and counts as that late.
PATIENCE_SECONDS = 60


def figures() -> Iterator[Figure]:
    world = make_world("LATENCY", items=2000, sites=3)
    # Each level is changed once, so what is heard of it can only be the answer to that.
    keys = [LevelKey(item_id, site.pk, world.company.pk) for item_id in world.item_ids for site in world.sites]
    keys = keys[: EVENTS_PER_SECOND * SECONDS]
    with running(world.company) as product:
        wait_for_workers()
        streams = Streams(product.port, product.cookie, 1)
        begun = time.time()
        posted = _post(world, keys)
        rate = len(posted) / (max(posted.values()) - begun)
        (heard,) = streams.finish(len(keys), PATIENCE_SECONDS)
    lost = time.time()
    late = [(heard.get(key, lost) - at) * 1000 for key, at in posted.items()]
    yield Figure("events posted", rate, "events/s", None, f"about {EVENTS_PER_SECOND}", rate > 0.9 * EVENTS_PER_SECOND)
    yield below("event committed → level recomputed and pushed, median", percentile(late, 50), "ms", 300)
    yield below("event committed → level recomputed and pushed, 95 of 100", percentile(late, 95), "ms", 1000)
    missing = sum(key not in heard for key in posted)
    yield Figure("events that never reached the stream", missing, "events", None, "0", missing == 0)


def _post(world: World, keys: list[LevelKey]) -> dict[LevelKey, float]:
    """Post one adjustment a key, evenly over the time, by a few threads; when each was about to commit.

    The time is taken before the service is called: what it takes itself counts as late.
    """
    posted: dict[LevelKey, float] = {}
    begun = time.time()

    def poster(first: int) -> None:
        for number in range(first, len(keys), POSTERS):
            time.sleep(max(0.0, begun + number / EVENTS_PER_SECOND - time.time()))
            posted[keys[number]] = time.time()
            _adjust(world, keys[number])
        connections.close_all()

    threads = [threading.Thread(target=poster, args=(first,)) for first in range(POSTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return posted


def _adjust(world: World, key: LevelKey) -> None:
    lines = [AdjustmentLine(key.item_id, Decimal(1))]
    adjust(site_id=key.site_id, reason="bench", lines=lines, now=world.now, actor=None)
