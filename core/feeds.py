"""Feeds in commit order: neither ids nor timestamps are, so a feed reads by transaction id below the horizon.

The horizon is `pg_snapshot_xmin(pg_current_snapshot())`: each transaction below it has ended, so nothing below it
can appear later. A cursor is `<xid>-<id>` of the last row that was read.
"""

import re
from dataclasses import dataclass

from django.db import connection

_CURSOR = re.compile(r"(\d{1,20})-(\d{1,19})")
_LARGEST_XID = 2**64 - 1
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a feed; what lies after it has not been read."""

    xid: int
    id: int = 0

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"


def parse_cursor(text: str) -> Cursor | None:
    """The cursor that a client sent back, or None when it is none of ours."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        return None
    cursor = Cursor(int(match[1]), int(match[2]))
    return cursor if cursor.xid <= _LARGEST_XID and cursor.id <= _LARGEST_ID else None


def horizon() -> Cursor:
    """The place below which everything is committed and visible."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        (xid,) = cursor.fetchone()
    return Cursor(int(xid))
