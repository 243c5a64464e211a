"""Writing many rows of one table by their natural key: a few statements, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import NOT_PROVIDED, Field, Model

from core.errors import StaleVersion
from core.models import Editable

Row = TypeVar("Row", bound=Model)

# Keeps a statement's text in the hundreds of kilobytes.
_BATCH = 2000

_IDS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s) ORDER BY 1"


class Wanted(NamedTuple):
    """A row as it shall be: `values` by attribute (`site_id`, not `site`), `row` as it stands, None for a new one.

    A column that the database gives a default (`created_at`) can't be given a value in a new row.
    """

    row: Any
    values: dict[str, Any]


@dataclass
class Put(Generic[Row]):
    """What came of it; `rows` has each row as it stands now, in the order asked for."""

    rows: list[Row] = default(default_factory=list)
    created: list[Row] = default(default_factory=list)
    changed: list[Row] = default(default_factory=list)
    unchanged: list[Row] = default(default_factory=list)


def put(model: type[Row], wanted: Sequence[Wanted]) -> Put[Row]:
    """Insert the new rows and update those that differ; a row that already is as wanted is not touched.

    Values must be checked: the database's own constraints are the only backstop. Editable rows go up by one version,
    and a row that somebody changed since it was read is refused. The caller is in a transaction.

    :raises StaleVersion: when rows were changed meanwhile; nothing of theirs is written.
    """
    result: Put[Row] = Put()
    by_fields: dict[tuple[str, ...], list[Row]] = {}
    for row, values in wanted:
        if row is None:
            result.created.append(_append(result.rows, model(**values)))
            continue
        result.rows.append(row)
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in changes.items():
            setattr(row, name, value)
        (result.changed if changes else result.unchanged).append(row)
        if changes:
            by_fields.setdefault(tuple(sorted(changes)), []).append(row)
    for start in range(0, len(result.created), _BATCH):
        _insert(model, result.created[start : start + _BATCH])
    for names, rows in by_fields.items():
        for start in range(0, len(rows), _BATCH):
            _update(model, names, rows[start : start + _BATCH])
    return result


def _append(rows: list[Row], row: Row) -> Row:
    rows.append(row)
    return row


def _insert(model: type[Row], rows: Sequence[Row]) -> None:
    """One INSERT from arrays, with ids taken before it, so that each row knows its own.

    bulk_create compiles an expression for every value that the database gives by default: three quarters of the time.
    The rows' fields of that kind are not read back.
    """
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not field.primary_key and field.db_default is NOT_PROVIDED
    ]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), [quote(str(field.column)) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [model._meta.db_table, len(rows)])
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = row_id
        arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
        cursor.execute(
            f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT * FROM unnest(%s::bigint[], {arrays}) ORDER BY 1",
            [[row.pk for row in rows], *(_values(field, rows) for field in fields)],
        )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _column(model: type[Row], name: str) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _type(field: Field) -> str:
    # A cast to varchar(n) would cut silently what the column itself refuses.
    kind = str(field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind


def _values(field: Field, rows: Sequence[Model]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]


def _update(model: type[Row], names: Sequence[str], rows: Sequence[Row]) -> None:
    """One UPDATE from arrays. bulk_update writes a CASE over every row and column: minutes for ten thousand."""
    fields = [_column(model, name) for name in names]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    is_editable = issubclass(model, Editable)
    arrays = ["%s::bigint[]", "%s::int[]", *(f"%s::{_type(field)}[]" for field in fields)]
    sets = [f"{column} = d.{column}" for column in columns] + (["version = t.version + 1"] if is_editable else [])
    sql = (
        f"UPDATE {quote(model._meta.db_table)} AS t SET {', '.join(sets)} "
        f"FROM unnest({', '.join(arrays)}) AS d(id, seen_version, {', '.join(columns)}) "
        f"WHERE t.id = d.id" + (" AND t.version = d.seen_version" if is_editable else "")
    )
    params: list[list[Any]] = [[row.pk for row in rows], [getattr(row, "version", 0) for row in rows]]
    params += [_values(field, rows) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.rowcount != len(rows):
            raise StaleVersion("Somebody changed some of these rows meanwhile; please try again.")
    if is_editable:
        for row in rows:
            row.version += 1  # type: ignore[attr-defined]
