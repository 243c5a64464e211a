"""The list of purchase orders, and the same as CSV."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from core.clock import local_date
from core.ui.formats import symbol
from core.web import lists
from core.web.keyset import paginate
from core.web.tables import csv_response
from purchasing import selectors
from purchasing.choices import PurchaseOrderState as State
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from purchasing.rules import OPEN_STATES
from sites.access import PLANNERS, Access
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
TABS = ("open", "overdue", "draft", "received", "all")
# Sort by these; without a date behind all that have one.
SORTS = {"expected_on": "due_key", "number": "id", "supplier": "supplier__name"}
STREAMED = 500
ZERO = Decimal(0)
_NEVER = date(9999, 1, 1)


def may_buy(access: Access) -> bool:
    """Whether he plans for any company, so that there is an order he may enter."""
    roles = {*access.company_roles.values(), *access.member_roles.values()}
    return access.is_superuser or not roles.isdisjoint(PLANNERS)


class OrderListMixin(SitePageMixin):
    """Which orders the page is about; the CSV has the same."""

    def scope(self) -> QuerySet[PurchaseOrder]:
        rows = selectors.purchase_orders(self.access)
        return rows.filter(site=self.site) if self.site else rows

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def tab(self) -> str:
        chosen = self.request.GET.get("tab", "")
        return chosen if chosen in TABS else TABS[0]

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def overdue(self) -> Q:
        """Orders with an open line that should have come by now, in the days of their sites."""
        found = Q(pk__in=[])
        for zone in sorted({site.time_zone for site in self.sites}):
            late = PurchaseOrderLine.objects.filter(
                open_quantity__gt=0, expected_on__lt=local_date(self.now, zone), order__state__in=OPEN_STATES
            )
            found |= Q(site__time_zone=zone, pk__in=late.values("order"))
        return found

    def narrowed(self, tab: str) -> Q:
        return {
            "open": Q(state__in=OPEN_STATES),
            "overdue": Q(state__in=OPEN_STATES) & self.overdue,
            "draft": Q(state=State.DRAFT),
            "received": Q(state__in=[State.RECEIVED, State.CLOSED]),
        }.get(tab, Q())

    @cached_property
    def rows(self) -> QuerySet[PurchaseOrder]:
        rows = self.scope().filter(self.narrowed(self.tab))
        if self.asked("supplier"):
            rows = rows.filter(supplier__code__iexact=self.asked("supplier"))
        if self.asked("item"):
            of_item = PurchaseOrderLine.objects.filter(item__sku__iexact=self.asked("item")).values("order")
            rows = rows.filter(pk__in=of_item)
        if self.asked("site"):
            rows = rows.filter(site__code__iexact=self.asked("site"))
        if self.asked("search"):
            rows = selectors.matching(rows, self.asked("search"))
        still_open = PurchaseOrderLine.objects.filter(order=OuterRef("pk"), open_quantity__gt=0).order_by()
        due = Subquery(still_open.values("order").annotate(due=Min("expected_on")).values("due"))
        return rows.annotate(due_on=Coalesce(due, "expected_on"), due_key=Coalesce(due, "expected_on", Value(_NEVER)))

    @property
    def sort(self) -> str:
        """What is open by its date; the rest with the newest first."""
        asked = self.request.GET.get("sort", "")
        if asked.lstrip("-") in SORTS:
            return ("-" if asked.startswith("-") else "") + SORTS[asked.lstrip("-")]
        return "due_key" if self.tab in ("open", "overdue") else "-id"

    def shown(self, rows: list[PurchaseOrder]) -> list[dict[str, Any]]:
        """What a row says; two queries for the page."""
        lines = _lines([row.pk for row in rows])
        return [self.row(row, lines.get(row.pk, [])) for row in rows]

    def row(self, order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> dict[str, Any]:
        units = {line.item.unit.code for line in lines}
        skus = list(dict.fromkeys(line.item.sku for line in lines))
        decimals = max((line.item.unit.decimals for line in lines), default=0)
        today = local_date(self.now, order.site.time_zone)
        due_on = order.due_on  # type: ignore[attr-defined]
        is_open = order.state in OPEN_STATES
        has_prices = self.access.sees_prices(order.company_id, order.supplier.party_id)
        return {
            "order": order,
            "items": skus[0] if len(skus) == 1 else ngettext("%(n)s item", "%(n)s items", len(skus)) % {"n": len(skus)},
            "items_title": ", ".join(skus),
            "unit": units.pop() if len(units) == 1 else "",
            "has_sum": len({line.item.unit.code for line in lines}) == 1,
            "decimals": decimals,
            "ordered": sum((line.quantity for line in lines), ZERO),
            "open": sum((line.open_quantity for line in lines), ZERO),
            "amount": sum(line.net_amount for line in lines) if has_prices else None,  # type: ignore[attr-defined]
            "due_on": due_on,
            "late_days": max((today - due_on).days, 0) if is_open and due_on else 0,
            "state": "blocked" if order.blocked_at and (is_open or order.state == State.DRAFT) else order.state,
        }


class OrderListPage(OrderListMixin, TemplateView):
    """`/s/<site>/purchase-orders/`."""

    template_name = "purchasing/order_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        related = self.rows.select_related("supplier", "site")
        page = paginate(self.request, related, by=self.sort, size=PAGE_SIZE)
        counts = self.counts()
        rows = self.shown(page.rows)
        currencies = {row["order"].currency for row in rows if row["amount"] is not None}
        return super().get_context_data(
            base=self.base,
            rows=rows,
            tabs=lists.tabs(self.tab_labels(), counts, self.tab, alarms=["overdue"]),
            tab=self.tab,
            filters=self.filters(),
            is_filtered=self.is_filtered,
            page=page.shown(None if self.is_filtered else counts[self.tab]),
            default_sort="expected_on" if self.tab in ("open", "overdue") else "",
            currency=symbol(currencies.pop()) if len(currencies) == 1 else "",
            may_create=may_buy(self.access),
            **kwargs,
        )

    def counts(self) -> dict[str, int]:
        counted = {name: Count("pk", filter=self.narrowed(name)) for name in TABS if name != "all"}
        return self.scope().order_by().aggregate(all=Count("pk"), **counted)

    @property
    def is_filtered(self) -> bool:
        return any(self.asked(name) for name in ("search", "item", "site", "supplier"))

    def tab_labels(self) -> dict[str, Any]:
        return {
            "open": _("Open"),
            "overdue": _("Overdue"),
            "draft": _("Draft"),
            "received": _("Received"),
            "all": _("All"),
        }

    def filters(self) -> list[dict[str, Any]]:
        filters = [
            lists.text_filter("search", _("Search"), self.asked("search")),
            lists.text_filter("item", _("Item"), self.asked("item")),
            lists.text_filter("supplier", _("Supplier"), self.asked("supplier")),
        ]
        if self.site or len(self.sites) < 2:
            return filters
        return [*filters, lists.site_filter(self.sites, self.asked("site"))]


class OrderExport(OrderListMixin, View):
    """The list as CSV, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["order", "state", "supplier", "site", "items", "ordered", "open", "unit", "ordered_on", "expected",
                "days_late", "value", "currency", "reference"]  # fmt: skip
        return csv_response("purchase-orders", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        rows = self.rows.select_related("supplier", "site").order_by("pk")
        part: list[PurchaseOrder] = []
        for order in rows.iterator(chunk_size=STREAMED):
            part.append(order)
            if len(part) == STREAMED:
                yield from map(_csv_line, self.shown(part))
                part = []
        yield from map(_csv_line, self.shown(part))


def _csv_line(row: dict[str, Any]) -> list[Any]:
    order = row["order"]
    return [
        order.number, row["state"], order.supplier.name, order.site.code, row["items_title"],
        row["ordered"] if row["has_sum"] else None, row["open"] if row["has_sum"] else None, row["unit"],
        order.ordered_on, row["due_on"], row["late_days"], row["amount"], order.currency, order.external_reference,
    ]  # fmt: skip


def _lines(order_ids: list[int]) -> dict[int, list[PurchaseOrderLine]]:
    found: dict[int, list[PurchaseOrderLine]] = {}
    for line in selectors.lines().filter(order__in=order_ids).order_by("order_id", "line_no"):
        found.setdefault(line.order_id, []).append(line)
    return found
