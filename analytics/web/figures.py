"""What stands behind each figure of the first page: a drawer of the rows whose sum it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import F
from django.utils.translation import gettext as _

from analytics.selectors import flows, network, orders, value
from analytics.selectors.scope import View
from analytics.selectors.value import Value
from core.ui.formats import day, money, number
from inventory.models import StockLevel
from production.selectors.ranked import Ranked
from production.web import rank_rows
from sites.models import Site

MOST_ROWS = 100


@dataclass(frozen=True)
class Line:
    """A row of a drawer; `opens` its own drawer, else its page."""

    name: str
    text: str
    amount: str
    url: str = ""
    opens: bool = False


@dataclass(frozen=True)
class Explained:
    """A figure: its title, what it means, its sum and the rows that make it.

    `more` is how many rows are left out; `more_url` the list that has them all.
    """

    title: str
    meaning: str
    total: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0
    more_url: str = ""


def stock_value(view: View, base: str) -> Explained:
    """By site; at a single site by item."""
    total = _amounts(value.stock_values(view))
    if len(view.sites) == 1:
        return _value_by_item(view, base, total)
    lines = [
        Line(row.site.code, row.site.name, _amounts(row.values), site_value_url(row.site), opens=True)
        for row in network.site_figures(view)
        if row.values
    ]
    meaning = _("What your companies' stock cost, at the moving average, by site.")
    return Explained(_("Stock value"), meaning, total, lines)


def site_value_url(site: Site) -> str:
    """The drawer of a site's stock value."""
    return f"/s/{site.code}/network/explain/stock-value/"


def _value_by_item(view: View, base: str, total: str) -> Explained:
    lines = [
        Line(sku, "", _amounts([one]), f"{base}stock/{item_id}/")
        for item_id, sku, one in value.values_by_item(view, most=MOST_ROWS)
    ]
    meaning = _("What your companies' stock cost, at the moving average, by item.")
    more = value.count_of_items(view) - len(lines)
    return Explained(_("Stock value"), meaning, total, lines, more, f"{base}stock/")


def in_transit(view: View, base: str) -> Explained:
    """Transfers to the view's sites."""
    coming = flows.coming(view)
    rows = flows.listed(coming.order_by(F("expected_on").asc(nulls_last=True), "id")[:MOST_ROWS])
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
    more, url = coming.count() - len(lines), f"{base}transfers/?tab=under_way"
    return Explained(_("In transit"), meaning, _amounts(value.transit_values(view)), lines, more, url)


def late(view: View, base: str) -> Explained:
    meaning = _("Open sales orders, and orders made to stock, that come after they are needed.")
    lines = _orders(orders.late(view, most=MOST_ROWS), view, base)
    count = orders.counts(view).late
    return Explained(_("Late orders"), meaning, number(count), lines, count - len(lines), f"{base}orders/?late=1")


def at_risk(view: View, base: str) -> Explained:
    meaning = _("Not late yet, but something is not available, or comes less than three days before it is needed.")
    lines = _orders(orders.at_risk(view, most=MOST_ROWS), view, base)
    count = orders.counts(view).risky
    return Explained(_("At risk"), meaning, number(count), lines, count - len(lines), f"{base}orders/?risk=1")


def _orders(found: list[Ranked], view: View, base: str) -> list[Line]:
    return [
        Line(row.number, " · ".join(filter(None, [row.party, row.why])), _amount(row), row.url)
        for row in rank_rows.rows(found, view.access, base=base)
    ]


def _amount(row: rank_rows.Row) -> str:
    return money(row.amount, row.currency, 0) if row.amount else ""


def missing(view: View, base: str) -> Explained:
    rows = StockLevel.objects.filter(view.levels(), missing__gt=0).select_related("item__unit", "site", "used_by")
    lines = [
        Line(
            row.item.sku,
            row.site.code,
            f"{number(row.missing, row.item.unit.decimals)} {row.item.unit.code}",
            f"/s/{row.site.code}/stock/{row.item_id}/?{urlencode({'company': row.used_by.code})}",
        )
        for row in rows.order_by("item__sku", "site__code", "id")[:MOST_ROWS]
    ]
    meaning = _("Items at sites whose projected stock is below the safety stock.")
    count = network.missing_count(view)
    url = f"{base}stock/?state=missing"
    return Explained(_("Missing"), meaning, number(count), lines, count - len(lines), url)


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
