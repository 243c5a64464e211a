"""ETag and If-Match on rows that people edit."""

import re
from typing import Any

from rest_framework.request import Request

from core.errors import DomainError

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
# No row has this version, so a tag that is none of ours is stale by itself.
_NEVER = 0


class VersionRequired(DomainError):
    """An edit must say which version it edits."""

    code = "precondition_required"
    status = 428


def etag(row: Any) -> str | None:
    """A row's entity tag: its version, or None where the row has none."""
    version = row.get("version") if isinstance(row, dict) else getattr(row, "version", None)
    return None if version is None else f'"{version}"'


def expected_version(request: Request) -> int:
    """The version that `If-Match` names.

    :raises VersionRequired: without that header.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionRequired("Send If-Match with the ETag of the row as you read it.")
    match = _TAG.fullmatch(header.strip())
    return int(match[1]) if match else _NEVER
