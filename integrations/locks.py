"""The one home of integrations' locks."""

from django.db import connection


def one_import(noun: str, company_id: int | None) -> None:
    """One import of a noun for a company at a time, until the transaction ends.

    The same file sent twice at once would otherwise find nothing of itself, and be written twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {noun} {company_id}"])
