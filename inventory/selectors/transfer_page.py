"""What the pages of transfers show."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.clock import local_date
from inventory.choices import DocumentKind, TransferState
from inventory.models import Posting, Transfer, TransferLine
from inventory.rules.transfers import OPEN_STATES, in_transit
from sites.access import Access
from sites.models import Site

UNDER_WAY = (TransferState.IN_TRANSIT, TransferState.PARTLY_RECEIVED)
LISTED = (TransferState.DRAFT, *OPEN_STATES)
ZERO = Decimal(0)


def at_site(site_id: int) -> Q:
    """Transfers with either end at a site."""
    return Q(origin=site_id) | Q(destination=site_id)


def overdue(sites: Iterable[Site], now: datetime) -> Q:
    """Open transfers that should have arrived: their date is past at their destination."""
    late = Q(pk__in=[])
    for zone in sorted({site.time_zone for site in sites}):
        late |= Q(destination__time_zone=zone, expected_on__lt=local_date(now, zone))
    return Q(state__in=OPEN_STATES) & late


def tab(name: str, sites: Iterable[Site], now: datetime) -> Q:
    """The condition of a tab of the list: open, under_way, overdue, received, all."""
    return {
        "open": Q(state__in=LISTED),
        "under_way": Q(state__in=UNDER_WAY),
        "overdue": overdue(sites, now),
        "received": Q(state__in=[TransferState.RECEIVED, TransferState.CLOSED]),
    }.get(name, Q())


def tab_counts(transfers: QuerySet[Transfer], sites: Sequence[Site], now: datetime) -> dict[str, int]:
    """How many are open, under way and overdue; one query over those that are not ended."""
    counted = {name: Count("pk", filter=tab(name, sites, now)) for name in ("open", "under_way", "overdue")}
    return transfers.filter(state__in=LISTED).order_by().aggregate(**counted)


@dataclass(frozen=True)
class Goods:
    """The lines of a transfer in a row: the first items, and sums where all have one unit."""

    skus: Sequence[str]
    count: int
    unit: str
    decimals: int
    ordered: Decimal | None
    on_the_way: Decimal | None
    received: Decimal | None
    is_any_on_the_way: bool


def goods(transfer_ids: Collection[int]) -> dict[int, Goods]:
    """The goods of some transfers; one query. Quantities of different units are never added."""
    by_transfer: dict[int, list[TransferLine]] = {}
    rows = TransferLine.objects.filter(transfer_id__in=list(transfer_ids)).select_related("item__unit")
    for line in rows.order_by("transfer_id", "line_no", "pk"):
        by_transfer.setdefault(line.transfer_id, []).append(line)
    return {transfer_id: _goods(lines) for transfer_id, lines in by_transfer.items()}


def _goods(lines: Sequence[TransferLine]) -> Goods:
    units = {line.item.unit_id: line.item.unit for line in lines}
    is_one = len(units) == 1
    unit = next(iter(units.values()))
    moving = [in_transit(line) for line in lines]
    return Goods(
        skus=list(dict.fromkeys(line.item.sku for line in lines)),
        count=len(lines),
        unit=unit.code if is_one else "",
        decimals=unit.decimals,
        ordered=sum((line.quantity for line in lines), ZERO) if is_one else None,
        on_the_way=sum(moving, ZERO) if is_one else None,
        received=sum((line.received_quantity for line in lines), ZERO) if is_one else None,
        is_any_on_the_way=any(moving),
    )


@dataclass(frozen=True)
class StepTaken:
    """A posting of a transfer, and what took it back."""

    posting: Posting
    reversed_by: Posting | None

    @property
    def is_standing(self) -> bool:
        return self.reversed_by is None and self.posting.reverses_id is None


def steps_taken(transfer: Transfer) -> list[StepTaken]:
    """What was posted of a transfer, newest first; one query."""
    postings = list(
        Posting.objects.filter(source_kind=DocumentKind.TRANSFER, source_id=transfer.pk)
        .select_related("site")
        .order_by("-pk")
    )
    taken_back = {posting.reverses_id: posting for posting in postings if posting.reverses_id}
    return [StepTaken(posting, taken_back.get(posting.pk)) for posting in postings]


def may(transfer: Transfer, access: Access, roles: Any, *, at: int, by_operator: bool) -> bool:
    """Whether one of these roles is the reader's, in the company or at one end."""
    return access.has_role(roles, company_id=transfer.company_id, site_id=at, by_operator=by_operator)
