"""What stands behind each figure of the first page: a drawer of the rows whose sum it is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from analytics.selectors import flows, network, orders, value
from analytics.selectors.scope import View
from analytics.selectors.value import Value
from core.ui.formats import day, money, number
from inventory.models import StockLevel
from production.selectors.ranked import Ranked
from production.web import rank_rows

MOST_ROWS = 100


@dataclass(frozen=True)
class Line:
    """A row of a drawer."""

    name: str
    text: str
    amount: str
    url: str = ""


@dataclass(frozen=True)
class Explained:
    """A figure: its title, what it means, its sum and the rows that make it."""

    title: str
    meaning: str
    total: str
    lines: list[Line] = field(default_factory=list)


def stock_value(view: View, base: str) -> Explained:
    lines = [
        Line(row.site.code, row.site.name, _amounts(row.values), f"/s/{row.site.code}/stock/")
        for row in network.site_figures(view)
        if row.values
    ]
    meaning = _("What your companies' stock cost, at the moving average, by site.")
    return Explained(_("Stock value"), meaning, _amounts(value.stock_values(view)), lines)


def in_transit(view: View, base: str) -> Explained:
    rows = [flow for flow in flows.flows(view) if flow.state in flows.UNDER_WAY]
    values = value.transfer_values([flow.id for flow in rows], view)
    lines = [
        Line(
            flow.number,
            f"{flow.origin} → {flow.destination}, {day(flow.expected_on) if flow.expected_on else ''}",
            _amounts([values[flow.id]] if flow.id in values else []),
            f"{base}transfers/{flow.id}/",
        )
        for flow in rows
    ]
    meaning = _("Dispatched and not received yet, at what it cost.")
    return Explained(_("In transit"), meaning, _amounts(value.transit_values(view)), lines)


def late(view: View, base: str) -> Explained:
    meaning = _("Open sales orders, and orders made to stock, that come after they are needed.")
    return _orders(_("Late orders"), meaning, orders.counts(view).late, orders.late(view, most=MOST_ROWS), view, base)


def at_risk(view: View, base: str) -> Explained:
    meaning = _("Not late yet, but something is not available, or comes less than three days before it is needed.")
    rows = orders.at_risk(view, most=MOST_ROWS)
    return _orders(_("At risk"), meaning, orders.counts(view).risky, rows, view, base)


def _orders(title: str, meaning: str, count: int, found: list[Ranked], view: View, base: str) -> Explained:
    lines = [
        Line(row.number, " · ".join(filter(None, [row.party, row.why])), _amount(row), row.url)
        for row in rank_rows.rows(found, view.access, base=base)
    ]
    return Explained(title, meaning, str(count), lines)


def _amount(row: rank_rows.Row) -> str:
    return money(row.amount, row.currency, 0) if row.amount else ""


def missing(view: View, base: str) -> Explained:
    rows = StockLevel.objects.filter(view.levels(), missing__gt=0).select_related("item__unit", "site")
    lines = [
        Line(
            row.item.sku,
            row.site.code,
            f"{number(row.missing, row.item.unit.decimals)} {row.item.unit.code}",
            f"{base}stock/{row.item_id}/?at={row.site.code}",
        )
        for row in rows.order_by("item__sku", "site__code", "id")[:MOST_ROWS]
    ]
    meaning = _("Items at sites whose projected stock is below the safety stock.")
    return Explained(_("Missing"), meaning, str(network.missing_count(view)), lines)


def on_time(view: View, base: str) -> Explained:
    share, count = orders.on_time_share(view, view.today)
    meaning = _("Sales orders fully shipped in the last 30 days, by their promised date, else by the date needed.")
    total = "–" if share is None else f"{share * 100:.1f} %"
    punctual = 0 if share is None else round(share * count)
    lines = [
        Line(_("On time"), "", str(punctual), f"{base}orders/"),
        Line(_("Late"), "", str(count - punctual), f"{base}orders/"),
    ]
    return Explained(_("On time, 30 days"), meaning, total, lines)


def _amounts(values: list[Value]) -> str:
    return " + ".join(money(row.amount, row.currency, 0) for row in values) or "–"


EXPLAINED: dict[str, Callable[[View, str], Explained]] = {
    "stock-value": stock_value,
    "in-transit": in_transit,
    "late": late,
    "at-risk": at_risk,
    "missing": missing,
    "on-time": on_time,
}
