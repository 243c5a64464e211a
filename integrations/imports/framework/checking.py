"""From rows of cells to rows of values: every cell is converted, every error is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.imports.framework.errors import CellError
from integrations.imports.framework.fields import Field
from integrations.imports.framework.mapping import ColumnMap
from integrations.imports.framework.reading import RawRow


@dataclass(slots=True)
class Row:
    """A checked row: `values` has the fields whose cell was not empty. `cells` are kept to be shown again."""

    number: int
    values: dict[str, Any]
    cells: Sequence[str]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values


def check_row(raw: RawRow, columns: ColumnMap, fields: Sequence[Field]) -> tuple[Row | None, list[CellError]]:
    """The row with its values, or all that is wrong with it.

    A row may have more cells than the header where these are empty, as spreadsheets write it.
    """
    number, cells = raw
    width = len(columns.columns)
    if len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
        message = f"The row has {len(cells)} cells and the first row {width}; a delimiter is missing or too many."
        return None, [CellError(message, row=number)]
    values: dict[str, Any] = {}
    errors: list[CellError] = []
    for field in fields:
        place = columns.places.get(field.name)
        cell = "" if place is None else cells[place].strip()
        if not cell:
            if field.is_required:
                errors.append(CellError("It is empty, but required.", row=number, column=columns.column(field.name)))
            continue
        try:
            values[field.name] = field.convert(cell)
        except ValueError as error:
            errors.append(CellError(str(error), row=number, column=columns.column(field.name), value=cell))
    return (None, errors) if errors else (Row(number, values, cells), [])


def from_mappings(rows: Sequence[Mapping[str, str]], fields: Sequence[Field]) -> tuple[ColumnMap, Iterator[RawRow]]:
    """Rows that another program made (field name → text), as if they stood in a file with these columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if unknown := set(names) - {field.name for field in fields}:
        raise ValueError(f"No such fields: {', '.join(sorted(unknown))}.")
    columns = ColumnMap(names, {name: place for place, name in enumerate(names)}, [])
    return columns, (RawRow(number, [row.get(name, "") for name in names]) for number, row in enumerate(rows, start=2))
