"""`manage.py recompute_levels`: works the derived figures out again, in short transactions, while all goes on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from inventory.models import Item
from inventory.selectors import level_keys
from inventory.services.recompute import recompute
from sites.models import Site


class Command(BaseCommand):
    help = "Recompute levels, allocations and document statuses from balances and registers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Every item at every site.")
        parser.add_argument("--item", help="Only this item (its SKU).")
        parser.add_argument("--site", help="Only at this site (its code).")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["all"] or options["item"] or options["site"]):
            raise CommandError("Name an --item, a --site, or say --all.")
        batches = level_keys.all_keys() if options["all"] else [self._named(options["item"], options["site"])]
        seen = levels = documents = 0
        for keys in batches:
            changed = recompute(keys, now=clock.now())
            seen += len(keys)
            levels += len(changed.levels)
            documents += len(changed.documents)
            self.stdout.write(f"{seen} levels, {levels} of them and {documents} documents changed")

    def _named(self, sku: str | None, code: str | None) -> list[Any]:
        return level_keys.keys_at(_ids(Item, "sku", sku), _ids(Site, "code", code), None)


def _ids(model: Any, field: str, value: str | None) -> list[int] | None:
    if not value:
        return None
    row = model.objects.filter(**{f"{field}__iexact": value}).first()
    if row is None:
        raise CommandError(f"There is no {model._meta.verbose_name} “{value}”.")
    return [row.pk]
