"""Statements that are planned once a connection: the hot ones, whose planning costs more than their work.

Posting runs the same few large statements for every document; planned anew each time, they were four fifths of a
one-line adjustment. `PREPARE` lives in the session, so behind a pooler in transaction mode set `MFG_PREPARE=0`:
the same statements then run unprepared.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_PARAMETER = re.compile(r"%\((\w+)\)s")
_prepared: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


class Statement:
    """SQL with named parameters `%(name)s`, each cast in the text (`%(ids)s::bigint[]`), run by name.

    Lists become array literals, which costs less than adapting each element and lets the cast decide the type.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.name = f"mfg_{name}"
        self.sql = sql
        self.parameters = list(dict.fromkeys(_PARAMETER.findall(sql)))
        numbers = {parameter: number for number, parameter in enumerate(self.parameters, start=1)}
        body = _PARAMETER.sub(lambda match: f"${numbers[match[1]]}", sql).replace("%%", "%")
        self._prepare = f"PREPARE {self.name} AS {body}"
        self._execute = f"EXECUTE {self.name}({', '.join(['%s'] * len(self.parameters))})"

    def all(self, params: Mapping[str, Any]) -> list[tuple]:
        """Run it and return every row."""
        values = [_literal(params[name]) for name in self.parameters]
        database = connections[DEFAULT_DB_ALIAS]
        if _is_plain(database):
            return self._run_plainly(database, values)
        with database.cursor() as cursor:
            if settings.PREPARE_STATEMENTS:
                self._prepare_once(database.connection, cursor)
                cursor.execute(self._execute, values)
            else:
                cursor.execute(self.sql, dict(zip(self.parameters, values, strict=True)))
            return cursor.fetchall()

    def _run_plainly(self, database: BaseDatabaseWrapper, values: list[Any]) -> list[tuple]:
        database.validate_no_broken_transaction()
        with database.wrap_database_errors, database.create_cursor() as cursor:
            self._prepare_once(database.connection, cursor)
            cursor.execute(self._execute, values)
            return cursor.fetchall()

    def _prepare_once(self, session: Any, cursor: Any) -> None:
        known = _prepared.get(session)
        if known is None:
            known = _prepared[session] = set()
        if self.name not in known:
            cursor.execute(self._prepare)
            known.add(self.name)


def _is_plain(database: BaseDatabaseWrapper) -> bool:
    """Whether a statement may go past Django's cursor, whose layers cost a tenth of a posting.

    Inside a transaction the connection is there and healthy; nobody listens to its queries.
    """
    is_listened_to = database.execute_wrappers or database.queries_logged
    return bool(settings.PREPARE_STATEMENTS and database.in_atomic_block and not is_listened_to)


def _literal(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    if set(map(type, value)) <= _SELF_EVIDENT:
        return "{" + ",".join(map(str, value)) + "}"
    return "{" + ",".join([_TEXTS.get(type(element), _quoted)(element) for element in value]) + "}"


def _quoted(value: Any) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


_SELF_EVIDENT = {int, Decimal}
_TEXTS: dict[type, Callable[[Any], str]] = {int: str, Decimal: str, type(None): lambda _: "NULL"}
