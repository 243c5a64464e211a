"""What sites must know of the apps above it: those bring it in `AppConfig.ready`, so that nothing imports upward.

A fragment of SQL is a SELECT of one column of ids, with `%(companies)s` and `%(sites)s` for the reader's own ids
(bigint arrays) or, for `books` and `stock`, `%(id)s` of the company or site.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

_fragments: dict[str, dict[str, str]] = {"sites": {}, "companies": {}, "books": {}, "stock": {}}
_new_site: dict[str, Callable[..., Any]] = {}


def register(about: str, name: str, sql: str) -> None:
    """Enter a fragment: `sites` and `companies` that a reader deals with, `books` of a company, `stock` at a site.

    The same name again replaces it, so that `ready` may run twice.
    """
    _fragments[about][name] = sql


def fragments(about: str) -> list[str]:
    """The fragments entered for that question."""
    return list(_fragments[about].values())


def has_books(company_id: int) -> bool:
    """Whether values were kept in this company's currency."""
    return _any("books", company_id)


def holds_stock(site_id: int) -> bool:
    """Whether something stands at this site, whoever owns it."""
    return _any("stock", site_id)


def _any(about: str, row_id: int) -> bool:
    parts = [f"EXISTS ({sql})" for sql in fragments(about)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(parts) or 'FALSE'}", {"id": row_id})
        (answer,) = cursor.fetchone()
    return bool(answer)


def register_new_site(name: str, function: Callable[..., Any]) -> None:
    """Enter what else a new site needs at once, in the transaction that creates it: `function(site, actor=…)`."""
    _new_site[name] = function


def complete_new_site(site: Any, *, actor: Any) -> None:
    """Let the apps above add what a new site needs."""
    for function in _new_site.values():
        function(site, actor=actor)
