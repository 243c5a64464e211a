"""Finds Celery workers that live but no longer work, a recurring bug after a restart of Redis.

Beat sends a small task to every queue; the worker that runs it leaves a key in Redis that fades after a minute
(``core.canaries``). A worker is stuck when all its queues have been silent for longer than that *and* not every one of
its processes is busy with a task.

``python -m launcher.canary events`` is the health check of that worker's container, and ``… beat`` that of beat's.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from launcher.commands import WORKERS, Worker

# The key's own life plus the time a worker needs to start and to hear the first canary.
PATIENCE_SECONDS = 90


def silent(workers: Iterable[Worker], redis_url: str) -> set[str]:
    """Names of the workers none of whose queues shows a sign of life; nobody when Redis itself does not answer."""
    import redis  # a tenth of a second that a start need not wait for

    workers = list(workers)
    with suppress(redis.RedisError), redis.Redis.from_url(redis_url, socket_timeout=2) as client:
        heard = [client.exists(*[f"mfg:canary:{queue}" for queue in worker.queues]) for worker in workers]
        return {worker.name for worker, count in zip(workers, heard, strict=True) if not count}
    return set()


def is_fully_busy(worker: Worker, marks: Path) -> bool:
    """Whether each of the worker's processes runs a task: they mark it with a file named by their process id."""
    return sum(_is_alive(int(mark.name)) for mark in marks.iterdir()) >= worker.concurrency


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_heard(name: str, redis_url: str) -> bool:
    """Whether worker `name` shows a sign of life; for ``beat``, whether any does."""
    mute = silent(WORKERS, redis_url)
    return len(mute) < len(WORKERS) if name == "beat" else name not in mute


if __name__ == "__main__":
    sys.exit(not is_heard(sys.argv[1], os.environ["REDIS_URL"]))
