"""Locks that changes of master data take before they look at the stock they concern."""

from decimal import Decimal

from django.db import connection

from inventory.models import Location, StockBalance


def lock_location(location_id: int) -> None:
    """Keep new balances out of a location until the transaction ends.

    A full FOR UPDATE: whoever inserts a balance takes a key share of its location, which waits for this lock and
    not for the weaker one that all others use.
    """
    list(Location.objects.select_for_update().filter(pk=location_id).values_list("pk"))


def lock_balances_at(location_id: int) -> list[Decimal]:
    """Lock a location's balances by id; returns their quantities."""
    rows = StockBalance.objects.select_for_update(no_key=True).filter(location=location_id).order_by("pk")
    return list(rows.values_list("quantity", flat=True))


def lock_owner_at_site(owner_id: int, site_id: int) -> None:
    """One change of consignment at a time for an owner at a site, then his balances there, by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consignment {owner_id} {site_id}"])
    rows = StockBalance.objects.select_for_update(no_key=True).filter(owner=owner_id, site=site_id).order_by("pk")
    list(rows.values_list("pk"))
