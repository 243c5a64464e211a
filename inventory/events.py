"""What inventory tells the world: events that name documents and the level keys to recompute."""

from collections.abc import Iterable
from typing import Any

from core import events
from inventory.drafts import LevelKey

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
