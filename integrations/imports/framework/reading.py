"""From the bytes of a CSV file to a header and rows of cells, one at a time.

Everything that a spreadsheet or a careless export does to a file is either understood or refused by name.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from integrations.imports.framework.errors import UnreadableFile

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LONGEST_CELL = 100_000
_FIRST_BYTES = 4096
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class RawRow(NamedTuple):
    """A row of the file: `number` as a spreadsheet counts (the header is 1), and its cells as text."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A file that was opened: its columns, and its rows, which are read as they are asked for."""

    columns: Sequence[str]
    rows: Iterator[RawRow]


def open_table(source: BinaryIO, *, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """Open a CSV file; rows without any content are left out.

    Without `encoding` it must be UTF-8, with or without a mark. Without `delimiter` the one that the header uses most
    is taken. Reading on may raise as well.

    :raises UnreadableFile: saying what is wrong, where, and what to do about it.
    """
    codec = _codec(encoding)
    counted = _Counted(source)
    first = counted.peek(_FIRST_BYTES)
    _check_first(first, encoding)
    text = io.TextIOWrapper(counted, encoding=codec, newline="")
    lines = _lines(text, counted, codec)
    skipped, head = _head(lines)
    mark = _delimiter(head, delimiter)
    records = _records(_chain(head, lines), mark, skipped)
    columns = _columns(next(records, RawRow(1, [])).cells, mark)
    return Table(columns, records)


class _Counted(io.BufferedReader):
    """A buffered reader that knows how many bytes it has given, so that an error can name the position."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__(_Raw(source), buffer_size=65536)
        self.given = 0

    def read1(self, size: int = -1) -> bytes:
        data = super().read1(size)
        self.given += len(data)
        return data

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.given += len(data)
        return data


class _Raw(io.RawIOBase):
    """Any readable as a raw stream; closing it leaves the source open, which is its owner's."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _codec(encoding: str | None) -> str:
    if encoding is None:
        return "utf-8-sig"
    try:
        info = codecs.lookup(encoding)
        is_text = info._is_text_encoding
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise UnreadableFile(f"“{encoding}” is no encoding; try utf-8, cp1252, latin-1 or utf-16.")
    return "utf-8-sig" if info.name == "utf-8" else info.name


def _check_first(first: bytes, encoding: str | None) -> None:
    if not first.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile("The file is empty; its first row must name the columns.")
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile("This is a spreadsheet, not a CSV file; save it as “CSV UTF-8” and import that.")
    if encoding is None and first.startswith(_WIDE_MARKS):
        name = "utf-32" if first.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) else "utf-16"
        raise UnreadableFile(f"The file is {name.upper()}; save it as UTF-8, or pass the encoding {name}.")
    if encoding is None and b"\x00" in first:
        raise UnreadableFile(
            f"Byte 0x00 at position {first.index(0)} belongs in no text; save the file as UTF-8, or pass its encoding "
            "(perhaps utf-16)."
        )


def _lines(text: io.TextIOWrapper, counted: _Counted, codec: str) -> Iterator[str]:
    number = 0
    while True:
        try:
            line = text.readline()
        except UnicodeDecodeError as error:
            raise UnreadableFile(_undecodable(error, counted, codec, number + 1)) from None
        if not line:
            return
        number += 1
        if "\x00" in line:
            raise UnreadableFile(f"Line {number} holds a zero byte, which belongs in no text.")
        yield line


def _undecodable(error: UnicodeDecodeError, counted: _Counted, codec: str, line: int) -> str:
    # The decoder was given what lay over from before and the last piece: count from its end.
    position = counted.given - len(error.object) + error.start
    byte = error.object[error.start]
    # What is decoded is handed out by lines, so the line is one the error lies in or after.
    line += error.object[: error.start].count(b"\n")
    name = "UTF-8" if codec == "utf-8-sig" else codec
    return (
        f"Byte 0x{byte:02X} at position {position} (about line {line}) is not {name}. Save the file as UTF-8, or pass "
        "its encoding: cp1252 for most files of western spreadsheets, else latin-1 or utf-16."
    )


def _head(lines: Iterator[str]) -> tuple[int, list[str]]:
    """How many blank lines come first, and the lines of the header: a quoted name may spread over several."""
    skipped, head = 0, list[str]()
    for line in lines:
        if not head and not line.strip():
            skipped += 1
            continue
        head.append(line)
        if sum(part.count('"') for part in head) % 2 == 0:
            return skipped, head
        if len(head) > 100:
            raise UnreadableFile("A quote in the first row is never closed.")
    if not head:
        raise UnreadableFile("The file is empty; its first row must name the columns.")
    raise UnreadableFile("A quote in the first row is never closed.")


def _chain(head: list[str], lines: Iterator[str]) -> Iterator[str]:
    yield from head
    yield from lines


def _delimiter(head: list[str], wanted: str | None) -> str:
    bare = re.sub(r'"[^"]*"', "", "".join(head))
    counts = {mark: bare.count(mark) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    if wanted is None:
        return best
    wanted = {"tab": "\t", "\\t": "\t"}.get(wanted, wanted)
    if len(wanted) != 1 or wanted in '"\r\n':
        raise UnreadableFile(f"“{wanted}” can't be a delimiter; it is one character, such as , or ; or tab.")
    if wanted not in bare and counts[best]:
        raise UnreadableFile(
            f"The first row has no “{wanted}”; its columns seem to be separated by “{_shown(best)}” "
            f"({DELIMITERS[best]})."
        )
    return wanted


def _shown(mark: str) -> str:
    return "\\t" if mark == "\t" else mark


def _records(lines: Iterator[str], delimiter: str, skipped: int) -> Iterator[RawRow]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = skipped
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_broken(str(error), line)) from None
        number += 1
        if number == skipped + 1 or any(cell.strip() for cell in cells):
            yield RawRow(number, cells)


def _broken(reason: str, line: int) -> str:
    if "field larger" in reason or "unexpected end" in reason:
        return f"A quote opened in line {line} or after is never closed: the rest of the file would be one cell."
    if "expected after" in reason:
        return f"Line {line}: a quoted cell goes on after its closing quote; a quote inside a cell is written twice."
    return f"Line {line} can't be read: {reason}."


def _columns(cells: Sequence[str], delimiter: str) -> list[str]:
    columns = [" ".join(cell.split()) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise UnreadableFile("The first row is empty; it must name the columns.")
    seen: dict[str, int] = {}
    for place, column in enumerate(columns, start=1):
        if not column:
            raise UnreadableFile(f"Column {place} has no name in the first row.")
        if column.lower() in seen:
            raise UnreadableFile(
                f"Two columns are named “{column}” (columns {seen[column.lower()]} and {place}); rename one."
            )
        seen[column.lower()] = place
    return columns
