"""The block of a document: a flag beside its state, with the reason and since when."""

from datetime import datetime

from core.errors import InvalidInput
from inventory.errors import DocumentBlocked
from inventory.models import Document


def checked_reason(reason: str, *, noun: str = "order") -> str:
    """:raises InvalidInput: when the reason for a block is empty."""
    if not reason.strip():
        raise InvalidInput(errors={"reason": f"Say why the {noun} is blocked."})
    return reason.strip()


def refuse_blocked(document: Document) -> None:
    """:raises DocumentBlocked: when the document is blocked."""
    if document.blocked_at is not None:
        raise DocumentBlocked(number=document.number, reason=document.blocked_reason, since=document.blocked_at)


def write(document: Document, *, blocked_at: datetime | None, reason: str) -> None:
    """Block a document, or with None let it go on; the caller holds its lock."""
    document.blocked_at, document.blocked_reason = blocked_at, reason
    document.version += 1
    document.save(update_fields=["blocked_at", "blocked_reason", "version"])
