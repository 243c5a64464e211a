"""What quality's workers do when an event has been committed."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from core import handlers
from core.models import Event
from inventory.choices import DocumentKind
from quality.choices import TASK

_PURCHASE, _MAKE = DocumentKind.PURCHASE_ORDER.value, DocumentKind.MANUFACTURING_ORDER.value
_FOLLOWED = (
    f"{_PURCHASE}.received",
    f"{_PURCHASE}.reversed",
    f"{_MAKE}.completed",
    f"{_MAKE}.reversed",
    f"{TASK}.finished",
)


def register() -> None:
    """Enter quality's handlers; called in `AppConfig.ready`."""
    handlers.register("quality_checks", happened, follows=_FOLLOWED)


def happened(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Open the checks that plans call for, and cancel those of what was taken back; twice changes nothing."""
    from inventory.models import Posting
    from quality.services import opening

    found = Event.objects.filter(pk__in=[key[0] for key in keys]).order_by("pk")
    back: defaultdict[str, set[int]] = defaultdict(set)
    for event in found:
        kind, verb = event.kind.split(".")
        ids = {document_id for name, document_id, *_ in event.payload["documents"] if name == kind}
        if verb == "reversed":
            back[kind] |= ids
        elif kind == TASK:
            opening.open_for_tasks(ids, now=now)
        else:
            # Written in the event's own transaction: a plan made later says nothing of what came before.
            written = Posting.objects.filter(source_kind=kind, source_id__in=ids, changed_xid=event.xid)
            opening.open_for_postings(list(written.values_list("pk", flat=True)), now=now)
    for kind, ids in back.items():
        opening.cancel_reversed(kind, ids, now=now)
