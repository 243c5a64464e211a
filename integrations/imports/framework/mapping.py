"""Which column of a file is which field of an importer."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrations.imports.framework.errors import CellError, RowsRefused
from integrations.imports.framework.fields import Field, comparable


@dataclass(frozen=True)
class ColumnMap:
    """The place of each field's column in a row, the columns' names, and those that nothing reads."""

    columns: Sequence[str]
    places: Mapping[str, int]
    ignored: Sequence[str]

    def column(self, field: str) -> str:
        """The name of a field's column in the file; the field's own name where the file has none."""
        place = self.places.get(field)
        return field if place is None else self.columns[place]


def match(columns: Sequence[str], fields: Sequence[Field], wanted: Mapping[str, str] | None = None) -> ColumnMap:
    """Match columns to fields: first as `wanted` says (column → field, an empty field ignores the column), then by
    the fields' names and aliases, whatever the case and punctuation. The first column that matches a field wins.

    :raises RowsRefused: naming every column or field that is unknown, missing or wanted twice.
    """
    errors: list[CellError] = []
    places = _wanted(columns, fields, wanted or {}, errors)
    taken = {place for place in places.values() if place >= 0}
    dropped = {_find(columns, column) for column, field in (wanted or {}).items() if not field}
    for field in fields:
        if field.name in places:
            continue
        for name in field.names():
            found = next((p for p, c in enumerate(columns) if comparable(c) == name and p not in taken | dropped), None)
            if found is not None:
                places[field.name] = found
                taken.add(found)
                break
    free = [column for place, column in enumerate(columns) if place not in taken]
    errors += _missing(fields, places, free)
    if errors:
        raise RowsRefused(errors)
    return ColumnMap(columns, places, free)


def _wanted(
    columns: Sequence[str], fields: Sequence[Field], wanted: Mapping[str, str], errors: list[CellError]
) -> dict[str, int]:
    known = {comparable(field.name): field.name for field in fields}
    places: dict[str, int] = {}
    for column, field in wanted.items():
        place = _find(columns, column)
        if place is None:
            errors.append(CellError(f"The file has no such column; it has {', '.join(columns)}.", column=column))
            continue
        if not field:
            continue
        name = known.get(comparable(field))
        if name is None:
            errors.append(CellError(f"There is no field “{field}”.{_near(field, list(known.values()))}", column=column))
        elif name in places:
            errors.append(CellError(f"Two columns are mapped to the field {name}.", column=column))
        else:
            places[name] = place
    return places


def _find(columns: Sequence[str], name: str) -> int | None:
    exact = [place for place, column in enumerate(columns) if column.lower() == name.strip().lower()]
    like = [place for place, column in enumerate(columns) if comparable(column) == comparable(name)]
    return next(iter([*exact, *like]), None)


def _missing(fields: Sequence[Field], places: Mapping[str, int], free: Sequence[str]) -> list[CellError]:
    errors = []
    for field in fields:
        if field.is_required and field.name not in places:
            also = f" (or {', '.join(field.aliases)})" if field.aliases else ""
            others = f" Map one of {', '.join(free)} to it, or add it." if free else ""
            errors.append(CellError(f"The file has no column {field.name}{also}, which is required.{others}"))
    return errors


def _near(word: str, words: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, words, n=3)
    return f" Did you mean {' or '.join(close)}?" if close else f" There are {', '.join(words)}."
