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
    """Recompute the levels, allocations and document statuses of these keys (item, site, used_by)."""
    from inventory.services import recompute

    recompute.recompute([LevelKey(*key) for key in keys], now=now)
