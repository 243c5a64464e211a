"""Keyset arithmetic: which rows come after a position in an ordering, nulls last either way.

A page's cost doesn't grow with its number, and a page always ends, however many rows have equal values: the
ordering ends in the primary key, and the whole position is compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import OrderBy


@dataclass(frozen=True, slots=True)
class Term:
    """One column of an ordering. `path` is a field's or annotation's name, `item__sku` among them."""

    path: str
    is_descending: bool
    is_nullable: bool
    field: Field

    def order(self, *, is_reversed: bool) -> OrderBy:
        descending = self.is_descending != is_reversed
        nulls = {"nulls_first" if is_reversed else "nulls_last": True} if self.is_nullable else {}
        return F(self.path).desc(**nulls) if descending else F(self.path).asc(**nulls)


class _RowAfter(Func):
    """`(a, id) > (x, y)`: one comparison, which an index over the same columns answers by one descent."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, operator: str, *expressions: Any) -> None:
        self.operator = operator
        super().__init__(*expressions)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in part) for part in (compiled[:half], compiled[half:]))
        return f"({left}) {self.operator} ({right})", tuple(value for _, values in compiled for value in values)


def terms(queryset: QuerySet[Any], ordering: Sequence[str]) -> list[Term]:
    """The columns of an ordering such as `("-need_by_on", "id")`, ending in the primary key."""
    names = [name for name in ordering if name.lstrip("-") not in {"pk", queryset.model._meta.pk.name}]
    last = next((name for name in ordering if name not in names), names[-1] if names else "")
    key = queryset.model._meta.pk.name
    return [_term(queryset, name) for name in (*names, f"-{key}" if last.startswith("-") else key)]


def ordered(queryset: QuerySet[Any], columns: Sequence[Term], *, is_reversed: bool) -> QuerySet[Any]:
    """The queryset in this ordering, or in its reverse."""
    return queryset.order_by(*(term.order(is_reversed=is_reversed) for term in columns))


def after(
    queryset: QuerySet[Any], columns: Sequence[Term], position: Sequence[Any], *, is_reversed: bool
) -> QuerySet[Any]:
    """The rows behind `position` (one value a column) in this ordering, or before it when reversed."""
    directions = {term.is_descending for term in columns}
    if len(directions) == 1 and not any(term.is_nullable for term in columns):
        operator = "<" if directions.pop() != is_reversed else ">"
        values = [Value(value, output_field=term.field) for term, value in zip(columns, position, strict=True)]
        return queryset.filter(_RowAfter(operator, *(F(term.path) for term in columns), *values))
    condition, equal = Q(pk__in=[]), Q()
    for term, value in zip(columns, position, strict=True):
        condition |= equal & _beyond(term, value, is_reversed=is_reversed)
        equal &= Q(**{f"{term.path}__isnull": True}) if value is None else Q(**{term.path: value})
    return queryset.filter(condition)


def position_of(row: Model, columns: Sequence[Term]) -> list[Any]:
    """A row's values in the ordering's columns, as JSON takes them."""
    return [_plain(_value(row, term.path)) for term in columns]


def parsed(position: Sequence[Any], columns: Sequence[Term]) -> list[Any]:
    """A position that came back as JSON, with its columns' types."""
    return [
        None if value is None else term.field.to_python(value) for term, value in zip(columns, position, strict=True)
    ]


def _beyond(term: Term, value: Any, *, is_reversed: bool) -> Q:
    # Nulls stand last: behind everything, and nothing behind them.
    if value is None:
        return Q(**{f"{term.path}__isnull": False}) if is_reversed else Q(pk__in=[])
    lookup = "lt" if term.is_descending != is_reversed else "gt"
    beyond = Q(**{f"{term.path}__{lookup}": value})
    return beyond | Q(**{f"{term.path}__isnull": True}) if term.is_nullable and not is_reversed else beyond


def _term(queryset: QuerySet[Any], name: str) -> Term:
    path = name.removeprefix("-")
    if path in queryset.query.annotations:
        return Term(path, name.startswith("-"), True, queryset.query.annotations[path].output_field)
    field, is_nullable, model = None, False, queryset.model
    for part in path.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        is_nullable = is_nullable or field.null or field.one_to_many
        model = field.related_model or model
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"{path} is no column of {queryset.model._meta.label}.")
    return Term(path, name.startswith("-"), is_nullable, getattr(field, "target_field", field))


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = None if row is None else getattr(row, part)
    return row.pk if isinstance(row, Model) else row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str | bool) else str(value)
