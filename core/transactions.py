"""The outermost transaction of a service, retried as a whole when the database asks for it."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg2 import errors as postgres

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

MOST_RETRIES = 3
_RETRIED = (postgres.DeadlockDetected, postgres.SerializationFailure)


def service(function: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Make a service atomic; when it is the outermost one, retry the whole of it after a deadlock.

    Inside a transaction of its caller it never retries, because Postgres has already undone what the caller
    wrote: the deadlock goes on upward to whoever began.
    """

    @wraps(function)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        return retried(lambda: function(*args, **kwargs))

    return inner


def retried(work: Callable[[], Answer]) -> Answer:
    """`work` in a transaction; as the outermost one, up to three more times when the database calls a deadlock."""
    if connection.in_atomic_block:
        # A savepoint, so that a caller who survives the refusal sees that nothing was written.
        with transaction.atomic():
            return work()
    for attempt in range(MOST_RETRIES + 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == MOST_RETRIES or not isinstance(error.__cause__, _RETRIED):
                raise
            log.warning("Rolled back, retry %d of %d: %s", attempt + 1, MOST_RETRIES, error)
            # Whoever met once would meet again: step aside for a moment of differing length.
            time.sleep(random.uniform(0, 0.02) * (attempt + 1))
    raise AssertionError("unreachable")


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read-only work whose queries all see the database as it was at the first of them.

    Inside a transaction of its caller it sees what that transaction sees, for its kind can no longer be changed.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
