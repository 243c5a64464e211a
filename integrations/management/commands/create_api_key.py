"""`manage.py create_api_key NAME --user USER`: prints the new key and nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from integrations.models import ApiKey
from integrations.services import api_keys


class Command(BaseCommand):
    help = "Make an API key for a user, and print it; it cannot be read again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="What the key is for, such as the system that uses it.")
        parser.add_argument("--user", required=True, help="The user name whose rights the key has.")
        parser.add_argument("--read-only", action="store_true", help="The key may only read.")

    def handle(self, *args: Any, name: str, user: str, read_only: bool, **options: Any) -> None:
        model = get_user_model()
        try:
            owner = model.objects.get_by_natural_key(user)
        except model.DoesNotExist:
            raise CommandError(f"There is no user “{user}”.") from None
        access = ApiKey.Access.READ if read_only else ApiKey.Access.WRITE
        _, text = api_keys.create(name=name, user=owner, access=access, actor=None)
        self.stdout.write(text)
