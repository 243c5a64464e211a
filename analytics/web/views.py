"""The first page: how the network stands, and what needs somebody first."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from analytics.selectors import attention, flows, network, orders, value
from analytics.selectors.scope import View
from analytics.selectors.value import Value
from analytics.web import drawing, figures
from analytics.web.attention import Writer
from analytics.web.figures import site_value_url
from core.ui.formats import money, number
from inventory.web.adjustments import sites_to_count
from inventory.web.transfers import may_move
from production.selectors.ranked import Counts
from production.web import rank_rows
from sites.web import reader
from sites.web.mixins import SitePageMixin

SHOWN = 6


class ViewMixin(SitePageMixin):
    """Gives `self.view`, which part of the network the page is about."""

    def scope(self) -> None:
        return None

    @property
    def view(self) -> View:
        return View(self.access, self.sites, self.now, self.zone)

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"


class NetworkPage(ViewMixin, TemplateView):
    """Figures, what needs attention, late orders, the sites and the goods between them."""

    template_name = "analytics/network.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view, known = self.view, reader.of(self.request)
        entries = Writer(self.site_code, self.access).entries(attention.attention(view, most=attention.MOST_OF_A_KIND))
        sites, goods, counts = network.site_figures(view), flows.flows(view), orders.counts(view)
        missing = sum(row.missing for row in sites)
        return super().get_context_data(
            today=view.today,
            base=self.base,
            figures=_figures(view, counts, missing, is_small=known.is_small),
            attention=entries[:SHOWN],
            attention_count=attention.counts(view, missing=missing, late=counts.late).all,
            late_orders=rank_rows.rows(orders.late(view, most=SHOWN), self.access, base=self.base),
            drawing=drawing.draw(sites, goods, base=self.base, today=view.today) if len(sites) > 1 else None,
            flows=goods,
            sites=[_site_row(row, self.now) for row in sites],
            totals=_totals(sites, self.base),
            may_plan=may_move(self.access),
            may_adjust=bool(sites_to_count(self.sites, self.access)),
            **kwargs,
        )


class AttentionPage(ViewMixin, TemplateView):
    """Everything that needs somebody."""

    template_name = "analytics/attention.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view = self.view
        found = attention.attention(view, most=attention.MOST_LISTED)
        counts = attention.counts(view, missing=network.missing_count(view), late=orders.counts(view).late)
        return super().get_context_data(
            attention=Writer(self.site_code, self.access).entries(found),
            count=counts.all,
            more=self.more(found, counts),
            base=self.base,
            **kwargs,
        )

    def more(self, found: attention.Attention, counts: attention.Counts) -> list[dict[str, Any]]:
        """What the page leaves out, kind by kind, and the list that has it all."""
        kinds: list[tuple[str, int, Sequence[Any], str]] = [
            (_("%(count)s more shortages"), counts.shortages, found.shortages, "stock/?state=missing"),
            (_("%(count)s more late orders"), counts.late_orders, found.late_orders, "orders/?late=1"),
            (_("%(count)s more overdue transfers"), counts.transfers, found.transfers, "transfers/?tab=overdue"),
            (_("%(count)s more overdue purchases"), counts.purchases, found.purchases, "purchase-orders/?tab=overdue"),
            (_("%(count)s more blocked lots"), counts.lots, found.lots, "stock/?state=blocked"),
        ]
        return [
            {"label": label % {"count": number(count - len(rows))}, "url": f"{self.base}{path}"}
            for label, count, rows, path in kinds
            if count > len(rows)
        ]


class FigurePage(ViewMixin, TemplateView):
    """The drawer of one figure of the first page: the rows whose sum it is."""

    template_name = "analytics/figure.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        explain = figures.EXPLAINED.get(self.kwargs["figure"])
        if explain is None:
            raise Http404("There is no such figure.")
        return super().get_context_data(**{**kwargs, "figure": explain(self.view, self.base)})


def _figures(view: View, counts: Counts, missing: int, *, is_small: bool) -> list[dict[str, Any]]:
    """The strip over the page; a reader of one site has nothing between sites."""
    stock, transit = value.stock_values(view), value.transit_values(view)
    share, shipped = orders.on_time_share(view, view.today)
    coming = flows.coming(view).count()
    figures = [
        _figure("stock-value", _("Stock value"), amounts(stock), _growth(stock)),
        _figure(
            "in-transit",
            _("In transit"),
            amounts(transit),
            ngettext("%(count)s transfer", "%(count)s transfers", coming) % {"count": coming},
        ),
        _figure("late", _("Late orders"), counts.late, _("of %(count)s open") % {"count": counts.all}, "late"),
        _figure("at-risk", _("At risk"), counts.risky, _("%(count)s ready to ship") % {"count": counts.ready}),
        _figure("missing", _("Missing"), missing, _("items") if is_small else _("item-sites"), "no"),
        _figure(
            "on-time",
            _("On time, 30 days"),
            "–" if share is None else f"{share * 100:.1f} %",
            _("of %(count)s shipped") % {"count": shipped},
        ),
    ]
    return [figure for figure in figures if figure["name"] != "in-transit" or not is_small]


def _figure(name: str, label: str, shown: str | int, note: str = "", tone: str = "") -> dict[str, Any]:
    is_alarm = bool(tone) and bool(shown)
    return {"name": name, "label": label, "value": str(shown), "note": note, "tone": tone if is_alarm else ""}


def amounts(values: Sequence[Value]) -> str:
    """Values of different currencies beside each other: they are never added."""
    return " + ".join(money(row.amount, row.currency, 0) for row in values) or "–"


def _growth(values: Sequence[Value]) -> str:
    if len(values) != 1 or values[0].change is None:
        return ""
    return _("%(share)s %% this week") % {"share": f"{values[0].change * 100:+.1f}".replace("-", "−")}


def _site_row(row: network.SiteFigures, now: Any) -> dict[str, Any]:
    url = site_value_url(row.site) if row.values else ""
    return {"figures": row, "site": row.site, "value": amounts(row.values), "value_url": url, "now": now}


def _totals(sites: Sequence[network.SiteFigures], base: str) -> list[dict[str, str]]:
    """The sums under the table of sites, each with the drawer that explains it."""
    by_currency: dict[str, Decimal] = {}
    for row in sites:
        for one in row.values:
            by_currency[one.currency] = by_currency.get(one.currency, Decimal(0)) + one.amount
    missing, late = sum(row.missing for row in sites), sum(row.late for row in sites)
    totals = [
        ("stock-value", amounts([Value(currency, amount) for currency, amount in by_currency.items()])),
        ("missing", number(missing) if missing else "–"),
        ("late", number(late) if late else "–"),
    ]
    return [{"text": text, "url": "" if text == "–" else f"{base}network/explain/{name}/"} for name, text in totals]
