"""Edits of rows that people share: a stale one is refused, with the values that stand now."""

from typing import Any, TypeVar

from django.db.models import F, Model

from core.errors import StaleVersion, plain
from core.models import Editable

Row = TypeVar("Row", bound=Editable)


def edit(row: Row, *, expected: int | None = None, **changes: Any) -> Row:
    """Write `changes` to one row and raise its version by one; returns the row as it stands in the database.

    `expected` is the version that the editor saw; without it the version on `row` counts. One statement, so
    two editors can't both win. Nothing is written when nothing changes.

    :raises StaleVersion: with the row's current version and its current values of the fields in `changes`.
    """
    model = type(row)
    wanted = row.version if expected is None else expected
    same_row = model._default_manager.filter(pk=row.pk)
    if wanted == row.version and all(getattr(row, name) == value for name, value in changes.items()):
        changed = same_row.filter(version=wanted).exists()
    else:
        changed = bool(same_row.filter(version=wanted).update(version=F("version") + 1, **changes))
    current = model._default_manager.get(pk=row.pk)
    if not changed:
        raise stale(current, expected=wanted, fields=changes)
    return current


def check(row: Editable, expected: int | None) -> None:
    """Compare versions on a row that the caller has locked.

    :raises StaleVersion: when `expected` is given and is not the row's version.
    """
    if expected is not None and row.version != expected:
        raise stale(row, expected=expected)


def stale(current: Model, *, expected: int, fields: Any = ()) -> StaleVersion:
    """The refusal, carrying what stands now, so that both values can be shown."""
    values = {name: _shown(getattr(current, name)) for name in fields}
    version = current.version  # type: ignore[attr-defined]
    return StaleVersion(
        f"Somebody changed this meanwhile: you edited version {expected}, it is version {version} now.",
        expected=expected,
        version=version,
        current=values or None,
    )


def _shown(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else plain(value)
