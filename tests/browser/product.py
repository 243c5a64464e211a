"""The whole product for the browser: started by the launcher, on a database of its own in the session's servers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tests.runtime.helpers import ROOT, free_port

DATABASE = "mfg_browser"


@dataclass(frozen=True)
class Running:
    """Where the product answers, and the name of its database on the server of `DATABASE_URL`."""

    address: str
    database: str


@contextmanager
def running() -> Iterator[Running]:
    """Web, workers, beat and the demo's data; the launcher stops all of it.

    With `MFG_BROWSER_URL` it is the one that runs there on `DATABASE_URL` and `REDIS_URL`, and it stays: for whoever
    writes a test and has no patience.
    """
    if given := os.environ.get("MFG_BROWSER_URL"):
        yield Running(given, urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))
        return
    _create_database()
    home = Path(tempfile.mkdtemp(prefix="mfg-browser-"))
    port = free_port()
    environment = os.environ | {
        "MFG_HOME": str(home),
        "MFG_DEMO": "1",
        "PORT": str(port),
        "DATABASE_URL": database_url(),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "--with-parent"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        yield Running(f"http://127.0.0.1:{port}", DATABASE)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def database_url() -> str:
    """The session's server, with the browser's database instead of the one that tests of other kinds know."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{DATABASE}"))


def _create_database() -> None:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    finally:
        connection.close()


def _wait_until_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return
    raise AssertionError(f"The product did not start:\n{said}")
