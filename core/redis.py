"""The one client of Redis. Redis is a doorbell: whoever calls must get along without it."""

from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# A commit never waits longer than this for a doorbell that doesn't answer.
CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 2.0


@cache
def client() -> Redis:
    """A client with its own pool; it fails at once instead of retrying with growing pauses."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
