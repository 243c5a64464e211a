"""Two that meet at a lock: one works beside the test, on a connection of its own, until it waits."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

WAIT_SECONDS = 20


class Worker(threading.Thread):
    """A thread with its own connection; `finish` raises what it raised."""

    def __init__(self, work: Callable[..., Any], *args: Any, **options: Any) -> None:
        super().__init__(daemon=True)
        self.work, self.args, self.options = work, args, options
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.work(*self.args, **self.options)
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def finish(self) -> None:
        self.join(WAIT_SECONDS)
        assert not self.is_alive()
        if self.error:
            raise self.error


def wait_until_blocked() -> None:
    """Until some connection to this database waits for a lock; asks the server again and again."""
    # Whose database it is, its other locks tell: inside a transaction pg_stat_activity shows who was there at first.
    waiting = """
        SELECT count(*) FROM pg_locks l
        WHERE NOT l.granted AND EXISTS (
            SELECT 1 FROM pg_locks held
            WHERE held.pid = l.pid
              AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        )
    """
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
