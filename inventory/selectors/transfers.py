"""Reading transfers: who sees them, when they arrive, what of them is on its way."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet

from inventory.choices import PoolKind
from inventory.models import CostPool, Location, StockBalance, Transfer, TransferFlow, TransferLine
from inventory.rules.transfers import Waiting, arrival
from sites.access import Access
from sites.models import CalendarDay, Lane, Site


def visible_transfers(access: Access) -> QuerySet[Transfer]:
    """Transfers of his companies or their goods, and those that begin or end at his sites."""
    return Transfer.objects.filter(access.q(companies=["company", "owner"], sites=["origin", "destination"]))


def visible_flows(access: Access) -> QuerySet[TransferFlow]:
    """Sums of what his companies move, and of what moves between two of his sites."""
    both_ends = access.q(sites=["origin"]) & access.q(sites=["destination"])
    return TransferFlow.objects.filter(access.q(companies=["company"]) | both_ends)


def with_lines(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """The same with their lines in order, in one more query."""
    lines = TransferLine.objects.select_related("item__unit", "unit", "site").order_by("line_no", "pk")
    return transfers.prefetch_related(Prefetch("lines", queryset=lines))


def arrival_on(*, company_id: int, origin: Site, destination: Site, ship_by_on: date) -> date:
    """When goods arrive that are ready by a date: by the company's lane, on the destination's next working day.

    Departure days count in the origin's zone. Without a lane they arrive the same day; outside the days that the
    destination's calendar was expanded for, every day is one.
    """
    lane = Lane.objects.filter(company_id=company_id, origin=origin, destination=destination, archived_at=None).first()
    on = arrival(ship_by_on, lane.departure_weekdays, lane.transit_days) if lane else ship_by_on
    if destination.calendar_id is None:
        return on
    days = CalendarDay.objects.filter(calendar_id=destination.calendar_id, is_working=True, on_date__gte=on)
    return days.order_by("on_date").values_list("on_date", flat=True).first() or on


def transit_location(transfer_id: int) -> Location | None:
    """The transfer's own place of goods on their way, or None before anything was dispatched."""
    return Location.objects.filter(transfer_id=transfer_id).first()


def waiting(location_id: int, item_ids: list[int]) -> dict[int, list[Waiting]]:
    """What lies in a transit place, by item, the oldest lot first. The caller holds the transfer's lock."""
    balances = (
        StockBalance.objects.filter(location_id=location_id, item_id__in=item_ids, quantity__gt=0)
        .order_by(
            F("lot__began_on").asc(nulls_last=True),
            F("lot__expires_on").asc(nulls_last=True),
            F("lot_id").asc(nulls_last=True),
            "id",
        )
        .values_list("item_id", "lot_id", "owner_id", "quantity")
    )
    by_item: dict[int, list[Waiting]] = {item_id: [] for item_id in item_ids}
    for item_id, lot_id, owner_id, quantity in balances:
        by_item[item_id].append(Waiting(lot_id, owner_id, quantity))
    return by_item


def values_in_transit(transfer_ids: Collection[int], access: Access) -> dict[int, dict[str, Decimal]]:
    """What the goods on their way are worth to the reader's own companies: transfer → currency → value."""
    if not transfer_ids:
        return {}
    pools = CostPool.objects.filter(
        access.valued("owner"), kind=PoolKind.TRANSFER, source_id__in=list(transfer_ids), value__gt=0
    )
    found: dict[int, dict[str, Decimal]] = {}
    for transfer_id, currency, value in pools.values_list("source_id", "currency", "value"):
        of_transfer = found.setdefault(transfer_id or 0, {})
        of_transfer[currency] = of_transfer.get(currency, Decimal(0)) + value
    return found


def items_in_transit(transfer_id: int, access: Access) -> list[CostPool]:
    """What is on its way of a transfer, by item and owner, with its value; for the owners' people alone."""
    pools = CostPool.objects.filter(access.valued("owner"), kind=PoolKind.TRANSFER, source_id=transfer_id, value__gt=0)
    return list(pools.select_related("item__unit", "owner").order_by("item__sku", "id"))


def matching(transfers: QuerySet[Transfer], text: str) -> QuerySet[Transfer]:
    """Transfers with every word in number, a site or the reference, whatever the case."""
    for word in text.split():
        transfers = transfers.filter(
            Q(number__icontains=word)
            | Q(origin__name__icontains=word)
            | Q(destination__name__icontains=word)
            | Q(external_reference__icontains=word)
        )
    return transfers
