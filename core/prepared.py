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
from django.db import connection

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
        with connection.cursor() as cursor:
            if settings.PREPARE_STATEMENTS:
                self._prepare_once(cursor)
                cursor.execute(self._execute, [_literal(params[name]) for name in self.parameters])
            else:
                cursor.execute(self.sql, {name: _literal(params[name]) for name in self.parameters})
            return cursor.fetchall()

    def _prepare_once(self, cursor: Any) -> None:
        known = _prepared.get(connection.connection)
        if known is None:
            known = _prepared[connection.connection] = set()
        if self.name not in known:
            cursor.execute(self._prepare)
            known.add(self.name)


def _literal(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return "{" + ",".join(map(_element, value)) + "}"


def _element(value: Any) -> str:
    return _TEXTS.get(type(value), _quoted)(value)


def _quoted(value: Any) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


_TEXTS: dict[type, Callable[[Any], str]] = {int: str, Decimal: str, type(None): lambda _: "NULL"}
