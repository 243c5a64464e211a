"""Checking a master row before it is written: a refusal names the field and the value, the database is the backstop."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import BaseConstraint, CheckConstraint, F, ForeignKey, Model, Q, UniqueConstraint

from core import versions
from core.dates import check_dates
from core.errors import InvalidInput, plain
from core.models import Editable

Row = TypeVar("Row", bound=Model)
EditableRow = TypeVar("EditableRow", bound=Editable)


def insert(row: Row) -> Row:
    """Check a new row and write it; what the database refuses ends the caller's transaction.

    :raises InvalidInput: naming each field that is wrong, or the one that is taken.
    """
    _require_fields(row, None)
    with _refusals_named(row):
        row.save(force_insert=True)
    return row


def update(row: EditableRow, *, expected: int | None, changes: dict[str, Any], is_forced: bool = False) -> EditableRow:
    """Check changes to an editable row and write them under its version; returns the row as it stands then.

    What the database refuses ends the caller's transaction. `is_forced` raises the version even if no column
    differs, for a row whose parts change beside it.

    :raises InvalidInput: naming each field that is wrong or taken.
    :raises StaleVersion: when the row's version is no longer the one `expected`.
    """
    changed = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    changed._state.adding = False
    changed._state.db = row._state.db
    _assign(changed, changes)
    _require_fields(changed, changes.keys())
    # The cleaned values, because these compare with what stands.
    values = {name: getattr(changed, name) for name in changes}
    if is_forced:
        values["id"] = F("id")  # an expression differs from every value, so the version rises
    with _refusals_named(changed):
        return versions.edit(row, expected=expected, **values)


def update_plain(row: Row, changes: dict[str, Any]) -> Row:
    """Check changes to a row without a version and write them; the last one wins.

    :raises InvalidInput: naming each field that is wrong or taken.
    """
    _assign(row, changes)
    _require_fields(row, changes.keys())
    with _refusals_named(row):
        row.save(update_fields=list(changes))
    return row


def check(row: Model) -> None:
    """Refuse values that a field or a constraint of the row's table does not allow, without writing anything.

    One query a constraint: for rows that somebody writes in another way.

    :raises InvalidInput: naming each field that is wrong or taken.
    """
    _require_fields(row, None)
    if errors := dict(_constraint_errors(row)):
        raise InvalidInput(errors=errors)


def _assign(row: Model, changes: dict[str, Any]) -> None:
    known = {field.name for field in row._meta.concrete_fields if field.editable}
    if unknown := changes.keys() - known:
        raise InvalidInput(errors=dict.fromkeys(sorted(unknown), "There is no such field to change."))
    for name, value in changes.items():
        setattr(row, name, value)


def _field_errors(row: Model, only: Collection[str] | None) -> dict[str, str]:
    # References are instances that somebody has just read, so their existence is not asked once more.
    skipped = {
        field.name
        for field in row._meta.concrete_fields
        if isinstance(field, ForeignKey) and not (getattr(row, field.attname) is None and not field.null)
    }
    if only is not None:
        skipped |= {field.name for field in row._meta.concrete_fields if field.name not in only}
    try:
        row.clean_fields(exclude=skipped)
    except ValidationError as error:
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {}


def _require_fields(row: Model, only: Collection[str] | None) -> None:
    if errors := _field_errors(row, only):
        raise InvalidInput(errors=errors)
    check_dates({field.name: getattr(row, field.attname) for field in row._meta.concrete_fields})


@contextmanager
def _refusals_named(row: Model) -> Iterator[None]:
    """Say in the field's words which constraint the database has refused the row by."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        refused = next((known for known in row._meta.constraints if known.name == name), None)
        if refused is None:
            raise
        raise InvalidInput(errors=dict([_sentence(row, refused)])) from error


def _constraint_errors(row: Model) -> Iterator[tuple[str, str]]:
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row)
        except ValidationError:
            yield _sentence(row, constraint)


def _names(constraint: BaseConstraint) -> set[str]:
    if isinstance(constraint, UniqueConstraint):
        return {*constraint.fields, *(name for expression in constraint.expressions for name in _fields_of(expression))}
    if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
        return set(constraint.condition.referenced_base_fields)
    return set()


def _fields_of(expression: Any) -> Iterable[str]:
    if isinstance(expression, F):
        return [str(expression.name)]  # type: ignore[attr-defined]
    return [name for source in expression.get_source_expressions() for name in _fields_of(source)]


def _sentence(row: Model, constraint: BaseConstraint) -> tuple[str, str]:
    names = _names(constraint)
    ordered = [field.name for field in row._meta.concrete_fields if field.name in names]
    # The field that says it most closely: a code rather than the company whose code it is.
    own = [name for name in ordered if not isinstance(row._meta.get_field(name), ForeignKey)] or ordered
    shown = ", ".join(str(plain(getattr(row, name))) for name in own)
    if isinstance(constraint, UniqueConstraint):
        return own[0], f"“{shown}” is taken: there is one already."
    return own[0], f"{shown} is not allowed here."
