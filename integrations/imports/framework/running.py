"""An import from beginning to end: one transaction, all or nothing, every error by row and cell."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError, transaction

from core.errors import DomainError, InvalidInput
from core.transactions import retried
from integrations.imports.framework.checking import Row, check_row, from_mappings
from integrations.imports.framework.errors import CellError, RowsRefused, UnreadableFile
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.framework.mapping import ColumnMap, match
from integrations.imports.framework.reading import RawRow, open_table
from integrations.locks import one_import
from integrations.tables import gather_statistics

# More than anybody reads; the rest is counted.
MOST_ERRORS = 1000
_PART = 5000
# An import this long can change what the planner should expect of its tables.
_LONG = 1000


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is read. `mapping` maps columns to fields; `dry_run` checks and writes all and keeps nothing."""

    delimiter: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass
class Report:
    """What an import came to. With errors nothing was changed. `failed` has the rows in error, once each."""

    noun: str
    counted: str
    rows: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    columns: Sequence[str] = ()
    ignored: Sequence[str] = ()
    failed: dict[int, tuple[Sequence[str], list[str]]] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def is_ok(self) -> bool:
        return self.error_count == 0

    def refuse(self, errors: Iterable[CellError], cells: Mapping[int, Sequence[str]]) -> None:
        """Keep errors, the first thousand in full, and the cells of the rows they are about."""
        for error in errors:
            self.error_count += 1
            if len(self.errors) < MOST_ERRORS:
                self.errors.append(error)
            if error.row is not None and error.row in cells:
                place = f"{error.column}: " if error.column else ""
                self.failed.setdefault(error.row, (cells[error.row], []))[1].append(place + error.message)


def run(importer: Importer, source: BinaryIO, options: Options, context: Context) -> Report:
    """Import a file. Nothing is kept unless every row is right, or on a dry run; a deadlock repeats the whole.

    What is wrong stands in the report and is never raised. `source` is read from its beginning and left open.
    """
    # A pipe can't be read again after a deadlock, so it is read into memory first.
    seekable = source if source.seekable() else io.BytesIO(source.read())
    return retried(lambda: _attempt(importer, seekable, options, context))


def run_rows(importer: Importer, rows: Sequence[Mapping[str, str]], context: Context) -> Report:
    """Import rows that another program made, inside the caller's transaction (field name → text).

    :raises RowsRefused: with all that is wrong; the caller rolls back.
    """
    one_import(importer.noun, context.company.pk if context.company else None)
    report = Report(importer.noun, importer.counted or importer.noun)
    columns, raws = from_mappings(rows, importer.fields)
    _take(importer, raws, columns, context, report)
    if not report.is_ok:
        raise RowsRefused(report.errors)
    return report


def _attempt(importer: Importer, source: BinaryIO, options: Options, context: Context) -> Report:
    source.seek(0)
    report = Report(importer.noun, importer.counted or importer.noun, dry_run=options.dry_run)
    with transaction.atomic():
        one_import(importer.noun, context.company.pk if context.company else None)
        try:
            table = open_table(source, delimiter=options.delimiter, encoding=options.encoding)
            report.columns = table.columns
            columns = match(table.columns, importer.fields, options.mapping)
            report.ignored = columns.ignored
            _take(importer, table.rows, columns, context, report)
            if report.rows > _LONG:
                gather_statistics()
        except UnreadableFile as error:
            report.refuse([CellError(error.message)], {})
        except RowsRefused as refusal:
            report.refuse(refusal.errors, {})
        if options.dry_run or not report.is_ok:
            transaction.set_rollback(True)
    if not report.is_ok:
        report.outcome = Outcome()
    return report


def _take(importer: Importer, raws: Iterator[RawRow], columns: ColumnMap, context: Context, report: Report) -> None:
    """Check and write part by part. After an error the parts that follow are written all the same, to find theirs."""
    seen: dict[tuple, int] = {}
    waiting: list[Row] = []
    while part := list(islice(raws, importer.part_rows or _PART)):
        report.rows += len(part)
        rows = _checked(importer, part, columns, report, seen)
        if importer.part_rows is None:
            waiting += rows
        else:
            _write(importer, rows, columns, context, report)
    if importer.part_rows is None:
        _write(importer, waiting, columns, context, report)


def _checked(
    importer: Importer, part: Sequence[RawRow], columns: ColumnMap, report: Report, seen: dict[tuple, int]
) -> list[Row]:
    rows = []
    for raw in part:
        row, errors = check_row(raw, columns, importer.fields)
        if row is not None and importer.key:
            errors = _repeated(importer, row, columns, seen)
        if errors:
            report.refuse(errors, {raw.number: raw.cells})
        elif row is not None:
            rows.append(row)
    return rows


def _repeated(importer: Importer, row: Row, columns: ColumnMap, seen: dict[tuple, int]) -> list[CellError]:
    key = tuple(_folded(row.get(name)) for name in importer.key)
    first = seen.setdefault(key, row.number)
    if first == row.number:
        return []
    names = [columns.column(name) for name in importer.key if name in columns.places]
    shown = ", ".join(str(row.get(name)) for name in importer.key if name in row)
    message = f"Row {first} has the same {', '.join(names)}; there may be one."
    return [CellError(message, row=row.number, column=names[0] if names else "", value=shown)]


def _folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _write(importer: Importer, rows: Sequence[Row], columns: ColumnMap, context: Context, report: Report) -> None:
    if not rows:
        return
    cells = {row.number: row.cells for row in rows}
    try:
        with transaction.atomic():
            report.outcome.add(importer.write(rows, context))
    except RowsRefused as refusal:
        report.refuse((_named(error, columns) for error in refusal.errors), cells)
    except InvalidInput as error:
        messages = [f"{name}: {text}" for name, text in error.errors.items()] or [error.message]
        report.refuse([CellError(message) for message in messages], cells)
    except DomainError as error:
        report.refuse([CellError(error.message)], cells)
    except IntegrityError as error:
        report.refuse([CellError(f"The database refuses it: {str(error).splitlines()[0]}")], cells)


def _named(error: CellError, columns: ColumnMap) -> CellError:
    """The same error under the name that the field's column has in the file."""
    return CellError(error.message, row=error.row, column=columns.column(error.column), value=error.value)
