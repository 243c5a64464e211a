"""`manage.py check_invariants`: proves what must always hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import invariants


class Command(BaseCommand):
    help = "Check that ledger, balances, values, registers, levels and allocations agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="Checks to run; all of them if none is named.")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        unknown = sorted(set(names) - set(invariants.names()))
        if unknown:
            raise CommandError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(invariants.names())}.")
        outcomes = invariants.check(names)
        for outcome in outcomes:
            self._print(outcome)
        failed = sum(not outcome.is_ok for outcome in outcomes)
        if failed:
            raise CommandError(f"{failed} of {len(outcomes)} checks failed.", returncode=1)

    def _print(self, outcome: invariants.Outcome) -> None:
        if outcome.is_ok:
            self.stdout.write(f"OK      {outcome.name}")
            return
        self.stdout.write(self.style.ERROR(f"FAILED  {outcome.name}: {len(outcome.rows)} rows differ"))
        for row in outcome.rows:
            self.stdout.write(f"        {row}")
