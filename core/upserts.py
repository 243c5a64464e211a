"""Writing many rows of one table by their natural key: a few statements, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Model

from core import inserts
from core.errors import StaleVersion
from core.models import Editable

Row = TypeVar("Row", bound=Model)

# Keeps a statement's text in the hundreds of kilobytes.
_BATCH = 2000


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
        inserts.insert(result.created[start : start + _BATCH])
    for names, rows in by_fields.items():
        for start in range(0, len(rows), _BATCH):
            _update(names, rows[start : start + _BATCH])
    return result


def _append(rows: list[Row], row: Row) -> Row:
    rows.append(row)
    return row


def _update(names: Sequence[str], rows: Sequence[Row]) -> None:
    editable = [row for row in rows if isinstance(row, Editable)]
    written = inserts.update_versions(editable, names) if editable else inserts.update(rows, names)
    if written != len(rows):
        raise StaleVersion("Somebody changed some of these rows meanwhile; please try again.")
