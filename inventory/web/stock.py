"""The live stock grid."""

from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.ui.formats import number
from core.ui.stock_bar import scale_of, stock_cell
from core.web.keyset import paginate
from inventory.models import ItemCategory
from inventory.selectors import grid
from inventory.selectors.grid import Choice, Figures, GridRow
from inventory.selectors.levels import SetFigures
from sites.models import Site
from sites.web.mixins import SitePageMixin

SHOW = ("available", "on_hand", "projected", "expected", "committed", "in_transit")
STATES = ("", "missing", "excess", "blocked")
PAGE_SIZE = 100


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
            columns=[] if self.site else self.sites,
            tabs=self.tabs(),
            filters=self.filters(),
            page=page.shown(_capped(total)),
            item_count=_capped(self.tab_counts[""]),
            search=self.choice.search,
            **kwargs,
        )

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
                "url": f"?state={state}" if state else "?",
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
        return filters if self.site else [*filters, self.show_filter()]

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
        return {
            "item": row.item,
            "url": f"{self.base}stock/{row.item.pk}/",
            "total": self.cell(row, row.total, row.total_bar, width=44),
            "figures": row.total,
            "decimals": row.item.unit.decimals,
            "missing": row.total.missing,
            "cells": [
                self.cell(row, row.sites[site.pk], row.sites[site.pk].bar, site=site, scale=scale)
                if site.pk in row.sites
                else ""
                for site in self.sites
            ],
        }

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
