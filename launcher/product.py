"""The whole product on one machine: servers, web, workers and beat, from nothing to ready and down again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import canary, commands, health, paths, steps
from launcher.preparation import ROOT, Preparation, State
from launcher.processes import Program
from launcher.servers import Postgres, Server, ServerError, Valkey, wait_ready
from launcher.supervisor import Supervisor

LOOK_SECONDS = 0.5
CANARY_SECONDS = 15
# What a killed predecessor needs to let go of its port.
PORT_WITHIN_SECONDS = 3
SERVERS_WITHIN_SECONDS = 60
READY_WITHIN_SECONDS = 90
# The order in which things stop: first what makes work, last what keeps it.
STOP_ORDER = (["beat"], ["web", *(worker.name for worker in commands.WORKERS)], ["postgres", "valkey"])


@dataclass(frozen=True)
class Options:
    """What the environment says about this run; an address that is not given means an embedded server."""

    home: Path
    host: str
    port: int
    database_url: str | None
    redis_url: str | None
    wants_demo: bool

    @classmethod
    def from_environment(cls) -> "Options":
        return cls(
            home=paths.home(),
            host=os.environ.get("HOST") or commands.DEFAULT_HOST,
            port=int(os.environ.get("PORT") or commands.DEFAULT_PORT),
            database_url=os.environ.get("DATABASE_URL") or None,
            redis_url=os.environ.get("REDIS_URL") or None,
            wants_demo=os.environ.get("MFG_DEMO", "1") != "0",
        )


class Product:
    """One run of the product in `options.home`, whose lock the caller holds."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.supervisor = Supervisor(options.home / "logs")
        self.database_url = options.database_url or paths.default_database_url()
        self.redis_url = options.redis_url or paths.default_redis_url()
        self.environment = self._environment()

    def run(self) -> None:
        """Start everything and watch it until an exception (of a signal, say) ends it; then stop everything."""
        started_at = time.monotonic()
        try:
            self._refuse_taken_port()
            self._start_servers()
            state = self._prepare()
            self._start_processes()
            self._wait_until(lambda: health.is_ready(self.environment))
            self._greet(state, time.monotonic() - started_at)
            self._watch()
        finally:
            _deafen()
            self.supervisor.stop(*STOP_ORDER)

    def _environment(self) -> dict[str, str]:
        given = {
            "MFG_HOME": str(self.options.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "HOST": self.options.host,
            "PORT": str(self.options.port),
            "STATIC_ROOT": str(self.options.home / "static"),
            "MEDIA_ROOT": str(self.options.home / "media"),
            "DJANGO_SETTINGS_MODULE": "mfg.settings",
            "PYTHONPATH": str(ROOT),
            # Threads would otherwise each keep a heap of their own: a third of a web process's memory.
            "MALLOC_ARENA_MAX": "2",
        }
        # Without compiled modules each start would take seconds longer, whatever suits a developer's shell.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | given

    def _refuse_taken_port(self) -> None:
        """Say it in a sentence now rather than in a log after a minute of restarts."""
        deadline = time.monotonic() + PORT_WITHIN_SECONDS
        while not _is_free(self.options.host, self.options.port):
            if time.monotonic() > deadline:
                raise ServerError(f"Port {self.options.port} is taken; choose another with PORT=….")
            time.sleep(0.05)

    def _start_servers(self) -> None:
        wanted: list[Server] = []
        if self.options.redis_url is None:
            wanted.append(Valkey(paths.valkey_folder()))
        if self.options.database_url is None:
            wanted.append(Postgres(paths.postgres_folder()))
        for server in wanted:
            server.prepare()
        started = [(server, self.supervisor.start(server.program())) for server in wanted]
        for server, process in started:
            self._wait_for_server(server, process)
            if isinstance(server, Postgres):
                server.create_database()

    def _wait_for_server(self, server: Server, process: subprocess.Popen[bytes]) -> None:
        """Start it again while it refuses: after a kill its predecessor may take a moment to let go of the data."""
        deadline = time.monotonic() + SERVERS_WITHIN_SECONDS
        while True:
            try:
                return wait_ready(server, process, deadline - time.monotonic())
            except ServerError:
                if process.poll() is None or time.monotonic() > deadline:
                    raise
            time.sleep(LOOK_SECONDS)
            process = self.supervisor.start(server.program())

    def _prepare(self) -> State:
        preparation = Preparation(self.options.home, self.database_url, self._begin_step, self.options.wants_demo)
        return preparation.prepare()

    def _begin_step(self, title: str, command: list[str]) -> Callable[[], str]:
        return steps.begin(title, command, self.environment, self.supervisor.log_of("prepare"))

    def _start_processes(self) -> None:
        """The web first: five processes that import at once on two cores would all be late."""
        self.supervisor.start(self._program("web", stop_within_seconds=commands.WEB_STOP_SECONDS + 3))
        self._wait_until(lambda: health.status("/health/live", self.environment) is not None)
        for worker in commands.WORKERS:
            marks = self._marks(worker)
            marks.mkdir(parents=True, exist_ok=True)
            for stale in marks.iterdir():
                stale.unlink()
            program = self._program(worker.name, commands.WORKER_STOP_SIGNAL, 8, {"MFG_BUSY_FOLDER": str(marks)})
            self.supervisor.start(program)
        self.supervisor.start(self._program("beat", stop_within_seconds=5))

    def _program(
        self,
        name: str,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_within_seconds: float = 10,
        environment: dict[str, str] | None = None,
    ) -> Program:
        with_ours = self.environment | (environment or {})
        command = commands.by_name(name, with_ours)
        return Program(name, command, with_ours, None, ROOT, stop_signal, stop_within_seconds)

    def _marks(self, worker: commands.Worker) -> Path:
        return self.options.home / "busy" / worker.name

    def _wait_until(self, is_well: Callable[[], bool]) -> None:
        """Poll the web; a process that dies meanwhile is started again."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not is_well():
            self.supervisor.watch()
            if time.monotonic() > deadline:
                log = self.supervisor.log_of("web")
                raise ServerError(
                    f"The web was not ready after {READY_WITHIN_SECONDS} s; see {log}:\n{steps.tail(log)}"
                )
            time.sleep(0.1)

    def _greet(self, state: State, seconds: float) -> None:
        print(f"\nmfg is ready after {seconds:.1f} s:  http://localhost:{self.options.port}/\n")
        if state.logins:
            print(f"{state.logins}\n")
            print("Sign in as the planner, open Stock, and click any number to see the rows that make it.")
        else:
            print("The first user is made in another terminal: .venv/bin/python manage.py createsuperuser")
            print(f"He gives companies, sites and users' roles at http://localhost:{self.options.port}/admin/")
        print(f"Data and logs: {self.options.home}    Stop: Ctrl-C", flush=True)

    def _watch(self) -> None:
        looked_at = time.monotonic()
        while True:
            time.sleep(LOOK_SECONDS)
            self.supervisor.watch()
            if time.monotonic() - looked_at > CANARY_SECONDS:
                self._replace_stuck_workers()
                looked_at = time.monotonic()

    def _replace_stuck_workers(self) -> None:
        """Restart workers that live and do not work; beat too when nobody hears it."""
        old = [which for which in commands.WORKERS if self.supervisor.age(which.name) > canary.PATIENCE_SECONDS]
        silent = canary.silent(old, self.redis_url)
        stuck = [w for w in old if w.name in silent and not canary.is_fully_busy(w, self._marks(w))]
        for worker in stuck:
            self.supervisor.replace(worker.name, "hangs")
        if len(silent) == len(commands.WORKERS) and self.supervisor.age("beat") > canary.PATIENCE_SECONDS:
            self.supervisor.replace("beat", "is not heard")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _deafen() -> None:
    """A second Ctrl-C must not cut the stop short; every step of it has a deadline."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
