"""What happens to companies, sites and what belongs to them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core import events

_MOST_DOCUMENTS = 1000


def record(
    kind: str, row_id: int, *, company_ids: Iterable[int | None] = (), site_ids: Iterable[int] = (), actor: Any
) -> None:
    """Record `<noun>.<past verb>` of one row, heard by these companies and sites."""
    noun = kind.partition(".")[0]
    events.record(
        kind,
        companies=[company for company in company_ids if company is not None],
        sites=site_ids,
        payload={"documents": [[noun, row_id]]},
        actor=actor,
    )


def record_many(
    kind: str,
    rows: Sequence[Any],
    *,
    company_ids_of: Callable[[Any], Iterable[int | None]] = lambda row: (),
    site_ids_of: Callable[[Any], Iterable[int]] = lambda row: (),
    actor: Any,
) -> None:
    """Record `<noun>.<past verb>` of many rows in one event for each thousand of them; each document names who may hear
    of it. No rows, no event.
    """
    noun = kind.partition(".")[0]
    for start in range(0, len(rows), _MOST_DOCUMENTS):
        documents = [
            [noun, row.pk, sorted({c for c in company_ids_of(row) if c is not None}), sorted(set(site_ids_of(row)))]
            for row in rows[start : start + _MOST_DOCUMENTS]
        ]
        events.record(
            kind,
            companies={company for document in documents for company in document[2]},
            sites={site for document in documents for site in document[3]},
            payload={"documents": documents},
            actor=actor,
        )
