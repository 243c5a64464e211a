"""What inventory's workers do when an event has been committed."""

from datetime import datetime
from typing import Any

from core import handlers
from inventory.drafts import LevelKey
from inventory.events import LEVELS


def register() -> None:
    """Enter inventory's handlers; called in `AppConfig.ready`."""
    handlers.register(LEVELS, levels)


def levels(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Let go of pins held in vain, then recompute levels, allocations and statuses of these (item, site, used_by)."""
    from inventory.services import pins, recompute

    found = [LevelKey(*key) for key in keys]
    pins.release_closed(found, now=now)
    recompute.recompute(found, now=now)
