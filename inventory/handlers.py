"""What inventory's workers do when an event has been committed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from core import handlers
from inventory.drafts import LevelKey
from inventory.events import LEVELS


class Follower(Protocol):
    def __call__(self, keys: Iterable[LevelKey], *, now: datetime) -> None: ...


_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Have `follower` called after each recompute with its keys; it may see keys again. For `AppConfig.ready`."""
    if follower not in _followers:
        _followers.append(follower)


def register() -> None:
    """Enter inventory's handlers; called in `AppConfig.ready`."""
    handlers.register(LEVELS, levels)


def levels(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Let go of pins held in vain, then recompute levels, allocations and statuses of these (item, site, used_by).

    Whoever follows them is told after that, also of keys that came out as they were: a run that was cut off in
    between comes again and writes nothing.
    """
    from inventory.services import pins, recompute

    found = [LevelKey(*key) for key in keys]
    pins.release_closed(found, now=now)
    recompute.recompute(found, now=now)
    for follower in _followers:
        follower(found, now=now)
