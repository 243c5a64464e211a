"""What must always hold. Each app registers its checks; CI runs them on the demo data, a task every night."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.transactions import one_snapshot

Check = Callable[[], Iterable[Any]]

# Enough to see what is wrong, bounded when all is wrong.
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: the rows that differ, none if all is well."""

    name: str
    rows: list[Any] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return not self.rows


_checks: dict[str, Check] = {}


def register(name: str, check: str | Check) -> None:
    """Enter a check: SQL that selects the rows that differ, or a callable that yields them.

    Called in `AppConfig.ready`; the name says what holds, such as `ledger = balances`.
    """
    _checks[name] = check if callable(check) else _query(check)


def remove(name: str) -> None:
    """Take a check out; for tests."""
    _checks.pop(name, None)


def names() -> list[str]:
    return sorted(_checks)


def check(only: Iterable[str] = ()) -> list[Outcome]:
    """Run all checks, or those named, on one snapshot, so that work going on meanwhile looks like no error."""
    chosen = list(only) or names()
    with one_snapshot():
        return [Outcome(name, _first_rows(_checks[name])) for name in chosen]


def _first_rows(check: Check) -> list[Any]:
    rows = []
    for row in check():
        rows.append(row)
        if len(rows) == MOST_ROWS:
            break
    return rows


def _query(sql: str) -> Check:
    def rows() -> Iterable[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchmany(MOST_ROWS)]

    return rows
