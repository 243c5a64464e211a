"""Opening stock: what stood everywhere on the first day, in one posting that is told by its reference."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.dates import happened_at
from core.errors import DomainError
from core.money import round_money
from core.transactions import service
from inventory.choices import DocumentKind, LocationKind, PostingKind
from inventory.drafts import Deposit, Posted, PostingDraft
from inventory.events import record_adjustment
from inventory.models import Posting, StockMove
from inventory.selectors.places import virtual_locations
from inventory.services.posting import post
from sites.access import require
from sites.models import Company

# item, site, lot, owner
Spot = tuple[int, int, int | None, int]


class OpeningDiffers(DomainError):
    """The reference was posted before, with other quantities."""

    code = "opening_differs"


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """`quantity` (> 0, stocking unit) of an item at a place, at `unit_cost` in the owner's currency.

    Without a cost: the standard cost, else 0.
    """

    item_id: int
    site_id: int
    location_id: int
    owner: Company
    quantity: Decimal
    unit_cost: Decimal | None = None
    lot_id: int | None = None
    field: str = "quantity"


def find(company_id: int, reference: str) -> Posting | None:
    """The opening posting of that reference that stands: one that was reversed is as if it had never been."""
    openings = Posting.objects.filter(company=company_id, kind=PostingKind.OPENING, source_number=reference)
    reversed_ids = Posting.objects.filter(reverses__in=openings.values("pk")).values("reverses")
    return openings.exclude(pk__in=reversed_ids).order_by("-pk").first()


@service
def open_stock(
    *,
    company_id: int,
    site_id: int,
    reference: str,
    lines: Sequence[OpeningLine],
    effective_at: datetime | None = None,
    now: datetime,
    actor: Any,
) -> Posted | None:
    """Post opening stock over any number of sites and owners as one posting, which stands at `site_id`.

    The same lines under the same reference again post nothing: returns None. Locks balances and pools; emits
    `adjustment.posted`.

    :raises OpeningDiffers: when the reference was posted before with other quantities.
    :raises PeriodClosed: when an owner's books are closed on that day.
    """
    for owner_id, place_id in sorted({(line.owner.pk, line.site_id) for line in lines}):
        require(actor, company_id=owner_id, site_id=place_id, by_operator=True)
    if (before := find(company_id, reference)) is not None:
        _compare(before, lines)
        return None

    sources = virtual_locations(sorted({line.site_id for line in lines}), LocationKind.COUNT)
    draft = PostingDraft(
        kind=PostingKind.OPENING,
        company_id=company_id,
        site_id=site_id,
        effective_at=happened_at(effective_at, now=now),
        source_kind=DocumentKind.ADJUSTMENT,
        source_number=reference,
        reason=f"Opening stock {reference}",
    )
    posted = post(draft, deposits=[_deposit(line, sources[line.site_id]) for line in lines], now=now, actor=actor)
    record_adjustment(posted, company_id=company_id, site_ids={line.site_id for line in lines}, actor=actor)
    return posted


def _deposit(line: OpeningLine, source_id: int) -> Deposit:
    cost = line.unit_cost
    return Deposit(
        item_id=line.item_id,
        quantity=line.quantity,
        site_id=line.site_id,
        location_id=line.location_id,
        owner_id=line.owner.pk,
        from_location_id=source_id,
        lot_id=line.lot_id,
        amount=None if cost is None else round_money(cost * line.quantity, line.owner.currency),
        field=line.field,
    )


def _compare(before: Posting, lines: Sequence[OpeningLine]) -> None:
    wanted: defaultdict[Spot, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[line.item_id, line.site_id, line.lot_id, line.owner.pk] += line.quantity
    rows = (
        StockMove.objects.filter(posting=before.pk)
        .values_list("item_id", "to_site_id", "to_lot_id", "to_owner_id")
        .order_by()
        .annotate(total=Sum("quantity"))
    )
    posted = {row[:4]: row[4] for row in rows}
    if posted != dict(wanted):
        differing = sum(posted.get(key) != wanted.get(key) for key in posted.keys() | wanted.keys())
        raise OpeningDiffers(
            f"“{before.source_number}” was posted as {before.number}, and {differing} of its items differ from these. "
            "Reverse that posting, adjust the stock, or import under another reference.",
            posting=before.number,
        )
