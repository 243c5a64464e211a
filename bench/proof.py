"""What shows afterwards that nothing broke: what must always hold, and the deadlocks that Postgres has counted."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from core import invariants

ALONE_WITHIN_SECONDS = 30
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
# Enough to see what is wrong.
ROWS_SHOWN = 5
REPORT_CHARACTERS = 1500


def differences(names: Iterable[str] = ()) -> list[str]:
    """What does not hold of all that must, or of what is named: each with some of the rows that differ."""
    return [f"{outcome.name}: {outcome.rows[:ROWS_SHOWN]}" for outcome in invariants.check(names) if not outcome.is_ok]


def deadlocks() -> int:
    """How many deadlocks this database has had, retried or not.

    A connection reports them at the latest when it ends, so this waits until ours is the only one.

    :raises RuntimeError: when others stay.
    """
    deadline = time.monotonic() + ALONE_WITHIN_SECONDS
    while _number(_OTHERS):
        if time.monotonic() > deadline:
            raise RuntimeError("Others are still connected, so the deadlocks cannot be counted.")
        time.sleep(0.1)
    return _number(_DEADLOCKS)


def deadlock_reports() -> list[str]:
    """What the scratch server has logged of each deadlock: who waited for whom, and the statements."""
    log = (Path(os.environ["MFG_HOME"]) / "postgres.log").read_text(errors="replace")
    return [report.strip()[:REPORT_CHARACTERS] for report in log.split("deadlock detected")[1:]]


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
    return int(value)
