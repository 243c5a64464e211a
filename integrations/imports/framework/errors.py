"""What is wrong with a file, and with its cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import DomainError

SHOWN_VALUE_LENGTH = 60


class UnreadableFile(DomainError):
    """The file as a whole can't be read: its encoding, its delimiter, its quotes, its header."""

    code = "unreadable_file"
    status = 400


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong: in `row` (as a spreadsheet counts, the header is 1; None: the file), `column`, `value`."""

    message: str
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = "" if self.row is None else f"row {self.row}"
        if self.column:
            place += f", {self.column}" if place else self.column
        shown = self.value if len(self.value) <= SHOWN_VALUE_LENGTH else self.value[: SHOWN_VALUE_LENGTH - 1] + "…"
        value = f" “{shown}”" if self.value else ""
        return f"{place}{value}: {self.message}" if place or value else self.message


class RowsRefused(Exception):
    """Rows that can't be written; the import as a whole then changes nothing."""

    def __init__(self, errors: Iterable[CellError]) -> None:
        self.errors: Sequence[CellError] = list(errors)
        super().__init__("; ".join(str(error) for error in self.errors[:5]))
