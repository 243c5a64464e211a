"""Where an installation keeps its data, and the addresses that follow from it.

The settings import this module, so it must answer where no home exists yet (builds, linters) and must not write
anything except the secret key, and that only into a home that is there.
"""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path
from urllib.parse import quote

POSTGRES_USER = "postgres"
DATABASE_NAME = "mfg"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
# Linux takes 107 bytes in a socket's address, macOS 103: the smaller one holds everywhere.
SOCKET_PATH_BYTES = 103


def home() -> Path:
    """The folder with all that must survive a restart: ``MFG_HOME``, else the platform's place for data.

    Root gets a folder below ``/var/lib``: Postgres refuses to run as root and could not reach into ``/root``.
    """
    if given := os.environ.get("MFG_HOME"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/mfg")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser().absolute() / "mfg"


def postgres_folder() -> Path:
    """Data and socket of the embedded Postgres; a symbolic link where the home itself is out of its reach."""
    return (home() / "postgres").resolve()


def valkey_folder() -> Path:
    return home() / "valkey"


def socket_folder(folder: Path) -> Path:
    """The ``run`` folder inside `folder`, or one with a short name when a socket's address would not fit."""
    run = folder / "run"
    if len(os.fsencode(run / POSTGRES_SOCKET)) <= SOCKET_PATH_BYTES:
        return run
    digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
    return Path(f"/tmp/mfg-{os.getuid()}-{digest}")


def database_url(folder: Path, name: str = DATABASE_NAME) -> str:
    """The ``postgresql://`` address of database `name` on the embedded server in `folder`."""
    return f"postgresql://{POSTGRES_USER}@/{name}?host={quote(str(socket_folder(folder)), safe='/')}"


def redis_url(folder: Path, number: int = 0) -> str:
    """The ``unix://`` address of database `number` on the embedded Valkey in `folder`, as redis-py reads it."""
    return f"unix://{quote(str(socket_folder(folder) / VALKEY_SOCKET), safe='/')}?db={number}"


def default_database_url() -> str:
    return database_url(postgres_folder())


def default_redis_url() -> str:
    return redis_url(valkey_folder())


@cache
def secret_key() -> str:
    """The installation's secret: made once and kept in the home, readable by its owner alone.

    Without a home, or one that cannot be read, it lives in memory, which is enough to build and to check.
    """
    path = home() / "secret_key"
    try:
        return path.read_text() if path.exists() else _keep_secret(path)
    except OSError:
        return secrets.token_urlsafe(50)


def _keep_secret(path: Path) -> str:
    # Written aside and then linked: of two processes that start together one wins, and nobody reads half a key.
    draft = path.with_name(f".secret_key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
