"""The list of manufacturing orders, and the same as CSV."""

from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.clock import local_date
from core.web import lists
from core.web.keyset import paginate
from core.web.tables import csv_response
from inventory.choices import DocumentKind
from inventory.rules import availability
from inventory.selectors import ranks
from inventory.selectors.statuses import Status, statuses
from production.choices import ManufacturingOrderState as State
from production.models import ManufacturingOrder
from production.rules import OPEN_STATES
from production.selectors import order_page, orders
from sites.access import PLANNERS, Access
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
TABS = ("open", "late", "blocked", "done", "all")
# Sort by these; without a rank behind all that have one.
SORTS = {"due_on": "due_on", "number": "id", "quantity": "quantity", "item": "item_key", "rank": "rank_key"}
STREAMED = 500


def may_plan(access: Access) -> bool:
    """Whether he plans for any company, so that there is something he may create."""
    roles = {*access.company_roles.values(), *access.member_roles.values()}
    return access.is_superuser or not roles.isdisjoint(PLANNERS)


class OrderListMixin(SitePageMixin):
    """Which orders the page is about; the CSV has the same."""

    def scope(self) -> QuerySet[ManufacturingOrder]:
        rows = orders.visible_orders(self.access).select_related("item__unit", "site", "company")
        return rows.filter(site=self.site) if self.site else rows

    @property
    def tab(self) -> str:
        chosen = self.request.GET.get("tab", "")
        return chosen if chosen in TABS else TABS[0]

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @cached_property
    def rows(self) -> QuerySet[ManufacturingOrder]:
        rows = self.scope().filter(order_page.tab(self.tab, self.sites, self.now))
        if self.asked("item"):
            rows = rows.filter(item__sku__iexact=self.asked("item"))
        if self.asked("site"):
            rows = rows.filter(site__code__iexact=self.asked("site"))
        if self.asked("state") in State.values:
            rows = rows.filter(state=self.asked("state"))
        if self.asked("review") == "1":
            rows = rows.exclude(review_reason="")
        if self.asked("search"):
            rows = orders.matching(rows, self.asked("search"))
        last = Value("\uffff", output_field=CharField())
        return rows.annotate(
            item_key=Lower("item__sku"), rank_key=Coalesce(F("priority__rank"), last, output_field=CharField())
        )

    @property
    def sort(self) -> str:
        """A field or annotation; what is open by its due date, what is done with the newest first."""
        asked = self.request.GET.get("sort", "")
        if asked.lstrip("-") in SORTS:
            return ("-" if asked.startswith("-") else "") + SORTS[asked.lstrip("-")]
        return "-id" if self.tab in ("done", "all") else "due_on"


class OrderListPage(OrderListMixin, TemplateView):
    """`/s/<site>/manufacturing-orders/`."""

    template_name = "production/order_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.rows, by=self.sort, size=PAGE_SIZE)
        counts = order_page.tab_counts(self.scope(), self.sites, self.now)
        is_plain = not any(self.asked(name) for name in ("item", "site", "state", "review", "search"))
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=self.shown(page.rows),
            tabs=lists.tabs(self.tab_labels(), counts, self.tab, alarms=("late", "blocked")),
            filters=self.filters(),
            page=page.shown(counts.get(self.tab) if is_plain else None),
            default_sort="" if self.tab in ("done", "all") else "due_on",
            tab=self.tab,
            is_plain=is_plain,
            may_create=may_plan(self.access),
            **kwargs,
        )

    def tab_labels(self) -> dict[str, Any]:
        return {"open": _("Open"), "late": _("Late"), "blocked": _("Blocked"), "done": _("Done"), "all": _("All")}

    def filters(self) -> list[dict[str, Any]]:
        states = [(value, State(value).label) for value in State.values]
        filters = [
            lists.text_filter("search", _("Search"), self.asked("search")),
            lists.text_filter("item", _("Item"), self.asked("item")),
            lists.choice_filter("state", _("State"), self.asked("state"), states),
            lists.choice_filter("review", _("To review"), self.asked("review"), [("1", _("recipe has changed"))]),
        ]
        return (
            filters
            if self.site or len(self.sites) < 2
            else [*filters, lists.site_filter(self.sites, self.asked("site"))]
        )

    def shown(self, rows: list[ManufacturingOrder]) -> list[dict[str, Any]]:
        """What a row says; three queries for the page."""
        ids = [row.pk for row in rows]
        found = statuses(DocumentKind.MANUFACTURING_ORDER, ids).documents
        places = ranks.positions(row.priority_id for row in rows)
        lacking = order_page.waits_for(ids)
        return [
            {
                "order": row,
                "rank": places.get(row.priority_id or 0),
                "status": found.get(row.pk),
                "availability": availability_of(row, found.get(row.pk)),
                "is_due": row.state in OPEN_STATES and row.due_on < local_date(self.now, row.site.time_zone),
                "why": self.why(row, lacking.get(row.pk, [])),
            }
            for row in rows
        ]

    def why(self, row: ManufacturingOrder, lacking: list[str]) -> str:
        if row.blocked_at is not None:
            return row.blocked_reason
        if row.review_reason and not lacking:
            return row.review_reason
        return _("waits for %(items)s") % {"items": ", ".join(lacking[:3])} if lacking else row.close_reason


class OrderExport(OrderListMixin, View):
    """The list as CSV, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["number", "state", "item", "name", "site", "company", "quantity", "unit", "completed", "scrapped",
                "open", "start_on", "due_on", "blocked", "reference"]  # fmt: skip
        return csv_response("manufacturing-orders", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        for row in self.rows.order_by("pk").iterator(chunk_size=STREAMED):
            yield [
                row.number, row.state, row.item.sku, row.item.name, row.site.code, row.company.code, row.quantity,
                row.item.unit.code, row.posted_quantity, row.scrapped_quantity, row.open_quantity, row.start_on,
                row.due_on, row.blocked_reason if row.blocked_at else "", row.external_reference,
            ]  # fmt: skip


def availability_of(order: ManufacturingOrder, status: Status | None) -> str:
    """The state to show: blocked before what its components are; nothing for what is not open."""
    if order.blocked_at is not None and order.state in OPEN_STATES:
        return "blocked"
    if status is None:
        return ""
    return availability.shown(status.availability, status.late_days)
