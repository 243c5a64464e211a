"""`manage.py import_csv NOUN FILE`: rows of a CSV file become items, orders, stock; all of them or none."""

import csv
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from core.errors import DomainError
from integrations.imports.framework.importer import Context, Importer
from integrations.imports.framework.running import Options, Report, run
from integrations.imports.registry import IMPORTERS, importer
from integrations.imports.texts import failed_rows, fields_text, report_lines
from sites.models import Company, Site

_SHOWN_ERRORS = 50


class Command(BaseCommand):
    help = "Import a CSV file: every row or, with a list of what is wrong, none."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        nouns = "\n".join(f"  {noun:<20} {each.help}" for noun, each in IMPORTERS.items())
        epilog = f"Nouns:\n{nouns}\n\nimport_csv NOUN --fields lists the fields of one."
        return super().create_parser(
            prog_name, subcommand, epilog=epilog, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("noun", metavar="NOUN", help=", ".join(IMPORTERS))
        parser.add_argument("file", metavar="FILE", nargs="?", help="The CSV file; - is standard input.")
        parser.add_argument("--map", nargs="*", action="extend", default=[], metavar="COLUMN=FIELD", dest="pairs")
        parser.add_argument("--company", metavar="CODE", help="Whose it is, for rows that don't say.")
        parser.add_argument("--site", metavar="CODE", help="Where it is, for rows that don't say.")
        parser.add_argument("--dry-run", action="store_true", help="Check and write everything, and keep nothing.")
        parser.add_argument("--delimiter", metavar="CHAR", help="Found by itself if not given; tab for a tab.")
        parser.add_argument("--encoding", metavar="NAME", help="UTF-8 if not given.")
        parser.add_argument("--reference", default="", help="What opening stock is posted under; the file's name.")
        parser.add_argument("--errors", metavar="FILE", dest="errors_file", help="Write the rows in error here.")
        parser.add_argument("--fields", action="store_true", help="List the noun's fields and do nothing.")

    def handle(self, *args: Any, noun: str, file: str | None, **options: Any) -> None:
        try:
            wanted = importer(noun)
        except DomainError as error:
            raise CommandError(error.message) from None
        if options["fields"]:
            self.stdout.write(fields_text(wanted))
            return
        if file is None:
            raise CommandError("Name the FILE to import, or - for standard input.")
        context = Context(
            now=now(),
            actor=None,
            company=_named(Company, options["company"], "company"),
            site=_named(Site, options["site"], "site"),
            reference=options["reference"] or ("" if file == "-" else Path(file).stem[:32]),
        )
        report = self._run(wanted, file, Options(**_reading(options)), context)
        self._tell(report, options["errors_file"])

    def _run(self, wanted: Importer, file: str, options: Options, context: Context) -> Report:
        if file == "-":
            return run(wanted, sys.stdin.buffer, options, context)
        try:
            source: BinaryIO
            with open(file, "rb") as source:
                return run(wanted, source, options, context)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from None

    def _tell(self, report: Report, errors_file: str | None) -> None:
        for line in report_lines(report):
            self.stdout.write(line)
        if report.is_ok:
            return
        for error in report.errors[:_SHOWN_ERRORS]:
            self.stderr.write(f"  {error}")
        if report.error_count > _SHOWN_ERRORS:
            self.stderr.write(f"  … and {report.error_count - _SHOWN_ERRORS} more errors.")
        if errors_file:
            self._write_failed(report, errors_file)
        count = f"{report.error_count} error" + ("s" if report.error_count > 1 else "")
        raise CommandError(f"{count}; nothing was changed.", returncode=1)

    def _write_failed(self, report: Report, errors_file: str) -> None:
        try:
            with open(errors_file, "w", newline="", encoding="utf-8") as target:
                csv.writer(target).writerows(failed_rows(report))
        except OSError as error:
            self.stderr.write(f"{errors_file} can't be written: {error.strerror}.")
            return
        self.stderr.write(f"{len(report.failed)} rows in error are in {errors_file}.")


def _reading(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "delimiter": options["delimiter"],
        "encoding": options["encoding"],
        "mapping": _mapping(options["pairs"]),
        "dry_run": options["dry_run"],
    }


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        # A column's name may hold a =, a field's never does.
        column, mark, field = pair.rpartition("=")
        if not mark or not column:
            raise CommandError(f"--map “{pair}”: write COLUMN=FIELD; COLUMN= ignores a column.")
        mapping[column] = field
    return mapping


def _named(model: type[Any], code: str | None, noun: str) -> Any:
    if code is None:
        return None
    found = model.objects.filter(code__iexact=code, archived_at=None).first()
    if found is None:
        raise CommandError(f"There is no {noun} {code}.")
    return found
