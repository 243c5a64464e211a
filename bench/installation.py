"""A whole installation of its own, started by the real launcher in a scratch home, and its processes from outside."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from bench.product import free_port
from launcher import paths
from launcher.preparation import ROOT

# What stands in the command line of each process that may be asked for.
MARKS = {
    "web": "mfg.asgi:application",
    "events": "events@",
    "background": "background@",
    "beat": "mfg.beat",
    "valkey": "valkey-server",
    "postgres": "bin/postgres",
}


@dataclass(frozen=True)
class Installation:
    """A running installation, and how many seconds it took until it was ready."""

    home: Path
    port: int
    launcher: "subprocess.Popen[str]"
    ready_seconds: float

    @property
    def database_url(self) -> str:
        return paths.database_url(self.home / "postgres")

    @property
    def redis_url(self) -> str:
        return paths.redis_url(self.home / "valkey")

    @property
    def environment(self) -> dict[str, str]:
        """For commands that work on this installation."""
        addresses = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return _environment(self.home) | addresses | {"DJANGO_SETTINGS_MODULE": "mfg.settings"}

    def run(self, *arguments: str, within_seconds: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run Python with these arguments on this installation."""
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=within_seconds
        )

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        """Run a statement in a transaction of its own, and return its rows if it has any."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def process(self, name: str) -> int | None:
        """The process of this name that the launcher runs now, if there is one."""
        return next((pid for pid in _children(self.launcher.pid) if MARKS[name] in _command(pid)), None)

    def family(self, name: str) -> list[int]:
        """The process of this name and all below it."""
        top = self.process(name)
        return [] if top is None else _family(top)


@contextmanager
def installation(*, with_demo: bool = False) -> Iterator[Installation]:
    """A new installation in an empty home, ready; stopped and thrown away in the end."""
    with tempfile.TemporaryDirectory(prefix="mfg-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root, Postgres runs as another user
        port, begun = free_port(), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "--with-parent"],
            env=_environment(home) | {"PORT": str(port), "MFG_DEMO": str(int(with_demo))},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            _wait_until_ready(process)
            yield Installation(home, port, process, time.monotonic() - begun)
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()
                process.wait()
                assert process.stdout is not None
                process.stdout.close()


def _environment(home: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return own | {"MFG_HOME": str(home), "PYTHONPATH": str(ROOT)}


def _wait_until_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return
    raise RuntimeError(f"The product did not start:\n{said}")


def _family(pid: int) -> list[int]:
    return [pid, *(other for child in _children(pid) for other in _family(child))]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, _read(task).split())
    return found


def _command(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def _read(path: Path) -> str:
    """A file of a process, empty when the process has gone."""
    try:
        return path.read_text()
    except OSError:
        return ""
