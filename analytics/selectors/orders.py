"""How the open orders stand."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Round

from analytics.selectors.scope import View
from inventory.choices import Availability, DocumentKind
from inventory.models import Demand, DocumentStatus
from production.choices import ManufacturingOrderState
from production.models import ManufacturingOrder
from sales.choices import SalesOrderState
from sales.models import SalesOrder, SalesOrderLine

OPEN_SALES = (SalesOrderState.OPEN, SalesOrderState.PARTLY_SHIPPED)
OPEN_MAKING = (
    ManufacturingOrderState.PLANNED,
    ManufacturingOrderState.RELEASED,
    ManufacturingOrderState.IN_PROGRESS,
    ManufacturingOrderState.PARTLY_COMPLETED,
)
# What is expected this close to its need is at risk.
SLACK_DAYS = 2
ON_TIME_DAYS = 30


@dataclass(frozen=True)
class Counts:
    """Open sales orders: how many, late, at risk, and what those at risk are worth by currency."""

    open: int
    late: int
    at_risk: int
    at_risk_amounts: list[tuple[str, Decimal]]


def open_sales(view: View) -> QuerySet[SalesOrder]:
    """Open sales orders that he may see at the view's sites."""
    return SalesOrder.objects.filter(view.documents("customer__party"), state__in=OPEN_SALES)


def open_making(view: View) -> QuerySet[ManufacturingOrder]:
    """Open manufacturing orders that he may see at the view's sites."""
    mine = view.documents() | (view.access.q(sites=["site"]) & Q(site__in=view.site_ids))
    return ManufacturingOrder.objects.filter(mine, state__in=OPEN_MAKING)


def late(orders: QuerySet, kind: DocumentKind) -> QuerySet:
    """Those with a line that comes after its need."""
    return orders.filter(Exists(_status(kind).filter(late_days__gt=0)))


def at_risk(orders: QuerySet, kind: DocumentKind) -> QuerySet:
    """Those not late yet that lack something, or get the last of it within two days of the need."""
    close = Q(availability=Availability.EXPECTED, complete_on__gte=OuterRef("need_by_on") - timedelta(days=SLACK_DAYS))
    lacking = Q(availability=Availability.NOT_AVAILABLE)
    return orders.filter(Exists(_status(kind).filter(close | lacking, late_days=0)))


def counts(view: View) -> Counts:
    """The counts for the first page, in four queries."""
    orders = open_sales(view)
    risky = at_risk(orders, DocumentKind.SALES_ORDER)
    amounts = (
        SalesOrderLine.objects.filter(order__in=risky)
        .values_list("order__currency")
        .annotate(total=Sum(open_amount()))
        .order_by("-total")
    )
    return Counts(orders.count(), late(orders, DocumentKind.SALES_ORDER).count(), risky.count(), list(amounts))


def open_amount():  # a query expression
    """What is still open on a sales order line, in its currency, to two decimals."""
    each = F("unit_price") * (1 - F("discount")) / F("unit_factor")
    return Round(F("open_quantity") * each, 2)


def with_amount(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """The orders with `amount`, what is open on them."""
    lines = SalesOrderLine.objects.filter(order=OuterRef("pk")).values("order").annotate(total=Sum(open_amount()))
    return orders.annotate(amount=Coalesce(Subquery(lines.values("total")), Decimal(0)))


def with_status(orders: QuerySet, kind: DocumentKind) -> QuerySet:
    """The orders with `availability`, `complete_on`, `late_days`."""
    status = _status(kind)
    return orders.annotate(
        availability=Subquery(status.values("availability")),
        complete_on=Subquery(status.values("complete_on")),
        late_days=Subquery(status.values("late_days")),
    )


def on_time_share(view: View, until: date) -> tuple[Decimal | None, int]:
    """The share of sales orders shipped in the 30 days up to a date that left by their promise (else their need).

    With how many they were; None without any.
    """
    since = until - timedelta(days=ON_TIME_DAYS)
    shipped = (
        SalesOrder.objects.filter(view.documents("customer__party"), shipped_at__date__gt=since)
        .filter(shipped_at__date__lte=until)
        .annotate(due=Coalesce("promised_on", "need_by_on"))
        .exclude(due=None)
    )
    count = shipped.count()
    if not count:
        return None, 0
    return Decimal(shipped.filter(shipped_at__date__lte=F("due")).count()) / count, count


def waits_for(kind: DocumentKind, document_ids: list[int]) -> dict[int, list[Demand]]:
    """The open demands of some documents, by document."""
    found: dict[int, list[Demand]] = {}
    rows = Demand.objects.filter(document_kind=kind, document_id__in=document_ids, closed_at=None).order_by("id")
    for demand in rows.select_related("item"):
        found.setdefault(demand.document_id, []).append(demand)
    return found


def _status(kind: DocumentKind) -> QuerySet[DocumentStatus]:
    return DocumentStatus.objects.filter(document_kind=kind, document_id=OuterRef("pk"))
