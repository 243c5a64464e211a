"""What purchasing's workers do when an event has been committed."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from core import handlers
from inventory.events import levels_of


def register() -> None:
    """Enter purchasing's handlers; called in `AppConfig.ready`."""
    handlers.register("bought_lead_times", items_kept, follows=("item_site.changed",))


def items_kept(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Give item-sites without a lead time that of the first source; those that have one are left alone."""
    from purchasing.services.supplier_items import fill_first_sources

    items: defaultdict[int, set[int]] = defaultdict(set)
    for level in levels_of(key[0] for key in keys):
        items[level.used_by_id].add(level.item_id)
    for company_id, item_ids in sorted(items.items()):
        fill_first_sources(company_id=company_id, item_ids=item_ids)
