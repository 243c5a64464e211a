"""Files as people have them: what is understood, and what is refused by name."""

import io
from decimal import Decimal

import pytest

from integrations.imports.framework.checking import check_row
from integrations.imports.framework.errors import RowsRefused, UnreadableFile
from integrations.imports.framework.fields import Field, boolean, choice, day, decimal, text, whole
from integrations.imports.framework.mapping import match
from integrations.imports.framework.reading import RawRow, Table, open_table

FIELDS = (
    Field("sku", text(8), is_required=True, aliases=("item number",)),
    Field("quantity", decimal(decimals=2)),
    Field("due_on", day),
)


def table(data: bytes, **options: str) -> Table:
    return open_table(io.BytesIO(data), **options)


def rows(data: bytes, **options: str) -> list[tuple[int, list[str]]]:
    return [(row.number, list(row.cells)) for row in table(data, **options).rows]


def refusal(data: bytes, **options: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(table(data, **options).rows)
    return caught.value.message


@pytest.mark.parametrize("mark", [b",", b";", b"\t", b"|"])
def test_finds_the_delimiter_in_the_first_row(mark: bytes) -> None:
    assert rows(mark.join([b"sku", b'"a,b;c"']) + b"\n" + mark.join([b"A", b"1"]) + b"\n") == [(2, ["A", "1"])]


def test_reads_a_mark_windows_line_ends_quoted_line_breaks_and_skips_empty_rows() -> None:
    data = '\ufeffsku,name\r\nA,"Ä\r\nb"\r\n,\r\n\r\nB,c'.encode()
    assert rows(data) == [(2, ["A", "Ä\r\nb"]), (5, ["B", "c"])]


def test_counts_rows_from_the_first_line_of_the_file() -> None:
    assert rows(b"\n\nsku\nA\n") == [(4, ["A"])]


def test_names_the_byte_that_is_not_utf8() -> None:
    message = refusal("sku,name\nA,Kühl\n".encode("cp1252"))
    assert "Byte 0xFC at position 12 (about line 2) is not UTF-8" in message
    assert "cp1252" in message


def test_names_the_byte_far_into_a_file() -> None:
    head = b"sku,name\n" + b"A,b\n" * 50_000
    assert f"position {len(head) + 3} " in refusal(head + b"A,b\xff\n")


def test_reads_another_encoding_when_it_is_named() -> None:
    assert rows("sku\nKühl\n".encode("cp1252"), encoding="cp1252") == [(2, ["Kühl"])]
    assert rows("sku\nKühl\n".encode("utf-16"), encoding="utf-16") == [(2, ["Kühl"])]


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        (b"", {}, "The file is empty"),
        (b" \r\n\r\n", {}, "The file is empty"),
        ("sku\nA\n".encode("utf-16"), {}, "The file is UTF-16"),
        (b"s\x00k\x00u\x00", {}, "Byte 0x00 at position 1"),
        (b"PK\x03\x04xlsx", {}, "This is a spreadsheet"),
        (b"sku\nA\n", {"encoding": "utf-9"}, "“utf-9” is no encoding"),
        (b"sku\nA\n", {"encoding": "base64"}, "“base64” is no encoding"),
        (b"sku;name\nA;b\n", {"delimiter": ","}, "seem to be separated by “;” (semicolon)"),
        (b"sku;name\nA;b\n", {"delimiter": ";;"}, "can't be a delimiter"),
        (b"sku,SKU \nA,B\n", {}, "Two columns are named “SKU” (columns 1 and 2)"),
        (b"sku,,name\nA,B,C\n", {}, "Column 2 has no name"),
        (b'sku,"name\nA,B\n', {}, "A quote in the first row is never closed"),
        (b'sku,name\nA,B\nA,"B\nA,B\n', {}, "A quote opened in line 3 or after is never closed"),
        (b'sku,name\nA,B\nA,"B"x\n', {}, "Line 3: a quoted cell goes on after its closing quote"),
    ],
)
def test_refuses_a_file_that_can_not_be_read(data: bytes, options: dict[str, str], expected: str) -> None:
    assert expected in refusal(data, **options)


def test_matches_columns_by_name_alias_and_wish() -> None:
    columns = match(["Item-Number", "Due on", "Amount", "Extra"], FIELDS, {"amount": "quantity"})
    assert columns.places == {"sku": 0, "due_on": 1, "quantity": 2}
    assert columns.ignored == ["Extra"]


def test_tells_every_column_that_does_not_fit() -> None:
    with pytest.raises(RowsRefused) as caught:
        match(["name", "Amount", "Sum"], FIELDS, {"Amount": "quantiy", "Sum": "quantity", "Lost": "sku"})
    messages = [str(error) for error in caught.value.errors]
    assert messages == [
        "Amount: There is no field “quantiy”. Did you mean quantity?",
        "Lost: The file has no such column; it has name, Amount, Sum.",
        "The file has no column sku (or item number), which is required. Map one of name, Amount to it, or add it.",
    ]


def check(*cells: str) -> tuple[dict | None, list[str]]:
    columns = match(["sku", "quantity", "due_on"], FIELDS)
    row, errors = check_row(RawRow(7, cells), columns, FIELDS)
    return row and row.values, [str(error) for error in errors]


def test_converts_cells_and_leaves_empty_ones_out() -> None:
    assert check(" A ", "1.50", "")[0] == {"sku": "A", "quantity": Decimal("1.50")}
    assert check("A", "", "2026-03-31 10:00:00.000", "")[0] is not None


def test_tells_every_cell_that_is_wrong() -> None:
    assert check("", "1,50", "31.03.2026") == (
        None,
        [
            "row 7, sku: It is empty, but required.",
            "row 7, quantity “1,50”: It is not a number. Write it with a point and without thousands separators.",
            "row 7, due_on “31.03.2026”: It is not a date such as 2026-03-31.",
        ],
    )


def test_refuses_a_row_with_too_few_or_too_many_cells() -> None:
    assert check("A", "1")[1] == ["row 7: The row has 2 cells and the first row 3; a delimiter is missing or too many."]
    assert check("A", "1", "", "x")[0] is None


@pytest.mark.parametrize(
    ("convert", "cell", "expected"),
    [
        (decimal(), "-1", "It must be 0 or more."),
        (decimal(decimals=2), "0.001", "It has more than 2 decimals."),
        (decimal(), "NaN", "It is not a number."),
        (decimal(), "1e400", "It is out of range; the largest is 999999999999."),
        (whole(), "1.5", "It must be a whole number."),
        (whole(largest=9), "10", "It must be from 0 to 9."),
        (boolean, "perhaps", "It must be yes or no."),
        (text(3), "long", "It has 4 characters; 3 are allowed."),
        (choice(("none", "lot")), "serial", "It must be one of none, lot."),
        (day, "2026-02-30", "It is not a date such as 2026-03-31."),
    ],
)
def test_says_what_is_wrong_with_a_cell(convert, cell: str, expected: str) -> None:
    with pytest.raises(ValueError, match="^" + expected.replace(".", r"\.") + "$"):
        convert(cell)
