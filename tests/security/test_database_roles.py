"""The role that production works with: it does all that people do, and rewrites no history."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from inventory.models import Posting, StockBalance
from inventory.services.undo import reverse_posting
from tests.architecture.test_tables import APPEND_ONLY
from tests.cast import Cast
from tests.inventory.test_posting import put, ship

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture
def roles(cast: Cast) -> Cast:
    """Both files of `deploy/`, run as a superuser; the test's transaction takes them back."""
    with connection.cursor() as cursor:
        for name in ("roles.sql", "rights.sql"):
            cursor.execute((DEPLOY / name).read_text())
    return cast


@contextmanager
def working_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def test_the_application_reverses_a_posting(roles: Cast) -> None:
    with working_as("mfg_app"):
        put(roles, roles.table, 10, 2)
        shipped = ship(roles, roles.table, 4)
        reverse_posting(shipped.posting_id, now=roles.now, actor=None)

    assert StockBalance.objects.get().quantity == 10


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_application_rewrites_no_history(roles: Cast, table: str, statement: str) -> None:
    names = {"core_event": "company_ids", "core_tombstone": "noun", "production_taskevent": "minutes"}
    column = names.get(table, "effective_on")
    with working_as("mfg_app"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table, column))


def test_not_even_the_key_that_it_may_lock_is_written(roles: Cast) -> None:
    put(roles, roles.table, 10, 2)

    with (
        working_as("mfg_app"),
        pytest.raises(Exception, match="inventory_posting is append-only"),
        transaction.atomic(),
    ):
        Posting.objects.update(id=1)


def test_both_files_may_run_again(roles: Cast) -> None:
    with connection.cursor() as cursor:
        for name in ("roles.sql", "rights.sql"):
            cursor.execute((DEPLOY / name).read_text())
