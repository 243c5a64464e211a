"""The lines of a form as they are read."""

from django.http import QueryDict

from core.web.rows import MOST_ROWS, FormRows


def typed_in(count: int) -> QueryDict:
    data = QueryDict(mutable=True)
    for place in range(count):
        data[f"lines-{place}-item"] = "TABLE"
    return data


def test_no_line_that_was_sent_is_left_out() -> None:
    rows = FormRows.read(typed_in(MOST_ROWS + 2), ["item"])

    assert (len(rows.rows), rows.are_too_many) == (MOST_ROWS + 2, True)
    refused = {row.number: row.errors for row in rows.rows if row.errors}
    assert refused == {
        MOST_ROWS: {"item": "A form takes 1000 lines, and these are 1002: load them as a file, or in parts."}
    }


def test_as_many_as_a_form_takes_are_fine() -> None:
    rows = FormRows.read(typed_in(MOST_ROWS), ["item"])

    assert (len(rows.rows), rows.are_too_many) == (MOST_ROWS, False)
