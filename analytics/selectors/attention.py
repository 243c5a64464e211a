"""What needs somebody first, why, what waiting costs, and the one thing to do about it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum

from analytics.selectors import flows, orders
from analytics.selectors.scope import View
from analytics.selectors.shortages import Shortage, shortages
from analytics.selectors.value import Value, transfer_values
from inventory.choices import DocumentKind, LotState
from inventory.models import CostPool, StockBalance
from production.models import ManufacturingOrder
from purchasing.choices import PurchaseOrderState
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from sales.models import SalesOrder

# As many of each kind as can be among the first; the rest stands on the pages of its kind.
MOST_OF_A_KIND = 8


@dataclass(frozen=True)
class LateOrder:
    """A sales order whose last line comes after its need."""

    order: SalesOrder
    amount: Value
    late_days: int
    complete_on: date | None
    waits_for: str


@dataclass(frozen=True)
class LateMaking:
    """A manufacturing order that is past its due date, or whose components come after it starts."""

    order: ManufacturingOrder
    late_days: int
    waits_for: str


@dataclass(frozen=True)
class OverdueTransfer:
    """Goods that should have arrived."""

    flow: flows.Flow
    value: Value | None
    late_days: int


@dataclass(frozen=True)
class OverduePurchase:
    """A purchase order with lines that should have come; `amount` is what is open on those."""

    order: PurchaseOrder
    amount: Value
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
    """Everything that needs somebody, each kind with the dearest first."""

    shortages: list[Shortage]
    late_orders: list[LateOrder]
    late_making: list[LateMaking]
    transfers: list[OverdueTransfer]
    purchases: list[OverduePurchase]
    lots: list[BlockedLot]


def attention(view: View) -> Attention:
    """What needs somebody at the view's sites."""
    return Attention(
        shortages(view, most=MOST_OF_A_KIND),
        late_orders(view),
        late_making(view),
        overdue_transfers(view),
        overdue_purchases(view),
        blocked_lots(view),
    )


def late_orders(view: View, *, most: int = MOST_OF_A_KIND) -> list[LateOrder]:
    """Late sales orders, the dearest first."""
    late = orders.late(orders.open_sales(view), DocumentKind.SALES_ORDER)
    rows = list(
        orders.with_status(orders.with_amount(late), DocumentKind.SALES_ORDER)
        .select_related("customer", "site")
        .order_by("-amount", "id")[:most]
    )
    waiting = orders.waits_for(DocumentKind.SALES_ORDER, [row.pk for row in rows])
    return [
        LateOrder(
            row,
            Value(row.currency, row.amount),
            row.late_days,
            row.complete_on,
            ", ".join(demand.item.sku for demand in waiting.get(row.pk, [])[:3]),
        )
        for row in rows
    ]


def late_making(view: View, *, most: int = MOST_OF_A_KIND) -> list[LateMaking]:
    """Open manufacturing orders that are past due, the longest first."""
    rows = list(
        orders.open_making(view)
        .filter(due_on__lt=view.today)
        .select_related("item", "site")
        .order_by("due_on", "id")[:most]
    )
    waiting = orders.waits_for(DocumentKind.MANUFACTURING_ORDER, [row.pk for row in rows])
    return [
        LateMaking(
            row,
            (view.today - row.due_on).days,
            ", ".join(demand.item.sku for demand in waiting.get(row.pk, [])[:3]),
        )
        for row in rows
    ]


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
            Value(row.currency, row.amount),
            (view.today - row.since).days,
        )
        for row in rows
    ]


def blocked_lots(view: View, *, most: int = MOST_OF_A_KIND) -> list[BlockedLot]:
    """Held lots with stock, the dearest first."""
    seen = view.access.q(companies=["owner", "used_by"], sites=["site"])
    pool = CostPool.objects.filter(
        view.access.q(companies=["owner"]), kind="stock", item=OuterRef("item"), owner=OuterRef("owner"),
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
