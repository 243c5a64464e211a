"""The table of handlers: who works on which events, filled by the apps' `AppConfig.ready`.

A handler takes distinct keys (a list of tuples) and `now`. It may see a key again after it has worked on it,
so working on a key twice must change nothing the second time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Protocol


class HandlerFunction(Protocol):
    def __call__(self, keys: list[tuple[Any, ...]], *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Handler:
    """`follows` names kinds of events (`*`, `sales_order.*`) that this handler gets unasked, as key `(event id,)`."""

    name: str
    function: HandlerFunction
    queue: str = "events"
    follows: tuple[str, ...] = ()
    batch_size: int = 500


_handlers: dict[str, Handler] = {}


def register(
    name: str,
    function: HandlerFunction,
    *,
    queue: str = "events",
    follows: tuple[str, ...] = (),
    batch_size: int = 500,
) -> None:
    """Enter a handler. The same name again replaces it, so that `ready` may run twice."""
    _handlers[name] = Handler(name, function, queue, follows, batch_size)
    following.cache_clear()


def remove(name: str) -> None:
    """Take a handler out; for tests."""
    _handlers.pop(name, None)
    following.cache_clear()


def get(name: str) -> Handler:
    """:raises LookupError: for a name that no app has registered."""
    try:
        return _handlers[name]
    except KeyError:
        raise LookupError(f"No handler is registered as “{name}”.") from None


def of_queue(queue: str) -> list[Handler]:
    """The handlers whose work is done by the workers of this queue."""
    return [handler for handler in _handlers.values() if handler.queue == queue]


@cache
def following(kind: str) -> tuple[str, ...]:
    """Names of the handlers that follow events of this kind."""
    return tuple(
        handler.name for handler in _handlers.values() if any(fnmatchcase(kind, pattern) for pattern in handler.follows)
    )


def queues(names: Iterable[str]) -> set[str]:
    """The queues of these handlers; unknown names (an app taken out) have none."""
    return {_handlers[name].queue for name in names if name in _handlers}
