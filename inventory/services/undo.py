"""Undoing a posting from wherever it is seen: the document that wrote it undoes its own part too."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from core.errors import NotFound
from core.transactions import service
from inventory.choices import DocumentKind
from inventory.drafts import Posted
from inventory.events import record_change
from inventory.models import Posting, StockMove
from inventory.services.reversal import reverse
from sites.access import require


class Undo(Protocol):
    def __call__(self, posting_id: int, *, now: datetime, actor: Any) -> Posted: ...


_undoers: dict[str, Undo] = {}


def register(document_kind: str, undo: Undo) -> None:
    """Enter how a kind of document undoes one of its postings; each app does it in `AppConfig.ready`.

    The function locks the document, calls `reversal.reverse`, puts quantities, state and registers back, and
    records the event.
    """
    _undoers[document_kind] = undo


def undoer(document_kind: str) -> Callable[..., Posted]:
    """How a kind of document undoes a posting; without a document of its own, the posting alone."""
    return _undoers.get(document_kind, reverse_adjustment)


@service
def reverse_posting(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """Undo a posting and what its document made of it.

    :raises NotFound: no such posting.
    :raises AlreadyReversed, ReversalBlocked: see `reversal.reverse`.
    """
    posting = Posting.objects.filter(id=posting_id).first()
    if posting is None:
        raise NotFound("There is no such posting.")
    return undoer(posting.source_kind)(posting_id, now=now, actor=actor)


@service
def reverse_adjustment(posting_id: int, *, now: datetime, actor: Any) -> Posted:
    """Undo a posting that no document stands behind. Emits `adjustment.reversed`.

    :raises NotFound, Forbidden: when the stock of one of its owners at one of its sites is not his to change.
    """
    posting = Posting.objects.filter(id=posting_id).first()
    if posting is None:
        raise NotFound("There is no such posting.")
    for owner_id, site_id in sorted({(posting.company_id, posting.site_id)} | _moved(posting_id)):
        require(actor, company_id=owner_id, site_id=site_id, by_operator=True)
    posted = reverse(posting_id, now=now, actor=actor)
    record_change(
        "adjustment.reversed",
        documents=[(DocumentKind.ADJUSTMENT.value, posting_id)],
        keys=posted.keys,
        company_ids=[posting.company_id],
        site_ids=[posting.site_id],
        actor=actor,
    )
    return posted


def _moved(posting_id: int) -> set[tuple[int, int]]:
    """Owner and site of all that a posting moved: opening stock is of several."""
    moves = StockMove.objects.filter(posting=posting_id).order_by()
    sides = [moves.values_list(f"{side}_owner_id", f"{side}_site_id").distinct() for side in ("from", "to")]
    return {pair for side in sides for pair in side}
