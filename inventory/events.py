"""What inventory tells the world: events that name documents and the level keys to recompute."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from core import events
from core.models import Event
from inventory.choices import DocumentKind
from inventory.drafts import LevelKey, Posted

LEVELS = "levels"


def record_change(
    kind: str,
    *,
    documents: Iterable[tuple[str, int]] = (),
    keys: Iterable[LevelKey] = (),
    company_ids: Iterable[int],
    site_ids: Iterable[int] = (),
    actor: Any,
) -> None:
    """Record one event in the caller's transaction and, where levels changed, the work for their recompute.

    `kind` is `<noun>.<past verb>`. The keys' companies and sites hear of it too.
    """
    keys = sorted(set(keys))
    events.record(
        kind,
        companies={*company_ids, *(key.used_by_id for key in keys)},
        sites={*site_ids, *(key.site_id for key in keys)},
        payload={"documents": [list(document) for document in documents], "levels": [list(key) for key in keys]},
        keys_by_handler={LEVELS: [list(key) for key in keys]},
        actor=actor,
    )


def levels_of(event_ids: Iterable[int]) -> set[LevelKey]:
    """The levels that these events have marked for recompute; for handlers that follow them."""
    payloads = Event.objects.filter(pk__in=list(event_ids)).values_list("payload", flat=True)
    return {LevelKey(*level) for payload in payloads for level in payload["levels"]}


def record_adjustment(posted: Posted, *, company_id: int, site_ids: Iterable[int], actor: Any) -> None:
    """Record `adjustment.posted` of a posting that no document stands behind."""
    record_change(
        "adjustment.posted",
        documents=[(DocumentKind.ADJUSTMENT.value, posted.posting_id)],
        keys=posted.keys,
        company_ids=[company_id],
        site_ids=site_ids,
        actor=actor,
    )


class Told(NamedTuple):
    """One of several documents of an event: whose it is, and which companies may hear of it."""

    document_id: int
    company_id: int
    hearer_ids: Collection[int]
    site_id: int


def record_documents(
    kind: DocumentKind, verb: str, documents: Sequence[Told], *, keys: Iterable[LevelKey] = (), actor: Any
) -> None:
    """Record `<kind>.<verb>` of several documents: one event for each company whose they are.

    The event is found by all parties and sites of its documents; each document names those who may hear of it, so that
    a party hears of his own alone. Levels that another company uses are recomputed with the first event, and named by
    none.
    """
    company_ids = sorted({document.company_id for document in documents})
    keys = sorted(set(keys))
    work = [list(key) for key in keys if key.used_by_id not in company_ids]
    for company_id in company_ids:
        its = [document for document in documents if document.company_id == company_id]
        used = [key for key in keys if key.used_by_id == company_id]
        levels = [list(key) for key in used]
        work += levels
        told = [[str(kind), one.document_id, sorted(one.hearer_ids), [one.site_id]] for one in its]
        events.record(
            f"{kind}.{verb}",
            companies={company_id, *(hearer_id for one in its for hearer_id in one.hearer_ids)},
            sites={*(one.site_id for one in its), *(key.site_id for key in used)},
            payload={"documents": told, "levels": levels},
            keys_by_handler={LEVELS: work},
            actor=actor,
        )
        work = []
