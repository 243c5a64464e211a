"""A canary per queue: a worker that still works on its queue says so every few seconds."""

from datetime import datetime

from core import redis

# Three missed turns of the beat: a worker that hangs is found within this time.
LIFETIME_SECONDS = 60


def _key(queue: str) -> str:
    return f"mfg:canary:{queue}"


def sing(queue: str, *, now: datetime) -> None:
    """Leave a sign of life that fades by itself."""
    redis.client().set(_key(queue), now.isoformat(), ex=LIFETIME_SECONDS)


def last_heard(queues: list[str]) -> dict[str, datetime | None]:
    """When each queue's worker was last heard of; None when it has been silent for a minute.

    :raises redis.RedisError: when Redis itself does not answer.
    """
    values = redis.client().mget([_key(queue) for queue in queues])
    return {
        queue: datetime.fromisoformat(str(value)) if value else None
        for queue, value in zip(queues, values, strict=True)
    }
