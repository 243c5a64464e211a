"""`manage.py load_demo`: a furniture maker at five sites, with months of history, to try everything on."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from core.errors import DomainError
from integrations.demo import loading, removing


class Command(BaseCommand):
    help = "Load the demo company, Põldsaar. Safe to repeat: a second time it does nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="The day it ends on; today.")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Empty the database first, whatever was done with the demo; refused where there is anything else.",
        )

    def handle(self, *args: Any, today: date | None, reset: bool, **options: Any) -> None:
        began, moment = time.monotonic(), now()
        try:
            if reset:
                removing.remove()
            loaded = loading.load(today=today or moment.date(), now=moment)
        except DomainError as error:
            raise CommandError(error.message, returncode=1) from None
        if loaded is None:
            self.stdout.write("The demo is there already; --reset loads it anew.")
            return
        seconds = time.monotonic() - began
        self.stdout.write(
            f"Põldsaar is loaded, in {seconds:.1f} s: {loaded.items} items in {loaded.levels} places, "
            f"{loaded.orders:,} orders, {loaded.postings:,} postings."
        )
