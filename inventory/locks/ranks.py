"""The lock on a company's rank sequence."""

from django.db import connection

# Keeps these advisory locks apart from any others.
_NAMESPACE = 7301


def lock_sequence(company_id: int) -> None:
    """Nobody else appends or moves ranks of this company until the transaction ends; read the neighbors after it.

    A document's lock goes before it, balances after it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock((%s::bigint << 40) + %s)", [_NAMESPACE, company_id])
