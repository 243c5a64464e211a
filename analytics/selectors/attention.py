"""What needs somebody first, why, what waiting costs, and the one thing to do about it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum

from analytics.selectors import flows, orders
from analytics.selectors.scope import View
from analytics.selectors.shortages import Shortage, shortages
from analytics.selectors.value import Value, transfer_values
from inventory.choices import LotState
from inventory.models import CostPool, StockBalance
from production.selectors.ranked import Ranked
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, PurchaseOrderLine

# As many of each kind as can be among the first; the rest stands on the pages of its kind.
MOST_OF_A_KIND = 8


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
    quantity: Decimal
    value: Value | None


@dataclass(frozen=True)
class Attention:
    """Everything that needs somebody, each kind with the dearest first, late orders by rank."""

    shortages: list[Shortage]
    late_orders: list[Ranked]
    transfers: list[OverdueTransfer]
    purchases: list[OverduePurchase]
    lots: list[BlockedLot]


def attention(view: View) -> Attention:
    """What needs somebody at the view's sites."""
    return Attention(
        shortages(view, most=MOST_OF_A_KIND),
        orders.late(view, most=MOST_OF_A_KIND),
        overdue_transfers(view),
        overdue_purchases(view),
        blocked_lots(view),
    )


def overdue_transfers(view: View, *, most: int = MOST_OF_A_KIND) -> list[OverdueTransfer]:
    """Transfers under way past their date, the longest first."""
    late = sorted(flows.late(flows.flows(view), view.today), key=lambda flow: (flow.expected_on, flow.id))[:most]
    values = transfer_values([flow.id for flow in late], view)
    return [OverdueTransfer(flow, values.get(flow.id), flow.late_days(view.today)) for flow in late]


def overdue_purchases(view: View, *, most: int = MOST_OF_A_KIND) -> list[OverduePurchase]:
    """Purchase orders with lines past their date, the dearest first."""
    states = [PurchaseOrderState.ORDERED, PurchaseOrderState.PARTLY_RECEIVED]
    late = PurchaseOrderLine.objects.filter(
        order=OuterRef("pk"), open_quantity__gt=0, expected_on__lt=view.today
    ).values("order")
    value = late.annotate(total=Sum(F("open_quantity") * F("unit_price") / F("unit_factor"))).values("total")
    rows = (
        PurchaseOrder.objects.filter(view.documents("supplier__party"), state__in=states)
        .annotate(
            amount=Subquery(value),
            since=Subquery(late.order_by("expected_on").values("expected_on")[:1]),
        )
        .exclude(amount=None)
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


def _has_prices(order: PurchaseOrder, view: View) -> bool:
    return view.access.sees_prices(order.company_id, order.supplier.party_id)


def blocked_lots(view: View, *, most: int = MOST_OF_A_KIND) -> list[BlockedLot]:
    """Held lots with stock, the dearest first."""
    seen = view.access.q(companies=["owner", "used_by"], sites=["site"])
    pool = CostPool.objects.filter(
        view.access.valued("owner"), kind="stock", item=OuterRef("item"), owner=OuterRef("owner"),
        site=OuterRef("site"), quantity__gt=0,
    )  # fmt: skip
    rows = (
        StockBalance.objects.filter(seen, site__in=view.site_ids, lot__state=LotState.HELD, quantity__gt=0)
        .values("lot_id", "lot__number", "lot__state_reason", "item_id", "item__sku", "item__unit__code", "site__code")
        .annotate(
            total=Sum("quantity"),
            cost=Sum(F("quantity") * Subquery(pool.annotate(c=F("value") / F("quantity")).values("c")[:1])),
            currency=Subquery(pool.values("currency")[:1]),
        )
        .order_by(F("cost").desc(nulls_last=True), "lot_id")[:most]
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
            row["total"],
            None if row["cost"] is None else Value(row["currency"], row["cost"]),
        )
        for row in rows
    ]
