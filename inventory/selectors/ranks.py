"""Rank numbers as people read them: 1, 2, 3 … over a company's open orders."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from inventory.models import Priority
from sites.access import Access

# Counts the partial index of open priorities up to the first one asked for, and numbers those from there to the last:
# a page far behind costs a count, not a sort of all that stands before it.
_POSITIONS = """
SELECT numbered.id, numbered.position
FROM (
    SELECT company_id, min(rank COLLATE "C") AS first, max(rank COLLATE "C") AS last
    FROM inventory_priority WHERE id = ANY(%(ids)s) GROUP BY company_id
) wanted
CROSS JOIN LATERAL (
    SELECT count(*) AS count FROM inventory_priority p
    WHERE p.company_id = wanted.company_id AND p.closed_at IS NULL AND p.rank < wanted.first
) before
CROSS JOIN LATERAL (
    SELECT p.id, before.count + row_number() OVER (ORDER BY p.rank) AS position
    FROM inventory_priority p
    WHERE p.company_id = wanted.company_id AND p.closed_at IS NULL
      AND p.rank >= wanted.first AND p.rank <= wanted.last
) numbered
WHERE numbered.id = ANY(%(ids)s)
"""


def visible_priorities(access: Access) -> QuerySet[Priority]:
    """Places in the ranks of his companies."""
    return Priority.objects.filter(access.q(companies=["company"]))


def positions(priority_ids: Iterable[int | None]) -> dict[int, int]:
    """The rank numbers of priorities among the open ones of their companies; closed ones are left out. One query."""
    ids = sorted({priority_id for priority_id in priority_ids if priority_id is not None})
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, {"ids": ids})
        return dict(cursor.fetchall())


def priority_at(company_id: int, position: int) -> Priority | None:
    """The open priority that has this rank number, or None behind the last; for “move to rank …”."""
    rows = Priority.objects.filter(company_id=company_id, closed_at=None).order_by("rank")
    return rows[max(position, 1) - 1 :].first()


def last(company_id: int) -> Priority | None:
    """The last open priority of a company."""
    return Priority.objects.filter(company_id=company_id, closed_at=None).order_by("-rank").first()
