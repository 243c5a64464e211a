"""The live stock grid."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.templatetags.mfg import url_with
from core.ui.formats import day, number
from core.ui.stock_bar import scale_of, stock_cell
from core.web.keyset import paginate
from inventory.models import ItemCategory
from inventory.selectors import grid
from inventory.selectors.grid import Choice, Figures, GridRow
from inventory.selectors.levels import SetFigures
from inventory.web.adjustments import sites_to_count
from sites.models import Site
from sites.web.mixins import SitePageMixin

SHOW = ("available", "on_hand", "projected", "expected", "committed", "in_transit")
STATES = ("", "missing", "excess", "blocked")
PAGE_SIZE = 100
# The figures that may stand in columns, in this order; those of a site's page, and those beside the sites of all.
COLUMNS = (
    "on_hand", "committed", "available", "expected", "projected", "safety_stock", "missing", "excess", "in_transit",
    "blocked", "in_wip", "stock_out_on", "order_by_on",
)  # fmt: skip
AT_SITE = ("on_hand", "committed", "available", "expected", "projected", "safety_stock", "missing", "in_transit",
           "blocked")  # fmt: skip
OVER_SITES = ("missing",)
# What a narrow window has no room for.
FOLDED = {"safety_stock", "excess", "in_transit", "blocked", "in_wip", "stock_out_on", "order_by_on"}
SIGNED = {"available", "projected"}


def column_labels() -> dict[str, str]:
    """The columns by name, in the reader's language."""
    return {
        "on_hand": _("On hand"),
        "committed": _("Committed"),
        "available": _("Available"),
        "expected": _("Expected"),
        "projected": _("Projected"),
        "safety_stock": _("Safety stock"),
        "missing": _("Missing"),
        "excess": _("Excess"),
        "in_transit": _("In transit"),
        "blocked": _("Blocked"),
        "in_wip": _("In WIP"),
        "stock_out_on": _("Stock-out"),
        "order_by_on": _("Order by"),
    }


class StockPage(SitePageMixin, TemplateView):
    """Items × sites with the figure chosen, or one site with all its figures."""

    template_name = "inventory/stock_grid.html"

    def scope(self) -> None:
        return None

    @cached_property
    def choice(self) -> Choice:
        category = self.request.GET.get("category", "")
        state = self.request.GET.get("state", "")
        return Choice(
            search=self.request.GET.get("search", "").strip()[:100],
            category_id=int(category) if category.isdecimal() and len(category) < 10 else None,
            state=state if state in STATES else "",
        )

    @property
    def show(self) -> str:
        chosen = self.request.GET.get("show", "")
        return chosen if chosen in SHOW else SHOW[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = grid.stocked_items(self.access, self.site_ids, self.choice)
        sort = "-key" if self.request.GET.get("sort") == "-sku" else "key"
        page = paginate(self.request, items, by=sort, size=PAGE_SIZE)
        rows = grid.grid_rows(self.access, self.site_ids, page.rows)
        total = self.tab_counts[self.choice.state] if not (self.choice.search or self.choice.category_id) else None
        return super().get_context_data(
            base=self.base,
            rows=[self.row(row) for row in rows],
            columns=self.heads(),
            sites=self.shown_sites,
            tabs=self.tabs(),
            filters=self.filters(),
            page=page.shown(_capped(total)),
            item_count=_capped(self.tab_counts[""]),
            search=self.choice.search,
            empty=self.empty() if not rows else "",
            may_adjust=bool(sites_to_count(self.sites, self.access)),
            **kwargs,
        )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The figures chosen by `?columns=`, once for each; else those that most ask for."""
        asked = self.request.GET.getlist("columns")
        return tuple(name for name in COLUMNS if name in asked) or (AT_SITE if self.site else OVER_SITES)

    @cached_property
    def shown_sites(self) -> list[Site]:
        """The columns of sites: those chosen by `?sites=`, else all; none on the page of one."""
        if self.site:
            return []
        asked = {code.lower() for code in self.request.GET.getlist("sites")}
        return [site for site in self.sites if site.code.lower() in asked] or self.sites

    def heads(self) -> list[dict[str, str]]:
        labels = column_labels()
        return [
            {"label": labels[name], "css": "fold-narrow" if self.site and name in FOLDED else ""}
            for name in self.columns
        ]

    def empty(self) -> str:
        """Why there is nothing to show, where that is not that there is no stock at all."""
        if self.choice.search:
            return _("No item matches “%(search)s”.") % {"search": self.choice.search}
        if self.choice.category_id is not None:
            return _("No item of this category matches.")
        nothing = {
            "missing": _("Nothing is missing."),
            "excess": _("Nothing is in excess."),
            "blocked": _("Nothing is blocked."),
        }
        return nothing.get(self.choice.state, "")

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @cached_property
    def tab_counts(self) -> dict[str, int]:
        return {
            state: grid.count_items(grid.stocked_items(self.access, self.site_ids, Choice(state=state)))
            for state in STATES
        }

    def tabs(self) -> list[dict[str, Any]]:
        labels = {"": _("All items"), "missing": _("Missing"), "excess": _("Excess"), "blocked": _("Blocked")}
        return [
            {
                "label": label,
                "url": url_with(self.request.GET, state=state or None, search=None, category=None),
                "count": _capped(self.tab_counts[state]),
                "tone": "no" if state == "missing" else "",
                "current": state == self.choice.state,
            }
            for state, label in labels.items()
        ]

    def filters(self) -> list[dict[str, Any]]:
        categories = ItemCategory.objects.filter(archived_at=None).order_by("name", "id")[:200]
        chosen = next((row.name for row in categories if row.pk == self.choice.category_id), "")
        filters: list[dict[str, Any]] = [
            {
                "name": "search",
                "label": _("Search"),
                "kind": "text",
                "value": self.choice.search,
                "value_label": self.choice.search,
            },
            {
                "name": "category",
                "label": _("Category"),
                "kind": "choice",
                "value": str(self.choice.category_id or ""),
                "value_label": chosen,
                "options": [
                    {"value": row.pk, "label": row.name, "selected": row.pk == self.choice.category_id}
                    for row in categories
                ],
            },
        ]
        if self.site:
            return [*filters, self.columns_filter()]
        of_sites = [self.sites_filter()] if len(self.sites) > 1 else []
        return [*filters, self.show_filter(), self.columns_filter(), *of_sites]

    def columns_filter(self) -> dict[str, Any]:
        """Which figures have a column of their own."""
        is_own = self.columns != (AT_SITE if self.site else OVER_SITES)
        labels = column_labels()
        return {
            "name": "columns",
            "label": _("Columns"),
            "kind": "many",
            "value": "1" if is_own else "",
            "value_label": number(len(self.columns)),
            "options": [{"value": name, "label": labels[name], "selected": name in self.columns} for name in COLUMNS],
        }

    def sites_filter(self) -> dict[str, Any]:
        """Which sites have a column."""
        is_own = len(self.shown_sites) < len(self.sites)
        return {
            "name": "sites",
            "label": _("Sites"),
            "kind": "many",
            "value": "1" if is_own else "",
            "value_label": ", ".join(site.code for site in self.shown_sites),
            "options": [
                {"value": site.code, "label": f"{site.code} {site.name}", "selected": site in self.shown_sites}
                for site in self.sites
            ],
        }

    def show_filter(self) -> dict[str, Any]:
        """Which figure stands in the cells."""
        names = {
            "available": _("available"),
            "on_hand": _("on hand"),
            "projected": _("projected"),
            "expected": _("expected"),
            "committed": _("committed"),
            "in_transit": _("in transit"),
        }
        return {
            "name": "show",
            "label": _("Show"),
            "kind": "choice",
            "value": self.show,
            "value_label": names[self.show],
            "options": [{"value": key, "label": label, "selected": key == self.show} for key, label in names.items()],
        }

    def row(self, row: GridRow) -> dict[str, Any]:
        scale = scale_of([figures.bar for figures in row.sites.values()])
        url = f"{self.base}stock/{row.item.pk}/"
        return {
            "item": row.item,
            "url": url,
            "explain": f"{url}explain/",
            "total": self.cell(row, row.total, row.total_bar, width=44),
            "bar": row.total,
            "figures": [self.figure(name, row) for name in self.columns],
            "cells": [
                self.cell(row, row.sites[site.pk], row.sites[site.pk].bar, site=site, scale=scale)
                if site.pk in row.sites
                else ""
                for site in self.shown_sites
            ],
        }

    def figure(self, name: str, row: GridRow) -> dict[str, str]:
        """A figure of its own: text and class; "" for what a reader need not look at."""
        value = getattr(row.total, name)
        css = ["num", *(["fold-narrow"] if self.site and name in FOLDED else [])]
        if isinstance(value, date) or value is None:
            return {"text": day(value) if value else "", "css": " ".join(css)}
        if name == "missing":
            return {"text": number(value, row.item.unit.decimals) if value else "", "css": " ".join([*css, "no", "m"])}
        css += ["m"] * (name in ("on_hand", "available")) + ["neg"] * (name in SIGNED and value < 0)
        return {"text": number(value, row.item.unit.decimals), "css": " ".join(css)}

    def cell(
        self,
        row: GridRow,
        figures: Figures | SetFigures,
        bar: tuple[Decimal, Decimal, Decimal, Decimal],
        *,
        site: Site | None = None,
        scale: float = 0,
        width: int = 36,
    ) -> str:
        """One cell: mark, bar, number, and the drawer that explains it."""
        at = site.code if site else self.site_code
        return stock_cell(
            bar,
            scale=scale,
            state=state_of_figures(figures) if site else "",
            text=number(getattr(figures, self.show), row.item.unit.decimals),
            url=f"/s/{at}/stock/{row.item.pk}/explain/",
            width=width,
        )


def state_of_figures(figures: Figures | SetFigures) -> str:
    """What the mark of a level says: missing, or taken by orders but expected, or nothing."""
    if figures.missing > 0:
        return "missing"
    return "expected" if figures.available < 0 else ""


def _capped(count: int | None) -> str | int | None:
    return f"{grid.MOST_COUNTED:,}+" if count is not None and count > grid.MOST_COUNTED else count
