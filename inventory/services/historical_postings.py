"""Postings that tell of the past: numbered heads without moves, so no balance, value or level follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from inventory.choices import POSTING_PREFIX, DocumentKind, PostingKind

_WRITE = """
WITH given AS (
    SELECT nextval('inventory_posting_id_seq') AS id, g.*
    FROM unnest(%(companies)s::bigint[], %(sites)s::bigint[], %(source_ids)s::bigint[], %(source_numbers)s::text[],
                %(effective)s::timestamptz[])
        WITH ORDINALITY AS g(company_id, site_id, source_id, source_number, effective_at, place)
    ORDER BY g.place
), written AS (
    INSERT INTO inventory_posting (id, number, company_id, site_id, kind, source_kind, source_id, source_number,
                                   reason, effective_at, effective_on, posted_at, actor_id, is_historical)
    SELECT g.id, %(prefix)s || '-' || g.id, g.company_id, g.site_id, %(kind)s, %(source_kind)s, g.source_id,
           g.source_number, '', g.effective_at, (g.effective_at AT TIME ZONE s.time_zone)::date, now(), %(actor)s, true
    FROM given g JOIN sites_site s ON s.id = g.site_id
)
SELECT id, %(prefix)s || '-' || id FROM given ORDER BY place
"""


@dataclass(frozen=True)
class HistoricalPosting:
    """The head of a posting of the past: whose, where, of which document, and when it happened."""

    company_id: int
    site_id: int
    source_id: int
    source_number: str
    effective_at: datetime


def record(
    kind: PostingKind, source_kind: DocumentKind, heads: Sequence[HistoricalPosting], *, actor: Any
) -> list[tuple[int, str]]:
    """Write these heads in one statement, marked historical; returns id and number of each, in the same order.

    Part of the caller's service, which has checked who may and records the event.
    """
    if not heads:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "prefix": POSTING_PREFIX[kind],
                "kind": kind.value,
                "source_kind": source_kind.value,
                "actor": getattr(actor, "pk", None),
                "companies": [head.company_id for head in heads],
                "sites": [head.site_id for head in heads],
                "source_ids": [head.source_id for head in heads],
                "source_numbers": [head.source_number for head in heads],
                "effective": [head.effective_at for head in heads],
            },
        )
        return cursor.fetchall()
