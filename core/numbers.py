"""Numbers of documents: consecutive per company and prefix, from 1001 on."""

from django.db import connection

FIRST = 1001

_TAKE = """
INSERT INTO core_numbersequence (company_id, prefix, last_number) VALUES (%(company)s, %(prefix)s, %(first)s)
ON CONFLICT (company_id, prefix) DO UPDATE SET last_number = core_numbersequence.last_number + %(count)s
RETURNING last_number
"""


def take(company_id: int, prefix: str, count: int = 1) -> list[str]:
    """The next `count` numbers, such as `["SO-1042"]`.

    Locks the company's sequence of this prefix until the transaction ends, so call it late; a rollback gives
    the numbers back, and no number is ever given twice.
    """
    if count == 0:
        return []
    parameters: dict[str, int | str] = {
        "company": company_id,
        "prefix": prefix,
        "first": FIRST + count - 1,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, parameters)
        (last,) = cursor.fetchone()
    return [f"{prefix}-{number}" for number in range(last - count + 1, last + 1)]
