"""`python -m bench [NAME …]`: all benchmarks, or those named, on a scratch installation that is thrown away."""

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.figures import Figure, report

NAMES = ("posting", "shipments", "making", "recompute", "latency", "pages", "streams", "memory", "tracing", "floor")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    chosen = parser.parse_args().names or list(NAMES)
    if unknown := [name for name in chosen if name not in NAMES]:
        parser.error(f"{unknown[0]} is none of {', '.join(NAMES)}")
    with ExitStack() as stack:
        prepare(stack)
        return report(_run(chosen))


def prepare(stack: ExitStack) -> None:
    """Start durable servers in a scratch home, migrate, and set Django up; the stack takes all down again."""
    from launcher import paths
    from launcher.processes import stop
    from launcher.servers import Postgres, Valkey, open_home, run

    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mfg-bench-", ignore_cleanup_errors=True)))
    home.chmod(0o755)  # as root, Postgres runs as another user
    os.environ.update(MFG_HOME=str(home), SECRET_KEY="only for benchmarks", DJANGO_SETTINGS_MODULE="mfg.settings")
    open_home(home)
    postgres, valkey = Postgres(paths.postgres_folder()), Valkey(paths.valkey_folder())
    for server in (postgres, valkey):
        process = run(server, home / f"{server.program().name}.log")
        stack.callback(stop, (process, server.program()))
    postgres.create_database()
    os.environ.update(DATABASE_URL=paths.default_database_url(), REDIS_URL=paths.default_redis_url())

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _run(names: list[str]) -> Iterator[Figure]:
    for name in names:
        yield from importlib.import_module(f"bench.{name}").figures()


if __name__ == "__main__":
    sys.exit(main())
