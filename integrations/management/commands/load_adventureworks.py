"""`manage.py load_adventureworks FOLDER`: AdventureWorks' CSV files as a company over two sites."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from core.errors import DomainError
from integrations.adventureworks.loading import Loaded, load
from integrations.adventureworks.places import DEFAULT_CODE
from integrations.imports.framework.errors import RowsRefused

_SHOWN_ERRORS = 50


class Command(BaseCommand):
    help = "Load AdventureWorks' CSV files as a company with a factory and a distribution center. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--company-code", default=DEFAULT_CODE, metavar="CODE")

    def handle(self, *args: Any, folder: Path, company_code: str, **options: Any) -> None:
        began = time.monotonic()
        try:
            loaded = load(folder, company_code=company_code, now=now(), actor=None)
        except RowsRefused as refusal:
            for error in refusal.errors[:_SHOWN_ERRORS]:
                self.stderr.write(f"  {error}")
            raise CommandError(f"{len(refusal.errors)} errors; nothing was changed.", returncode=1) from None
        except DomainError as error:
            raise CommandError(error.message, returncode=1) from None
        self._tell(loaded, time.monotonic() - began)

    def _tell(self, loaded: Loaded, seconds: float) -> None:
        self.stdout.write(f"{'':<22}{'created':>9}{'changed':>9}{'unchanged':>11}{'skipped':>9}")
        for report in loaded.reports:
            outcome = report.outcome
            self.stdout.write(
                f"{report.counted:<22}{outcome.created:>9,}{outcome.changed:>9,}{outcome.unchanged:>11,}"
                f"{outcome.skipped:>9,}"
            )
        for fact in (*loaded.facts, *(note for report in loaded.reports for note in report.outcome.notes)):
            self.stdout.write(f"  {fact}")
        self.stdout.write(f"{loaded.company} is loaded, in {seconds:.1f} s.")
