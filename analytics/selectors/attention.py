"""What needs somebody first, why, what waiting costs, and the one thing to do about it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from analytics.selectors import flows, orders
from analytics.selectors.scope import View
from analytics.selectors.shortages import Shortage, shortages
from analytics.selectors.value import Value, transfer_values
from inventory.choices import LotState
from inventory.models import CostPool, StockBalance
from production.selectors.ranked import Ranked
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, PurchaseOrderLine

# As many of each kind as can be among the first; and as the page of them all lists, before it leads on to the list of
# the kind.
MOST_OF_A_KIND = 8
MOST_LISTED = 200


@dataclass(frozen=True)
class OverdueTransfer:
    """Goods that should have arrived."""

    flow: flows.Flow
    value: Value | None
    late_days: int


@dataclass(frozen=True)
class OverduePurchase:
    """A purchase order with lines that should have come; `amount` is what is open on those, for its parties."""

    order: PurchaseOrder
    amount: Value | None
    late_days: int


@dataclass(frozen=True)
class BlockedLot:
    """Stock that nobody may use until somebody decides."""

    lot_id: int
    number: str
    reason: str
    item_id: int
    sku: str
    unit: str
    site: str
    site_id: int
    owner_id: int
    quantity: Decimal
    value: Value | None


@dataclass(frozen=True)
class Counts:
    """How many of each kind there are, listed or not."""

    shortages: int
    late_orders: int
    transfers: int
    purchases: int
    lots: int

    @property
    def all(self) -> int:
        return self.shortages + self.late_orders + self.transfers + self.purchases + self.lots


@dataclass(frozen=True)
class Attention:
    """What needs somebody, each kind with the dearest first, late orders by rank."""

    shortages: list[Shortage]
    late_orders: list[Ranked]
    transfers: list[OverdueTransfer]
    purchases: list[OverduePurchase]
    lots: list[BlockedLot]


def attention(view: View, *, most: int) -> Attention:
    """What needs somebody at the view's sites, at most so many of each kind."""
    return Attention(
        shortages(view, most=most),
        orders.late(view, most=most),
        overdue_transfers(view, most=most),
        overdue_purchases(view, most=most),
        blocked_lots(view, most=most),
    )


def counts(view: View, *, missing: int, late: int) -> Counts:
    """How many there are of each kind; the pages know already how many item-sites miss something and orders are late.

    Three queries.
    """
    return Counts(
        missing, late, flows.overdue(view).count(), _overdue_purchases(view).count(), _blocked_lots(view).count()
    )


def overdue_transfers(view: View, *, most: int) -> list[OverdueTransfer]:
    """Transfers under way past their date, the longest first."""
    late = flows.listed(flows.overdue(view).order_by("expected_on", "id")[:most])
    values = transfer_values([flow.id for flow in late], view)
    return [OverdueTransfer(flow, values.get(flow.id), flow.late_days(view.today)) for flow in late]


def overdue_purchases(view: View, *, most: int) -> list[OverduePurchase]:
    """Purchase orders with lines past their date, the dearest first."""
    late = _late_lines(view)
    open_amount = F("open_quantity") * F("unit_price") / F("unit_factor")
    rows = (
        _overdue_purchases(view)
        .annotate(
            amount=Subquery(late.values("order").annotate(total=Sum(open_amount)).values("total")),
            since=Subquery(late.order_by("expected_on").values("expected_on")[:1]),
        )
        .select_related("supplier", "site")
        .order_by("-amount", "id")[:most]
    )
    return [
        OverduePurchase(
            row,
            Value(row.currency, row.amount) if _has_prices(row, view) else None,
            (view.today - row.since).days,
        )
        for row in rows
    ]


def _overdue_purchases(view: View) -> QuerySet[PurchaseOrder]:
    states = [PurchaseOrderState.ORDERED, PurchaseOrderState.PARTLY_RECEIVED]
    rows = PurchaseOrder.objects.filter(view.documents("supplier__party"), state__in=states)
    return rows.filter(Exists(_late_lines(view)))


def _late_lines(view: View) -> QuerySet[PurchaseOrderLine]:
    """Open lines of the outer order that should have come before today."""
    return PurchaseOrderLine.objects.filter(order=OuterRef("pk"), open_quantity__gt=0, expected_on__lt=view.today)


def _has_prices(order: PurchaseOrder, view: View) -> bool:
    return view.access.sees_prices(order.company_id, order.supplier.party_id)


def blocked_lots(view: View, *, most: int) -> list[BlockedLot]:
    """Held lots with stock, the dearest first."""
    pool = CostPool.objects.filter(
        view.access.valued("owner"), kind="stock", item=OuterRef("item"), owner=OuterRef("owner"),
        site=OuterRef("site"), quantity__gt=0,
    )  # fmt: skip
    rows = (
        _blocked_lots(view)
        .annotate(
            total=Sum("quantity"),
            cost=Sum(F("quantity") * Subquery(pool.annotate(c=F("value") / F("quantity")).values("c")[:1])),
            currency=Subquery(pool.values("currency")[:1]),
        )
        .order_by(F("cost").desc(nulls_last=True), "lot_id", "site__code", "owner_id")[:most]
    )
    return [
        BlockedLot(
            row["lot_id"],
            row["lot__number"],
            row["lot__state_reason"],
            row["item_id"],
            row["item__sku"],
            row["item__unit__code"],
            row["site__code"],
            row["site_id"],
            row["owner_id"],
            row["total"],
            None if row["cost"] is None else Value(row["currency"], row["cost"]),
        )
        for row in rows
    ]


def _blocked_lots(view: View) -> QuerySet[StockBalance, Any]:
    """Each held lot with stock, by site and owner: their costs differ."""
    seen = view.access.q(companies=["owner", "used_by"], sites=["site"])
    held = StockBalance.objects.filter(seen, site__in=view.site_ids, lot__state=LotState.HELD, quantity__gt=0)
    return held.values(
        "lot_id", "lot__number", "lot__state_reason", "item_id", "item__sku", "item__unit__code", "site__code",
        "site_id", "owner_id",
    ).distinct()  # fmt: skip
