"""Documents on paper: a head with a code, fields and tables as an A4 PDF, and labels, a page each.

No HTML engine: those need libraries of the system that a clean machine lacks (decision 0400). Text is set in Roboto,
which the installation brings along, so that any European name prints. No prices stand on these documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import segno
from django.http import HttpResponse
from font_roboto import Roboto, RobotoBold
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

MARGIN_MM = 14
CODE_MM = 24
SMALL_CODE_MM = 14
LABEL_MM = (100, 50)


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the page; a row's `code` is printed as a QR code before its cells where `has_codes`."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    title: str = ""
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class Paper:
    """A document to print: `number` is its QR code as well."""

    title: str
    number: str
    fields: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = field(default_factory=tuple)
    empty: str = ""


@dataclass(frozen=True)
class Label:
    """A label of 100 × 50 mm: what a scanner reads, the line that people read, and further lines."""

    code: str
    title: str
    lines: Sequence[str] = ()


def qr_matrix(text: str) -> tuple[tuple[int, ...], ...]:
    """The modules of a QR code, row by row; never a Micro QR code, which few scanners read."""
    return tuple(tuple(row) for row in segno.make_qr(text, error="m").matrix)


def render(paper: Paper) -> bytes:
    """A document as PDF."""
    pdf = _Pages(paper)
    pdf.add_page()
    _fields(pdf, paper.fields)
    for table in paper.tables:
        _table(pdf, table)
    if not any(table.rows for table in paper.tables) and paper.empty:
        pdf.multi_cell(0, 8, paper.empty)
    return bytes(pdf.output())


def render_labels(labels: Iterable[Label]) -> bytes:
    """Labels as PDF, one a page."""
    pdf = FPDF(unit="mm", format=(LABEL_MM[1], LABEL_MM[0]), orientation="L")
    _fonts(pdf)
    pdf.set_auto_page_break(False)
    for label in labels:
        pdf.add_page()
        _code(pdf, label.code, 4, 6, 38)
        pdf.set_xy(46, 8)
        pdf.set_font("Roboto", "B", 15)
        pdf.multi_cell(50, 7, label.title, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
        pdf.set_font("Roboto", "", 10)
        for line in label.lines:
            pdf.set_x(46)
            pdf.multi_cell(50, 5, line, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
    return bytes(pdf.output())


def answer(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows and saves as `name`."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


class _Pages(FPDF):
    """A4 with the head on each page and its number at the foot."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(unit="mm", format="A4")
        self.paper = paper
        _fonts(self)
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 6)
        self.set_title(f"{paper.title} {paper.number}")

    def header(self) -> None:
        _code(self, self.paper.number, self.w - MARGIN_MM - CODE_MM, MARGIN_MM, CODE_MM)
        self.set_font("Roboto", "", 11)
        self.cell(0, 6, self.paper.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("Roboto", "B", 20)
        self.cell(0, 10, self.paper.number, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(MARGIN_MM + CODE_MM + 4)
        self.set_font("Roboto", "", 10)

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.set_font("Roboto", "", 8)
        self.cell(0, 5, f"{self.paper.number}   {self.page_no()} / {{nb}}", align="R")


@cache
def _font_files() -> tuple[str, str]:
    return str(Roboto), str(RobotoBold)


def _fonts(pdf: Any) -> None:
    regular, bold = _font_files()
    pdf.add_font("Roboto", "", regular)
    pdf.add_font("Roboto", "B", bold)
    pdf.set_font("Roboto", "", 10)


def _fields(pdf: FPDF, fields: Sequence[tuple[str, str]]) -> None:
    for name, value in fields:
        pdf.set_font("Roboto", "", 10)
        pdf.cell(38, 6, name)
        pdf.set_font("Roboto", "B", 10)
        pdf.multi_cell(0, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(3)


def _table(pdf: FPDF, table: Table) -> None:
    if not table.rows:
        return
    if table.title:
        pdf.set_font("Roboto", "B", 12)
        pdf.cell(0, 9, table.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font("Roboto", "", 9)
    heads, rows, widths = list(table.heads), [list(row) for row in table.rows], list(table.widths)
    with pdf.table(
        col_widths=widths, line_height=6, padding=1, headings_style=FontFace(emphasis="BOLD"), text_align="LEFT"
    ) as body:
        body.row(heads)
        for row in rows:
            body.row(row)
    pdf.ln(2)
    for place, code in enumerate(table.codes):
        _coded(pdf, place, code)
    if table.codes:
        pdf.set_y(pdf.get_y() + SMALL_CODE_MM + 12)


def _coded(pdf: FPDF, place: int, code: str) -> None:
    """One of the codes below a table, four in a row, with its text."""
    column = place % 4
    if column == 0:
        if place:
            pdf.set_y(pdf.get_y() + SMALL_CODE_MM + 10)
        if pdf.will_page_break(SMALL_CODE_MM + 12):
            pdf.add_page()
    x, y = MARGIN_MM + column * 46, pdf.get_y()
    _code(pdf, code, x, y, SMALL_CODE_MM)
    pdf.set_xy(x, y + SMALL_CODE_MM)
    pdf.set_font("Roboto", "", 8)
    pdf.cell(44, 5, code)
    pdf.set_y(y)


def _code(pdf: FPDF, text: str, x: float, y: float, size: float) -> None:
    """A QR code of `size` mm with its quiet zone, drawn as squares, so that it is sharp at any scale."""
    matrix = qr_matrix(text)
    module = size / (len(matrix) + 4)
    pdf.set_fill_color(0)
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                pdf.rect(x + (column + 2) * module, y + (row + 2) * module, module, module, style="F")
