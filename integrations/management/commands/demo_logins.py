"""`manage.py demo_logins`: who can sign in to the demo; prints nothing where there is no demo."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.demo.parties import PASSWORD
from integrations.demo.users import logins


class Command(BaseCommand):
    help = "Print the demo's users and their password, as long as the demo is in this database."

    def handle(self, *args: Any, **options: Any) -> None:
        known = logins()
        if not known:
            return
        self.stdout.write(f"Sign in to the demo with the password “{PASSWORD}” as")
        for name, text in known:
            self.stdout.write(f"  {name:<8}{text}")
