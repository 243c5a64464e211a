"""`manage.py purge_feeds --days 400`: deletes old events and tombstones."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from core.services.purging import BATCH, purge_batch

SHORTEST_DAYS = 30


class Command(BaseCommand):
    help = "Delete events and tombstones older than so many days (at least 30); clients away for longer start anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=400)

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        older_than = timedelta(days=max(days, SHORTEST_DAYS))
        for table in ("core_event", "core_tombstone"):
            total = count = purge_batch(table, older_than=older_than)
            while count == BATCH:
                count = purge_batch(table, older_than=older_than)
                total += count
            self.stdout.write(f"{table}: {total} deleted")
