"""Waiting for the horizon of feeds: it is the whole server's, so tests beside this one hold it back for a moment."""

import time

from django.db import connection

SECONDS = 60


def settle() -> None:
    """Return once every transaction that began before this call has ended, so that feeds tell all that is written."""
    deadline = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::numeric")
        (newest,) = cursor.fetchone()
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::numeric > %s", [newest])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise TimeoutError(f"A transaction has been open for {SECONDS} seconds.")
