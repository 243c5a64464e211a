"""The command lines of the product, in one place: the launcher, the containers and the service files all use them.

``python -m launcher.commands web`` becomes that process, so what a deployment starts can't drift from what we test.
"""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
WEB_WORKERS = 2
# A page takes milliseconds; what is still open after this is a stream, and browsers reconnect those.
WEB_STOP_SECONDS = 3


@dataclass(frozen=True)
class Worker:
    """One Celery worker process: the queues it serves and how many tasks it runs at once."""

    name: str
    queues: tuple[str, ...]
    concurrency: int


# `events` has a process of its own: a long plan or import must not delay the recompute of a level.
WORKERS = (
    Worker("events", ("events",), concurrency=2),
    Worker("background", ("planning", "integrations", "maintenance"), concurrency=2),
)
# A soft shutdown: tasks get a few seconds to end, the others are handed out again.
WORKER_STOP_SIGNAL = signal.SIGQUIT
# Two children of 200 MB each stay well inside a small machine; beyond it a child is replaced after its task.
_CHILD_KIB = 300_000
_CHILD_TASKS = 2_000


def web(environment: Mapping[str, str]) -> list[str]:
    host, port = environment.get("HOST") or DEFAULT_HOST, environment.get("PORT") or str(DEFAULT_PORT)
    command = [sys.executable, "-m", "uvicorn", "mfg.asgi:application", "--host", host, "--port", port]
    command += ["--workers", environment.get("WEB_WORKERS") or str(WEB_WORKERS), "--lifespan", "off", "--ws", "none"]
    command += ["--timeout-graceful-shutdown", str(WEB_STOP_SECONDS), "--timeout-worker-healthcheck", "30"]
    return [*command, "--no-server-header", "--no-access-log", "--log-level", "warning"]


def worker(which: Worker) -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "mfg", "worker", "--hostname", f"{which.name}@%h"]
    command += ["--queues", ",".join(which.queues), "--concurrency", str(which.concurrency)]
    command += ["--max-tasks-per-child", str(_CHILD_TASKS), "--max-memory-per-child", str(_CHILD_KIB)]
    return [*command, "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]


def beat() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "mfg.beat", "beat", "--loglevel", "WARNING"]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "django", *arguments]


def by_name(name: str, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command line of one process: ``web``, ``beat`` or the name of a worker.

    :raises KeyError: if there is no process of that name.
    """
    if name in {"web", "beat"}:
        return web(environment) if name == "web" else beat()
    return worker({which.name: which for which in WORKERS}[name])


def main() -> None:
    command = by_name(sys.argv[1])
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
