"""Events and their outbox rows, written in the transaction of the service that they tell of."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, transaction

from core import doorbell, handlers, pubsub
from core.prepared import Statement

# A handler that follows the kind gets null keys, and the event's own id instead.
_RECORD = Statement(
    "record_event",
    """
WITH event AS (
    INSERT INTO core_event (kind, company_ids, site_ids, payload, actor_id)
    VALUES (%(kind)s::text, %(companies)s::bigint[], %(sites)s::bigint[], %(payload)s::jsonb, %(actor)s::bigint)
    RETURNING id
), outbox AS (
    INSERT INTO core_outboxevent (event_id, handler, keys)
    SELECT event.id, part.handler, COALESCE(part.keys, jsonb_build_array(jsonb_build_array(event.id)))
    FROM event CROSS JOIN unnest(%(handlers)s::text[], %(keys)s::jsonb[]) AS part(handler, keys)
)
SELECT id FROM event
""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event about to be written.

    `companies` and `sites` are those who may hear of it. `payload["documents"]` lists `[kind, id]` or, where
    the event's parties must not all hear of each, `[kind, id, [company ids], [site ids]]`; `payload["levels"]`
    lists `[item, site, used_by]`. `keys_by_handler` maps a handler's name to the keys that it shall work on.
    """

    kind: str
    companies: Iterable[int]
    sites: Iterable[int] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    keys_by_handler: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    actor_id: int | None = None

    def write(self) -> int:
        """Write the event and its outbox rows in one statement; returns the event's id."""
        parts = self._parts()
        rows = _RECORD.all(
            {
                "kind": str(self.kind),
                "companies": sorted(set(self.companies)),
                "sites": sorted(set(self.sites)),
                "payload": json.dumps(self.payload),
                "actor": self.actor_id,
                "handlers": list(parts),
                "keys": [None if keys is None else json.dumps(keys) for keys in parts.values()],
            }
        )
        return rows[0][0]

    def after_commit(self) -> None:
        """Ring and tell the open pages once the transaction has committed."""
        for queue in sorted(handlers.queues(self._parts())):
            _once_after_commit(queue)
        if documents := self.payload.get("documents"):
            entries = [whole_entry(entry, self.companies, self.sites) for entry in documents]
            transaction.on_commit(partial(pubsub.publish, {"documents": entries}), robust=True)

    def _parts(self) -> dict[str, list[Any] | None]:
        named = {handlers.get(name).name: list(keys) for name, keys in self.keys_by_handler.items() if keys}
        return dict.fromkeys(handlers.following(self.kind)) | named


def record(
    kind: str,
    *,
    companies: Iterable[int],
    sites: Iterable[int] = (),
    payload: Mapping[str, Any] | None = None,
    keys_by_handler: Mapping[str, Sequence[Sequence[Any]]] | None = None,
    actor: Any = None,
) -> int:
    """Write one event and an outbox row for each of its handlers, in one statement; returns the event's id.

    To be called inside the service's transaction, as its last write. `actor` is the user, or None for the
    system itself.

    :raises LookupError: when a handler is not registered.
    """
    draft = Draft(
        kind=kind,
        companies=list(companies),
        sites=list(sites),
        payload=payload or {},
        keys_by_handler=keys_by_handler or {},
        actor_id=getattr(actor, "pk", None),
    )
    event_id = draft.write()
    draft.after_commit()
    return event_id


def whole_entry(entry: Sequence[Any], companies: Iterable[int], sites: Iterable[int]) -> list[Any]:
    """A document's entry with those who may hear of it; a short entry takes the event's."""
    if len(entry) >= 4:
        return list(entry[:4])
    return [*entry[:2], sorted(set(companies)), sorted(set(sites))]


def _once_after_commit(queue: str) -> None:
    # A service in a loop records many events; one ring per transaction and queue is enough.
    wanted = (doorbell.ring, (queue,))
    pending = (entry[1] for entry in connection.run_on_commit)
    if any((getattr(call, "func", None), getattr(call, "args", None)) == wanted for call in pending):
        return
    transaction.on_commit(partial(doorbell.ring, queue), robust=True)
