"""Rows of the ranked list: everything a row shows, read for the whole page at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.formats import number
from inventory.choices import Availability
from inventory.models import ItemCompany
from inventory.selectors import ranks
from inventory.selectors.reasons import Reason, reasons
from production.models import ManufacturingOrder
from production.selectors.ranked import Ranked, is_sales, state_of
from production.web.rank_change import Change
from production.web.rank_why import why
from sales.models import SalesOrder, SalesOrderLine
from sites.access import PLANNERS, Access

ZERO = Decimal(0)
ICONS = {True: "sell", False: "make"}


@dataclass
class Row:
    """An order as the list shows it; texts are formatted, dates, the amount and `open_quantity` are not.

    What is open has no sum (None, "–") where its lines have different units.
    """

    kind: str
    id: int
    priority_id: int
    number: str
    url: str
    icon: str
    party: str
    items: str
    items_title: str
    open: str
    open_quantity: Decimal | None
    unit: str
    site: str
    need_on: date | None
    promised_on: date | None
    expected_on: date | None
    state: str
    state_text: str
    late_days: int
    is_overdue: bool
    why: str
    amount: Decimal | None
    currency: str
    rank: int | None
    rank_url: str
    today: date
    shift: int = 0
    was: str = ""
    is_better: bool = False
    is_moved: bool = False

    @property
    def shift_size(self) -> int:
        return abs(self.shift)


@dataclass
class Facts:
    """What the database knows of the orders of a page."""

    sales: dict[int, SalesOrder] = field(default_factory=dict)
    lines: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    making: dict[int, ManufacturingOrder] = field(default_factory=dict)
    costs: dict[tuple[int, int], tuple[Decimal, str]] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    reasons: dict[tuple[str, int], list[Reason]] = field(default_factory=dict)


def read(found: Sequence[Ranked], access: Access) -> Facts:
    """Nine queries, however many orders."""
    sales = [row.id for row in found if is_sales(row)]
    making = ManufacturingOrder.objects.filter(pk__in=[row.id for row in found if not is_sales(row)])
    orders = {order.pk: order for order in making.select_related("item__unit", "site", "company")}
    return Facts(
        {order.pk: order for order in SalesOrder.objects.filter(pk__in=sales).select_related("customer", "site")},
        _lines(sales),
        orders,
        _costs(orders.values(), access),
        ranks.positions(row.priority_id for row in found),
        reasons([(row.kind, row.id) for row in found]),
    )


def rows(found: Sequence[Ranked], access: Access, *, base: str, change: Change | None = None) -> list[Row]:
    """The rows of a page, with the marks of the reader's last move."""
    facts = read(found, access)
    shown = [
        _sale(row, facts, access, base) if is_sales(row) else _making(row, facts, access, base)
        for row in found
        if row.id in (facts.sales if is_sales(row) else facts.making)
    ]
    if change is not None:
        companies = {row.priority_id: row.company_id for row in found}
        for row in shown:
            _mark(row, change, companies[row.priority_id])
    return shown


def _lines(order_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    each = F("unit_price") * (1 - F("discount")) / F("unit_factor")
    lines = (
        SalesOrderLine.objects.filter(order__in=list(order_ids), open_quantity__gt=0)
        .order_by("order_id", "line_no")
        .values("order_id", "item__sku", "item__unit__code", "item__unit__decimals", "open_quantity", "need_by_on")
        .annotate(amount=F("open_quantity") * each)
    )
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        found[line["order_id"]].append(dict(line))
    return found


def _costs(orders: Iterable[ManufacturingOrder], access: Access) -> dict[tuple[int, int], tuple[Decimal, str]]:
    """The standard cost of what is made, for people of the company that owns it."""
    condition = Q(pk__in=[])
    for order in orders:
        condition |= Q(company=order.company_id, item=order.item_id)
    known = ItemCompany.objects.filter(condition, access.valued("company"), standard_cost__isnull=False)
    values = known.values_list("company_id", "item_id", "standard_cost", "company__currency")
    return {(company, item): (cost, currency) for company, item, cost, currency in values if cost is not None}


def _sale(row: Ranked, facts: Facts, access: Access, base: str) -> Row:
    order, lines = facts.sales[row.id], facts.lines.get(row.id, [])
    units = {line["item__unit__code"] for line in lines}
    skus = list(dict.fromkeys(line["item__sku"] for line in lines))
    total = sum((line["open_quantity"] for line in lines), ZERO)
    decimals = max((line["item__unit__decimals"] for line in lines), default=0)
    need_on = order.need_by_on or min((line["need_by_on"] for line in lines if line["need_by_on"]), default=None)
    has_prices = access.sees_prices(order.company_id, order.customer.party_id)
    return Row(
        number=order.number,
        url=f"{base}sales-orders/{order.pk}/",
        party=order.customer.name,
        items=skus[0] if len(skus) == 1 else ngettext("%(n)s item", "%(n)s items", len(skus)) % {"n": len(skus)},
        items_title=", ".join(skus),
        open=number(total, decimals) if len(units) == 1 else "–",
        open_quantity=total if len(units) == 1 else None,
        unit=units.pop() if len(units) == 1 else "",
        site=order.site.code,
        need_on=need_on,
        promised_on=order.promised_on,
        amount=sum((line["amount"] for line in lines), ZERO) if has_prices else None,
        currency=order.currency if has_prices else "",
        **_standing(row, facts, order, need_on),
        **_place(row, facts, access, order, base),
    )


def _making(row: Ranked, facts: Facts, access: Access, base: str) -> Row:
    order = facts.making[row.id]
    cost = facts.costs.get((order.company_id, order.item_id))
    return Row(
        number=order.number,
        url=f"{base}manufacturing-orders/{order.pk}/",
        party=_("Stock at %(site)s") % {"site": order.site.name},
        items=order.item.sku,
        items_title=order.item.name,
        open=number(order.open_quantity, order.item.unit.decimals),
        open_quantity=order.open_quantity,
        unit=order.item.unit.code,
        site=order.site.code,
        need_on=order.due_on,
        promised_on=order.promised_on,
        amount=order.open_quantity * cost[0] if cost else None,
        currency=cost[1] if cost else "",
        **_standing(row, facts, order, order.due_on),
        **_place(row, facts, access, order, base),
    )


def _place(row: Ranked, facts: Facts, access: Access, order: Any, base: str) -> dict[str, Any]:
    may_rank = access.has_role(PLANNERS, company_id=order.company_id, site_id=order.site_id)
    return {
        "kind": row.kind,
        "id": row.id,
        "priority_id": row.priority_id,
        "icon": ICONS[is_sales(row)],
        "rank": facts.places.get(row.priority_id),
        "rank_url": f"{base}orders/{row.priority_id}/rank/" if may_rank else "",
        "today": row.today,
    }


def _standing(row: Ranked, facts: Facts, order: Any, need_on: date | None) -> dict[str, Any]:
    lines = facts.reasons.get((row.kind, row.id), [])
    state = "blocked" if order.blocked_at is not None else state_of(row)
    text = ""
    if state == Availability.NOT_AVAILABLE and row.late_days > 0:
        late = ngettext("%(days)s day late", "%(days)s days late", row.late_days) % {"days": row.late_days}
        text = f"{_('Not available')}, {late}"
    elif state == "waiting":
        text = _("Being worked out")
    return {
        "state": state,
        "state_text": text,
        "late_days": row.late_days if state == "late" else 0,
        "expected_on": expected_on(row, need_on),
        "is_overdue": bool(need_on and need_on < row.today),
        "why": order.blocked_reason if state == "blocked" else why(row, lines),
    }


def expected_on(row: Ranked, need_on: date | None) -> date | None:
    """When it can be shipped, or is made: today if all is there, None if something is not available.

    What is made begins when its components are there, so it ends by as many days late.
    """
    if row.availability == Availability.NOT_AVAILABLE or (row.availability is None and is_sales(row)):
        return None
    if not is_sales(row):
        return date.fromordinal(need_on.toordinal() + max(row.late_days, 0)) if need_on else None
    return row.complete_on or row.today


def _mark(row: Row, change: Change, company_id: int) -> None:
    """The old date beside the new one, and by how much the row moved; until the workers have written what follows,
    the new one is what the move was worked out to lead to."""
    row.shift = change.shift(company_id, row.priority_id, row.rank)
    row.is_moved = row.priority_id == change.said["priority"]
    effect = change.effect_on(row.kind, row.id)
    if effect is None or row.state == "blocked" or row.icon != ICONS[True]:
        return
    stored = [row.state, row.expected_on]
    before = _shown(effect["before"], row)
    after = _shown(effect["after"], row)
    if stored not in (before, after):
        return
    row.was, row.is_better = effect["was"], effect["is_better"]
    if stored != after:
        row.state, row.expected_on = after
        row.late_days = effect["after"][2] if row.state == "late" else 0
        row.state_text = ""


def _shown(status: Sequence[Any], row: Row) -> list[Any]:
    """State and expected date as a row would show this status."""
    availability, complete_on, late_days = status
    if availability == Availability.NOT_AVAILABLE:
        return [Availability.NOT_AVAILABLE, None]
    on = date.fromisoformat(complete_on) if complete_on else None
    return ["late" if late_days > 0 else availability, on or row.today]
