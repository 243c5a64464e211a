"""What production's workers do when an event has been committed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core import handlers
from core.models import Event
from inventory import handlers as levels
from inventory.choices import DocumentKind
from inventory.drafts import LevelKey
from inventory.events import levels_of

# When nothing more may be asked for on a line that an order is made for.
_ENDS = tuple(
    f"{kind}.{verb}"
    for kind, verbs in {
        DocumentKind.SALES_ORDER: ("canceled", "changed", "closed", "lines_closed", "shipped"),
        DocumentKind.MANUFACTURING_ORDER: ("canceled", "changed", "closed", "completed"),
        DocumentKind.TRANSFER: ("canceled", "changed", "closed", "dispatched"),
    }.items()
    for verb in verbs
)

# When an item is kept anew, or its lead time went with a supplier.
_KEPT = ("item_site.changed", "supplier.archived", "supplier_item.removed")


def register() -> None:
    """Enter production's handlers; called in `AppConfig.ready`."""
    levels.follow(tasks_may_begin)
    handlers.register("made_to_order", sources_ended, follows=_ENDS)
    handlers.register("made_lead_times", items_kept, follows=_KEPT)


def tasks_may_begin(keys: Iterable[LevelKey], *, now: datetime) -> None:
    """Look again whether tasks may begin, for which material or pieces at these levels came or went."""
    from production.services.tasks import readiness

    readiness.follow(keys, now=now)


def items_kept(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Give item-sites without a lead time that of the recipe followed there; those that have one are left alone."""
    from production.services import lead_times

    if item_ids := {level.item_id for level in levels_of(key[0] for key in keys)}:
        lead_times.fill(item_ids, now=now)


def sources_ended(keys: list[tuple[Any, ...]], *, now: datetime) -> None:
    """Make to stock what was made for a line of these events' documents on which nothing is open any more.

    Where less is asked for than is being made, the order says so.
    """
    from production.selectors import sources
    from production.services.manufacturing_orders import make_to_stock, note_beyond

    documents: defaultdict[str, set[int]] = defaultdict(set)
    for payload in Event.objects.filter(pk__in=[key[0] for key in keys]).values_list("payload", flat=True):
        for kind, document_id, *_ in payload["documents"]:
            documents[kind].add(document_id)
    for order_id in sources.without_demand(documents):
        make_to_stock(order_id, now=now)
    for order_id in sources.beyond_demand(documents):
        note_beyond(order_id, now=now)
