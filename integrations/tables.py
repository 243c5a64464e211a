"""All tables of ours, for statements about the whole database."""

from collections.abc import Collection

from django.apps import apps
from django.db import connection

_OURS = ("core", "sites", "inventory", "sales", "purchasing", "fulfillment", "production", "quality", "floor",
         "planning", "analytics", "integrations")  # fmt: skip


def names(*, but: Collection[str] = ()) -> str:
    """The names of all tables of ours, quoted and joined by commas."""
    found = {model._meta.db_table for app in _OURS for model in apps.get_app_config(app).get_models()}
    return ", ".join(connection.ops.quote_name(name) for name in sorted(found.difference(but)))


def gather_statistics() -> None:
    """Tell the planner what the transaction at hand wrote.

    Nobody else sees it yet, and plans for tables that were empty when they were last counted can take a hundred times
    as long.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names()}")
