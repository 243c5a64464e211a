"""``python -m launcher``: the whole product, or with ``--only-servers`` its databases alone."""

import argparse
import fcntl
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import IO

from launcher import paths
from launcher.processes import die_with_parent, stop
from launcher.product import Options, Product
from launcher.servers import Postgres, ServerError, Valkey, open_home, run


class Interrupted(BaseException):
    """A signal asked us to stop."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m launcher", description=__doc__)
    parser.add_argument("--only-servers", action="store_true", help="run PostgreSQL and Valkey, and nothing else")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one ends")
    arguments = parser.parse_args()
    if arguments.with_parent:
        die_with_parent(signal.SIGTERM)
    _listen()
    os.umask(0o077)
    home = paths.home()
    try:
        open_home(home)
        with locked(home):
            (home / "logs").mkdir(exist_ok=True)
            paths.secret_key()
            if arguments.only_servers:
                only_servers(home)
            else:
                Product(Options.from_environment()).run()
    except Interrupted:
        return 0
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def only_servers(home: Path) -> None:
    """Run the embedded servers until a signal comes, for ``manage.py`` in another terminal."""
    with ExitStack() as stack:
        postgres = Postgres(paths.postgres_folder())
        for server in (postgres, Valkey(paths.valkey_folder())):
            process = run(server, home / "logs" / f"{server.program().name}.log")
            stack.callback(stop, (process, server.program()))
        postgres.create_database()
        print(f"export DATABASE_URL='{paths.default_database_url()}'")
        print(f"export REDIS_URL='{paths.default_redis_url()}'", flush=True)
        while True:
            time.sleep(60)


def locked(home: Path) -> IO[str]:
    """The open lock file of `home`; it is ours until closed, however we end."""
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ServerError(f"mfg already runs from {home}; stop it, or choose another MFG_HOME.") from error
    return lock


def _listen() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup a hang-up is ignored, and stays so.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


if __name__ == "__main__":
    sys.exit(main())
