"""The doorbell: says that the outbox has work. Losing every ring loses nothing, the sweep looks anyway."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError
from redis import RedisError

from core import redis

log = logging.getLogger(__name__)

RING_MILLISECONDS = 1000


def _key(queue: str) -> str:
    return f"mfg:ring:{queue}"


def ring(queue: str = "events") -> bool:
    """Enqueue one drain of `queue`, unless a ring of the last second still waits for its drainer.

    Returns whether a drain was enqueued. Never raises for a Redis that is down: the caller has committed.
    """
    try:
        if not redis.client().set(_key(queue), 1, nx=True, px=RING_MILLISECONDS):
            return False
        current_app.send_task("core.tasks.drain", args=[queue], queue=queue, retry=False)
    except (RedisError, OperationalError, OSError):
        log.warning("The doorbell of %s does not answer; the sweep will find the work.", queue)
        return False
    return True


def hush(queue: str = "events") -> None:
    """Take the ring away before claiming: a commit after the claim must be able to ring again."""
    try:
        redis.client().delete(_key(queue))
    except (RedisError, OSError):
        log.warning("The doorbell of %s does not answer.", queue)
