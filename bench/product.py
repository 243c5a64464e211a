"""The real processes of the product on the benchmark's servers, and clients that speak to them over HTTP."""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from core.models import OutboxEvent
from launcher import commands, health
from launcher.preparation import ROOT
from launcher.processes import Program, start, stop
from sites.models import Company, Membership

READY_SECONDS = 90
ALL = ("web", *(worker.name for worker in commands.WORKERS), "beat")


@dataclass(frozen=True)
class Product:
    """Running processes by name, and how to reach them as a signed-in user."""

    port: int
    processes: dict[str, subprocess.Popen[bytes]]
    cookie: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends along."""
        return {"Cookie": self.cookie, "Accept-Encoding": "gzip", "Host": "localhost"}


@contextmanager
def running(company: Company, names: Sequence[str] = ALL) -> Iterator[Product]:
    """The processes of these names as the launcher starts them, ready, and a planner of this company, signed in.

    They are stopped in the end. Each says its name to Postgres, so that its connections can be counted.
    """
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "MALLOC_ARENA_MAX": "2",
    }
    logs = Path(environment["MFG_HOME"])
    with ExitStack() as stack:
        processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in names:
            mine = environment | {"PGAPPNAME": f"bench {name}"}
            gentle = signal.SIGTERM if name in {"web", "beat"} else commands.WORKER_STOP_SIGNAL
            program = Program(name, commands.by_name(name, mine), mine, None, ROOT, gentle, 8)
            with (logs / f"{name}.log").open("ab") as log:
                processes[name] = start(program, log)
            stack.callback(stop, (processes[name], program))
        if "web" in names:
            _wait(lambda: health.is_ready(environment), logs)
        yield Product(port, processes, sign_in(company))


def wait_for_workers(within_seconds: float = 120) -> None:
    """Until the outbox is empty.

    :raises RuntimeError: when it takes longer.
    """
    deadline = time.monotonic() + within_seconds
    while OutboxEvent.objects.filter(done_at=None, dead_at=None).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("The workers do not get through with what was left to them.")
        time.sleep(0.1)


def connections_of(name: str) -> int:
    """How many connections to Postgres the processes of this name hold now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [f"bench {name}"])
        (count,) = cursor.fetchone()
    return int(count)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Answers:
    """Response times in milliseconds, and the bytes of one answer's body as transferred."""

    milliseconds: list[float]
    size: int


def ask(product: Product, path: str, *, times: int, clients: int = 1) -> Answers:
    """Get a page over and over by each of some clients at once, each on one connection.

    :raises RuntimeError: when an answer is not 200.
    """
    found: list[float] = []
    sizes: list[int] = []
    errors: list[str] = []

    def client() -> None:
        link = product.connect()
        for _ in range(times):
            begun = time.perf_counter()
            link.request("GET", path, headers=product.headers)
            answer = link.getresponse()
            body = answer.read()
            found.append((time.perf_counter() - begun) * 1000)
            sizes.append(len(body))
            if answer.status != 200:
                errors.append(f"{path} answered {answer.status}: {body[:300]!r}")
                break
        link.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(errors[0])
    return Answers(found, sizes[-1])


def _wait(is_ready: Callable[[], bool], logs: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"The product is not ready; its logs: {(logs / 'web.log').read_text()[-2000:]}")
        time.sleep(0.1)


def planner_of(company: Company) -> Any:
    """A user who plans for this company and belongs to no other."""
    user, is_new = get_user_model().objects.get_or_create(username=f"planner of {company.code}")
    if is_new:
        Membership.objects.create(user=user, company=company, role=Membership.Role.PLANNER)
    return user


def sign_in(company: Company) -> str:
    """The cookie of a session of this company's planner."""
    client = Client()
    client.force_login(planner_of(company), backend="django.contrib.auth.backends.ModelBackend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
