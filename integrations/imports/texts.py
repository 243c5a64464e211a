"""What an import says to people: plain lines for a terminal, and rows for a file."""

from collections.abc import Iterator

from integrations.imports.framework.importer import Importer
from integrations.imports.framework.running import Report


def report_lines(report: Report) -> Iterator[str]:
    """The outcome as a plain table: what is counted, and how many of it."""
    figures = [("rows read", report.rows)]
    if report.is_ok:
        outcome = report.outcome
        figures += [
            ("created", outcome.created),
            ("changed", outcome.changed),
            ("unchanged", outcome.unchanged),
            ("skipped", outcome.skipped),
        ]
    else:
        figures += [("rows in error", len(report.failed)), ("errors", report.error_count)]
    what = report.counted
    yield f"{what[:1].upper()}{what[1:]}" + (" (dry run: nothing was kept)" if report.dry_run else "")
    for name, count in figures:
        yield f"  {count:>9,} {name}"
    if report.ignored:
        yield f"  Columns not used: {', '.join(report.ignored)}"
    for note in report.outcome.notes:
        yield f"  {note}"


def failed_rows(report: Report) -> Iterator[list[str]]:
    """The header and the rows in error as they stood in the file, each with its row number and what is wrong."""
    yield [*report.columns, "row", "reason"]
    width = len(report.columns)
    for number, (cells, reasons) in sorted(report.failed.items()):
        padded = [*cells, *([""] * (width - len(cells)))][: max(width, len(cells))]
        yield [*padded, str(number), "; ".join(reasons)]


def fields_text(importer: Importer) -> str:
    """An importer's fields as a plain table."""
    lines = [importer.help, ""]
    for field in importer.fields:
        required = "required" if field.is_required else ""
        also = f"also: {', '.join(field.aliases)}" if field.aliases else ""
        about = "; ".join(part for part in (field.help.rstrip("."), also) if part)
        lines.append(f"  {field.name:<24} {required:<9} {about}".rstrip())
    return "\n".join(lines)
