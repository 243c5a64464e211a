"""Goods between sites."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from analytics.selectors.scope import View
from inventory.choices import TransferState
from inventory.models import Transfer

UNDER_WAY = (TransferState.IN_TRANSIT, TransferState.PARTLY_RECEIVED)
AHEAD = (TransferState.PLANNED, TransferState.CONFIRMED)
_MOST_DRAWN = 24


@dataclass(frozen=True)
class Flow:
    """An open transfer; `quantity` is None when its lines have different units."""

    id: int
    number: str
    company_id: int
    destination_id: int
    origin: str
    destination: str
    state: str
    quantity: Decimal | None
    decimals: int
    lines: int
    expected_on: date | None
    ship_by_on: date | None

    def late_days(self, today: date) -> int:
        """By how many days it is overdue; 0 while it is not."""
        return max(0, (today - self.expected_on).days) if self.expected_on else 0


def transfers(view: View) -> QuerySet[Transfer]:
    """Transfers that he may see with an end at the view's sites."""
    mine = view.access.q(companies=["company"], sites=["origin", "destination"])
    ends = Q(origin__in=view.site_ids) | Q(destination__in=view.site_ids)
    return Transfer.objects.filter(mine, ends)


def transfers_under_way(view: View) -> QuerySet[Transfer]:
    """Those that are dispatched and not all received."""
    return transfers(view).filter(state__in=UNDER_WAY)


def coming(view: View) -> QuerySet[Transfer]:
    """Those of them that end at the view's sites: what is in transit to it."""
    return transfers_under_way(view).filter(destination__in=view.site_ids)


def overdue(view: View) -> QuerySet[Transfer]:
    """Those under way that should have arrived before today."""
    return transfers_under_way(view).filter(expected_on__lt=view.today)


def flows(view: View) -> list[Flow]:
    """Open transfers for the schematic, those under way first, the earliest first; at most two dozen."""
    rows = transfers(view).filter(state__in=[*UNDER_WAY, *AHEAD])
    first = (F("dispatched_at").asc(nulls_last=True), F("expected_on").asc(nulls_last=True), "id")
    return listed(rows.order_by(*first)[:_MOST_DRAWN])


def listed(rows: QuerySet[Transfer]) -> list[Flow]:
    """Some transfers as flows, in their order, in one query."""
    open_quantity = F("lines__quantity") - F("lines__closed_quantity") - F("lines__received_quantity")
    found = rows.select_related("origin", "destination").annotate(
        open=Sum(open_quantity),
        units=Count("lines__item__unit", distinct=True),
        decimals=Max("lines__item__unit__decimals"),
        count=Count("lines"),
    )
    return [_flow(row) for row in found]


def _flow(row: Transfer) -> Flow:
    return Flow(
        id=row.pk,
        number=row.number,
        company_id=row.company_id,
        destination_id=row.destination_id,
        origin=row.origin.code,
        destination=row.destination.code,
        state=row.state,
        quantity=row.open if row.units == 1 else None,  # type: ignore[attr-defined]
        decimals=row.decimals or 0,  # type: ignore[attr-defined]
        lines=row.count,  # type: ignore[attr-defined]
        expected_on=row.expected_on,
        ship_by_on=row.ship_by_on,
    )
