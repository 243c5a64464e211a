"""One throw-away PostgreSQL and Valkey for a whole test session.

Loaded by ``addopts = -p launcher.pytest_plugin``: in a conftest it would be too late, because pytest-django has read
the settings by then. The workers of pytest-xdist inherit the addresses through the environment.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from launcher import paths
from launcher.processes import stop
from launcher.servers import Postgres, Server, Valkey, run

_PREFIX = "mfg-tests-"
# One database of Valkey for each worker and one for a run without workers.
_VALKEY_DATABASES = 64


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    os.environ.setdefault("SECRET_KEY", "only for tests")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = shifted(os.environ["REDIS_URL"], number)
    elif "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        _start_missing_servers()


def _start_missing_servers() -> None:
    folder = _scratch_folder()
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "postgres", durable=False)
        _run_until_exit(postgres, folder)
        postgres.create_database()
        os.environ["DATABASE_URL"] = paths.database_url(postgres.folder)
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(folder / "valkey", durable=False, databases=_VALKEY_DATABASES)
        _run_until_exit(valkey, folder)
        os.environ["REDIS_URL"] = paths.redis_url(valkey.folder)


def _run_until_exit(server: Server, folder: Path) -> None:
    process = run(server, folder / f"{server.program().name}.log")
    atexit.register(stop, (process, server.program()))


def _scratch_folder() -> Path:
    """A folder of our own in memory where there is such a place; those of killed sessions are swept away."""
    base = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(tempfile.gettempdir())
    for left_over in base.glob(f"{_PREFIX}*"):
        if left_over.stat().st_mtime < time.time() - 60:  # a younger one may be about to take its lock
            _sweep(left_over)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    folder.chmod(0o711)  # Postgres runs as another user when we are root
    lock = _locked(folder)
    atexit.register(_remove, folder, lock)
    return folder


def _sweep(folder: Path) -> None:
    try:
        _remove(folder, _locked(folder))
    except OSError:  # in use, or another user's
        return


def _locked(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _remove(folder: Path, lock: IO[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()


def shifted(url: str, number: int) -> str:
    """The same Redis, `number` databases further: two workers on one database would eat each other's keys."""
    address, _, text = url.partition("?")
    query = dict(parse_qsl(text))
    if address.startswith("unix:") or "db" in query:
        query["db"] = str(int(query.get("db", 0)) + number)
        return f"{address}?{urlencode(query)}"
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}"))
