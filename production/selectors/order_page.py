"""What the pages of manufacturing orders show."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.clock import local_date
from inventory.choices import Availability, DocumentKind, PoolKind
from inventory.drafts import LevelKey
from inventory.models import Allocation, Demand, DocumentStatus, Posting, StockMove, ValueEntry
from inventory.services.recompute import preview
from production.choices import ManufacturingOrderState as State
from production.models import Completion, ManufacturingOrder, ManufacturingOrderComponent
from production.rules import OPEN_STATES
from production.selectors.order_flow import is_output
from sites.access import Access
from sites.models import Site

ZERO = Decimal(0)
KIND = DocumentKind.MANUFACTURING_ORDER


def late(sites: Iterable[Site], now: datetime) -> Q:
    """Open orders past their due date at their site, or whose components come after they must start."""
    zones = {site.time_zone for site in sites}
    overdue = Q(pk__in=[])
    for zone in sorted(zones):
        overdue |= Q(site__time_zone=zone, due_on__lt=local_date(now, zone))
    status = DocumentStatus.objects.filter(document_kind=KIND, document_id=OuterRef("pk"), late_days__gt=0)
    return Q(state__in=OPEN_STATES) & (overdue | Q(Exists(status)))


def tab(name: str, sites: Iterable[Site], now: datetime) -> Q:
    """The condition of a tab of the list: open, late, blocked, done, all."""
    return {
        "open": Q(state__in=OPEN_STATES),
        "late": late(sites, now),
        "blocked": Q(state__in=OPEN_STATES, blocked_at__isnull=False),
        "done": Q(state__in=[State.DONE, State.CLOSED]),
    }.get(name, Q())


def tab_counts(orders: QuerySet[ManufacturingOrder], sites: Sequence[Site], now: datetime) -> dict[str, int]:
    """How many are open, late and blocked; one query over the open ones."""
    counted = {name: Count("pk", filter=tab(name, sites, now)) for name in ("open", "late", "blocked")}
    return orders.filter(state__in=OPEN_STATES).order_by().aggregate(**counted)


def waits_for(order_ids: Collection[int]) -> dict[int, list[str]]:
    """The components that are not in stock, by order; one query."""
    lacking = Allocation.objects.filter(demand_id=OuterRef("pk")).exclude(availability=Availability.IN_STOCK)
    rows = Demand.objects.filter(Exists(lacking), document_kind=KIND, document_id__in=list(order_ids), closed_at=None)
    found: dict[int, list[str]] = {}
    for order_id, sku in rows.order_by("line_id").values_list("document_id", "item__sku"):
        found.setdefault(order_id, []).append(sku)
    return found


def component_keys(order: ManufacturingOrder, parts: Iterable[ManufacturingOrderComponent]) -> set[LevelKey]:
    """Where the components of an order are taken from."""
    return {LevelKey(part.item_id, part.site_id, order.company_id) for part in parts}


def on_hand(keys: Collection[LevelKey], *, now: datetime) -> dict[int, Decimal]:
    """What is on hand now, by item; the keys are of one site and company."""
    return {key.item_id: figures.on_hand for key, figures in preview(keys, now=now).levels.items()} if keys else {}


def on_hand_at(keys: Collection[LevelKey], *, now: datetime) -> dict[tuple[int, int], Decimal]:
    """The same by item and site."""
    figures = preview(keys, now=now).levels if keys else {}
    return {(key.item_id, key.site_id): one.on_hand for key, one in figures.items()}


@dataclass(frozen=True)
class Report:
    """A posting of an order: a completion, the cost written off, or what took one of them back."""

    posting: Posting
    completion: Completion | None
    lots: Sequence[str]
    reversed_by: Posting | None

    @property
    def is_standing(self) -> bool:
        """Whether it can still be taken back."""
        return self.reversed_by is None and self.posting.reverses_id is None


def reports(order: ManufacturingOrder) -> list[Report]:
    """What was posted of an order, newest first; three queries."""
    postings = list(Posting.objects.filter(source_kind=KIND, source_id=order.pk).order_by("-pk"))
    completions = {one.posting_id: one for one in Completion.objects.filter(order=order)}
    taken_back = {posting.reverses_id: posting for posting in postings if posting.reverses_id}
    moves = StockMove.objects.filter(
        posting_id__in=list(completions), item=order.item_id, to_lot__isnull=False
    ).order_by("id")
    lots: dict[int, list[str]] = {}
    for posting_id, number in moves.values_list("posting_id", "to_lot__number"):
        lots.setdefault(posting_id, []).append(number)
    return [
        Report(posting, completions.get(posting.pk), lots.get(posting.pk, []), taken_back.get(posting.pk))
        for posting in postings
    ]


@dataclass(frozen=True)
class CostRow:
    """What a posting put into an order's cost (above 0), or took out of it with what was made."""

    posting: Posting | None
    item: str
    amount: Decimal
    is_output: bool
    kind: str = ""


@dataclass(frozen=True)
class OrderCost:
    """put_in − taken_out = left, in the company's currency."""

    rows: Sequence[CostRow]
    currency: str

    @property
    def put_in(self) -> Decimal:
        return sum((row.amount for row in self.rows if not row.is_output), ZERO)

    @property
    def taken_out(self) -> Decimal:
        return -sum((row.amount for row in self.rows if row.is_output), ZERO)

    @property
    def left(self) -> Decimal:
        return self.put_in - self.taken_out


def cost_of(order: ManufacturingOrder, access: Access) -> OrderCost | None:
    """The cost of an order entry by entry, for people of its company; None for anybody else. One query."""
    if not (access.is_superuser or order.company_id in access.valued_company_ids):
        return None
    entries = (
        ValueEntry.objects.filter(
            pool__kind=PoolKind.MO, pool__item=order.item_id, pool__owner=order.company_id, pool__source_id=order.pk
        )
        .select_related("posting", "move__item")
        .order_by("id")
    )
    rows = [
        CostRow(
            entry.posting,
            entry.move.item.sku if entry.move else "",
            entry.amount,
            is_output(entry, order),
            entry.cost_kind,
        )
        for entry in entries
        if entry.amount
    ]
    return OrderCost(rows, order.company.currency)
