"""One item: its figures at a site or over all, how its balance goes on, who gets it, and its ledger."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.ui import balance_chart
from core.ui.formats import number, zone_city
from core.web.numbers import whole
from inventory.choices import DemandKind, DocumentKind, SupplyKind
from inventory.drafts import LevelKey
from inventory.models import Item, StockLevel
from inventory.selectors import document_states, item_page
from inventory.selectors import items as item_selectors
from inventory.selectors.allocations import Line
from inventory.selectors.levels import (
    LevelExplained,
    SetFigures,
    SupplyRow,
    figures_for_sites,
    level_explained,
    projected_balance,
)
from inventory.web import serving
from inventory.web.adjustments import sites_to_count
from inventory.web.transfers import may_move
from sites.web import reader
from sites.web.mixins import SitePageMixin

SPANS = (28, 56, 90)
LEDGER_ROWS = 12


class ItemMixin(SitePageMixin):
    """Gives `self.item`, in the reader's sight, its levels, and the key that the page is about."""

    def scope(self) -> QuerySet[Item]:
        return item_selectors.items(self.access).select_related("unit", "category")

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @cached_property
    def levels(self) -> list[StockLevel]:
        return item_page.levels_of(self.item.pk, self.access, [site.pk for site in self.all_sites])

    @property
    def all_sites(self) -> Sequence[Any]:
        """Every site of the reader, whichever the page is about."""
        return reader.of(self.request).sites

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def key(self) -> LevelKey | None:
        """The level of a site's page; None over all sites."""
        if self.site is None:
            return None
        company = self.request.GET.get("company", "")
        key = item_page.key_at(self.item.pk, self.site, self.levels, self.access, company)
        if key is None:
            raise Http404
        return key

    def text(self, value: Any) -> str:
        """A quantity of this item as shown."""
        return number(value, self.item.unit.decimals)

    def document_url(self, kind: str, document_id: int) -> str:
        return serving.document_url(self.base, kind, document_id)


class ItemPage(ItemMixin, TemplateView):
    """`/s/<site>/stock/<id>/`."""

    template_name = "inventory/item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.at_site() if self.key else self.over_sites()
        return super().get_context_data(
            item=self.item,
            unit=self.item.unit,
            decimals=self.item.unit.decimals,
            base=self.base,
            tabs=self.tabs(),
            may_plan=may_move(self.access),
            may_adjust=bool(sites_to_count(self.sites, self.access)),
            **shown,
            **kwargs,
        )

    def tabs(self) -> list[dict[str, Any]]:
        """All sites, and each that holds, asks for or expects it."""
        here = {level.site_id for level in self.levels}
        sites = [site for site in self.all_sites if site.pk in here or site == self.site]
        entries = [("all", _("All sites"), None), *((site.code, f"{site.code} {site.name}", site) for site in sites)]
        if len(self.all_sites) < 2:
            return []
        return [
            {
                "label": label,
                "url": f"/s/{code}/stock/{self.item.pk}/",
                "count": self.text(self._available(site)),
                "current": site == self.site,
            }
            for code, label, site in entries
        ]

    def _available(self, site: Any) -> Any:
        if site is None:
            return self.total.available if self.total else 0
        return sum(level.available for level in self.levels if level.site_id == site.pk)

    @cached_property
    def total(self) -> SetFigures | None:
        ids = [site.pk for site in self.all_sites]
        return figures_for_sites([self.item.pk], ids, access=self.access).get(self.item.pk)

    def over_sites(self) -> dict[str, Any]:
        has_users = len({level.used_by_id for level in self.levels}) > 1
        url = f"{self.base}stock/{self.item.pk}/explain/"
        return {
            "total": self.total,
            "levels": level_rows(self, self.levels),
            "has_users": has_users,
            "explain_url": url,
        }

    def at_site(self) -> dict[str, Any]:
        key = self.key
        assert key is not None
        explained = level_explained(key, now=self.now)
        company = next((level.used_by for level in self.levels if level.used_by_id == key.used_by_id), None)
        asked = whole(self.request.GET.get("days"))
        days = asked if asked in SPANS else SPANS[0]
        return {
            "explained": explained,
            "figures": explained.figures,
            "chart": self.chart(key, explained, days),
            "days": days,
            "spans": SPANS,
            "city": zone_city(self.zone),
            "lines": [line_row(self, line, explained.lines) for line in explained.lines],
            "supplies": supply_rows(self, explained.supplies),
            "ledger": item_page.ledger_rows(key, self.access, explained.figures.on_hand, most=LEDGER_ROWS),
            "company": company,
            "explain_url": serving.explain_url(self.site_code, self.item.pk, company.code if company else ""),
            "companies": [level.used_by for level in self.levels if level.site_id == key.site_id],
        }

    def chart(self, key: LevelKey, explained: LevelExplained, days: int) -> balance_chart.BalanceChart:
        """The projected balance day by day, with what changes it."""
        series = projected_balance(key, days=days, now=self.now)
        changes = [
            balance_chart.Change(one.on_date, change.quantity, change.document_number, _change_kind(change))
            for one in series
            for change in one.changes
        ]
        missing = explained.figures.missing
        note = _("%(amount)s missing with safety stock") % {"amount": self.text(missing)} if missing else ""
        return balance_chart.layout(
            start=explained.figures.computed_for,
            days=days,
            on_hand=explained.figures.on_hand,
            changes=changes,
            safety_stock=explained.figures.safety_stock,
            note=note,
        )


class ExplainPage(ItemMixin, TemplateView):
    """The drawer of a level: the formula, and the rows whose sums its figures are.

    Over all sites, and at a site where several companies use the item and none is named, its rows are the levels.
    """

    template_name = "inventory/explain.html"

    @property
    def key(self) -> LevelKey | None:
        is_sum = not self.request.GET.get("company") and len(self.levels_here) > 1
        return None if is_sum else super().key

    @property
    def levels_here(self) -> list[StockLevel]:
        return [level for level in self.levels if level.site_id in self.site_ids]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.key
        explained = level_explained(key, now=self.now) if key else None
        total = figures_for_sites([self.item.pk], self.site_ids, access=self.access).get(self.item.pk)
        return super().get_context_data(
            item=self.item,
            decimals=self.item.unit.decimals,
            page_url=f"{self.base}stock/{self.item.pk}/",
            base=self.base,
            explained=explained,
            figures=explained.figures if explained else total,
            levels=level_rows(self, self.levels_here),
            has_users=len({level.used_by_id for level in self.levels_here}) > 1,
            query=f"?{self.request.GET.urlencode()}" if self.request.GET.get("company") else "",
            lines=[line_row(self, line, explained.lines) for line in explained.lines] if explained else [],
            supplies=supply_rows(self, explained.supplies) if explained else [],
            **kwargs,
        )


def level_rows(page: ItemMixin, levels: Sequence[StockLevel]) -> list[dict[str, Any]]:
    """Levels, each with the drawer that explains it."""
    return [
        {"level": level, "url": serving.explain_url(level.site.code, page.item.pk, level.used_by.code)}
        for level in levels
    ]


def line_row(page: ItemMixin, line: Line, lines: Sequence[Line]) -> dict[str, Any]:
    """A demand in rank order: how it is served, and who took the stock before it."""
    demand = line.demand
    served = serving.in_words(line, lines, page.item.unit.decimals)
    return {
        "line": line,
        "demand": demand,
        "url": page.document_url(demand.document_kind, demand.document_id),
        "what": DemandKind(demand.kind).label,
        "state": served.state,
        "served": served.served_by,
        "taken": served.taken_by,
    }


def supply_rows(page: ItemMixin, rows: Sequence[SupplyRow]) -> list[dict[str, Any]]:
    """Supplies: what each is, how its order stands, when it comes, and how much of it nobody has taken."""
    found = document_states.states((row.supply.document_kind, row.supply.document_id) for row in rows)
    return [_supply_row(page, row, found) for row in rows]


def _supply_row(page: ItemMixin, row: SupplyRow, found: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    supply = row.supply
    is_moving = supply.kind == SupplyKind.TRANSFER_IN and supply.in_transit_quantity > 0
    state = found.get((supply.document_kind, supply.document_id), supply.firmness)
    return {
        "row": row,
        "supply": supply,
        "url": page.document_url(supply.document_kind, supply.document_id),
        "what": SupplyKind(supply.kind).label,
        "state": "overdue" if row.is_overdue else "in_transit" if is_moving else state,
    }


def _change_kind(change: Any) -> str:
    if change.quantity < 0:
        return "demand"
    return "transit" if change.document_kind == DocumentKind.TRANSFER else "supply"
