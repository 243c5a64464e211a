"""What one reader of the live stream may hear of: plain values in, plain values out.

A message holds `levels`, `[item, site, used_by, operator]`, and `documents`, `[kind, id, [companies], [sites]]`.
"""

from collections.abc import Iterable
from typing import Any

from core.access import Scope
from core.events import whole_entry

Message = dict[str, list[Any]]


def visible(message: Message, scope: Scope) -> Message | None:
    """The part of a message that this scope may hear of, in the reader's short form; None if there is none.

    A level is named by `[item, site, used_by]` and seen by its `used_by` and its site's operator; a document by
    `[kind, id]` and seen by its parties.
    """
    levels = [entry[:3] for entry in message.get("levels", ()) if _sees_level(entry, scope)]
    documents = [entry[:2] for entry in message.get("documents", ()) if scope.sees(entry[2], entry[3])]
    return {"levels": levels, "documents": documents} if levels or documents else None


def _sees_level(entry: list[Any], scope: Scope) -> bool:
    return scope.sees(entry[2:4], entry[1:2])


def message_of_event(payload: dict[str, Any], companies: Iterable[int], sites: Iterable[int]) -> Message:
    """The message that a stored event stands for, when a reader who missed it comes back."""
    return {
        "levels": payload.get("levels", []),
        "documents": [whole_entry(entry, companies, sites) for entry in payload.get("documents", ())],
    }


def merged(messages: Iterable[Message]) -> Message | None:
    """Many messages as one, each entry once; None if there is nothing in them."""
    levels: dict[tuple[Any, ...], None] = {}
    documents: dict[tuple[Any, ...], None] = {}
    for message in messages:
        levels.update(dict.fromkeys(map(tuple, message["levels"])))
        documents.update(dict.fromkeys(map(tuple, message["documents"])))
    if not levels and not documents:
        return None
    return {"levels": [list(key) for key in levels], "documents": [list(key) for key in documents]}
