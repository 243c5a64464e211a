"""``python -m launcher``: the whole product, or with ``--only-servers`` its databases alone."""

import argparse
import fcntl
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from launcher import paths
from launcher.processes import stop
from launcher.servers import Postgres, ServerError, Valkey, open_home, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m launcher", description=__doc__)
    parser.add_argument("--only-servers", action="store_true", help="run PostgreSQL and Valkey, and nothing else")
    parser.parse_args()
    try:
        return only_servers()
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1


def only_servers() -> int:
    """Run the embedded servers until a signal comes, for ``manage.py`` in another terminal."""
    home = paths.home()
    open_home(home)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with ExitStack() as stack:
        stack.enter_context(locked(home))
        (home / "logs").mkdir(exist_ok=True)
        postgres = Postgres(paths.postgres_folder())
        for server in (postgres, Valkey(paths.valkey_folder())):
            process = run(server, home / "logs" / f"{server.program().name}.log")
            stack.callback(stop, process, server.program())
        postgres.create_database()
        print(f"export DATABASE_URL='{paths.default_database_url()}'")
        print(f"export REDIS_URL='{paths.default_redis_url()}'", flush=True)
        stopping.wait()
    return 0


def locked(home: Path) -> IO[str]:
    """The open lock file of `home`; it is ours until closed, however we end."""
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ServerError(f"mfg already runs from {home}; stop it, or choose another MFG_HOME.") from error
    return lock


if __name__ == "__main__":
    sys.exit(main())
