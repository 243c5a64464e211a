"""Transfers: the list, one of them, and its steps."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.clock import local_date
from core.errors import DomainError
from core.web import lists
from core.web.keyset import paginate
from core.web.tables import csv_response
from inventory.choices import DemandKind, DocumentKind, TransferState
from inventory.drafts import LevelKey
from inventory.models import Transfer, TransferLine
from inventory.rules import availability
from inventory.rules.transfers import OPEN_STATES, in_transit
from inventory.selectors import transfer_page
from inventory.selectors import transfers as selectors
from inventory.selectors.statuses import Status, fresh_statuses, statuses
from inventory.services.recompute import preview
from inventory.web import transfer_steps
from inventory.web.serving import explain_url, served_lines
from inventory.web.steps import Steps, go_on, refusal, tell
from sites.access import PLANNERS, Access
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
STREAMED = 500
TABS = ("open", "under_way", "overdue", "received", "all")
SORTS = {"number": "id", "ship_by_on": "ship_key", "expected_on": "expected_key"}
FAR = "9999-12-31"


def may_move(access: Access) -> bool:
    """Whether he plans for any company, so that there is something he may create."""
    roles = {*access.company_roles.values(), *access.member_roles.values()}
    return access.is_superuser or not roles.isdisjoint(PLANNERS)


class TransferListMixin(SitePageMixin):
    """Which transfers the page is about; the CSV has the same."""

    def scope(self) -> QuerySet[Transfer]:
        rows = selectors.visible_transfers(self.access).select_related("origin", "destination", "owner")
        return rows.filter(transfer_page.at_site(self.site.pk)) if self.site else rows

    @property
    def tab(self) -> str:
        chosen = self.request.GET.get("tab", "")
        return chosen if chosen in TABS else TABS[0]

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @cached_property
    def rows(self) -> QuerySet[Transfer]:
        rows = self.scope().filter(transfer_page.tab(self.tab, self.sites, self.now))
        if self.asked("origin"):
            rows = rows.filter(origin__code__iexact=self.asked("origin"))
        if self.asked("destination"):
            rows = rows.filter(destination__code__iexact=self.asked("destination"))
        if self.asked("item"):
            lines = TransferLine.objects.filter(item__sku__iexact=self.asked("item"))
            rows = rows.filter(pk__in=lines.values("transfer"))
        if self.asked("search"):
            rows = selectors.matching(rows, self.asked("search"))
        return rows.annotate(
            ship_key=Coalesce(F("ship_by_on"), Value(FAR), output_field=Transfer._meta.get_field("ship_by_on")),
            expected_key=Coalesce(F("expected_on"), Value(FAR), output_field=Transfer._meta.get_field("expected_on")),
        )

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        if asked.lstrip("-") in SORTS:
            return ("-" if asked.startswith("-") else "") + SORTS[asked.lstrip("-")]
        return "-id" if self.tab in ("received", "all") else "expected_key"


class TransferListPage(TransferListMixin, TemplateView):
    """`/s/<site>/transfers/`."""

    template_name = "inventory/transfer_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.rows, by=self.sort, size=PAGE_SIZE)
        counts = transfer_page.tab_counts(self.scope(), self.sites, self.now)
        is_plain = not any(self.asked(name) for name in ("origin", "destination", "item", "search"))
        labels = {
            "open": _("Open"),
            "under_way": _("Under way"),
            "overdue": _("Overdue"),
            "received": _("Received"),
            "all": _("All"),
        }
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=self.shown(page.rows),
            tabs=lists.tabs(labels, counts, self.tab, alarms=("overdue",)),
            tab=self.tab,
            filters=self.filters(),
            page=page.shown(counts.get(self.tab) if is_plain else None),
            default_sort="" if self.tab in ("received", "all") else "expected_on",
            is_plain=is_plain,
            may_create=may_move(self.access),
            **kwargs,
        )

    def filters(self) -> list[dict[str, Any]]:
        sites = [(site.code, f"{site.code} {site.name}") for site in self.sites]
        filters = [
            lists.text_filter("search", _("Search"), self.asked("search")),
            lists.text_filter("item", _("Item"), self.asked("item")),
        ]
        if self.site:
            return filters
        return [
            *filters,
            lists.choice_filter("origin", _("From"), self.asked("origin").upper(), sites),
            lists.choice_filter("destination", _("To"), self.asked("destination").upper(), sites),
        ]

    def shown(self, rows: list[Transfer]) -> list[dict[str, Any]]:
        """What a row says; four queries for the page."""
        ids = [row.pk for row in rows]
        found = statuses(DocumentKind.TRANSFER, ids).documents
        goods = transfer_page.goods(ids)
        values = selectors.values_in_transit(ids, self.access)
        return [
            {
                "transfer": row,
                "goods": goods.get(row.pk),
                "status": found.get(row.pk),
                "availability": availability_of(found.get(row.pk)),
                "late_days": late_days(row, self.now),
                "values": list(values.get(row.pk, {}).items()),
            }
            for row in rows
        ]


class TransferExport(TransferListMixin, View):
    """The list as CSV, a row a line, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["number", "state", "origin", "destination", "ship_by_on", "expected_on", "carrier", "tracking_number",
                "line", "item", "name", "quantity", "unit", "dispatched", "received", "lost", "open"]  # fmt: skip
        return csv_response("transfers", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        lines = TransferLine.objects.filter(transfer__in=self.rows.order_by().values("pk"))
        joined = lines.select_related("transfer__origin", "transfer__destination", "item__unit")
        for line in joined.order_by("transfer_id", "line_no").iterator(chunk_size=STREAMED):
            row = line.transfer
            yield [
                row.number, row.state, row.origin.code, row.destination.code, row.ship_by_on, row.expected_on,
                row.carrier, row.tracking_number, line.line_no, line.item.sku, line.item.name, line.quantity,
                line.item.unit.code, line.posted_quantity, line.received_quantity, line.lost_quantity,
                line.open_quantity,
            ]  # fmt: skip


class TransferMixin(SitePageMixin):
    """Gives `self.transfer`, in the reader's sight, and the addresses around it."""

    def scope(self) -> QuerySet[Transfer]:
        rows = selectors.visible_transfers(self.access)
        return selectors.with_lines(rows.select_related("origin", "destination", "company", "owner"))

    @cached_property
    def transfer(self) -> Transfer:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}transfers/{self.transfer.pk}/"

    @property
    def steps(self) -> Steps:
        return transfer_steps.steps_of(self.transfer, self.access, self.url)


class TransferLinesMixin(TransferMixin):
    """Gives the lines with what stands behind them."""

    def lines(self) -> list[dict[str, Any]]:
        """Each line with what is on hand at its origin and who serves it; a few queries however many there are.

        Both are left out for people of the destination alone: what another company has at the origin is not theirs.
        """
        transfer = self.transfer
        lines = list(transfer.lines.all())
        keys = {self.key(line) for line in lines} if self.sees_origin else set()
        decimals = {line.item_id: line.item.unit.decimals for line in lines}
        is_open = transfer.state in (TransferState.DRAFT, *OPEN_STATES)
        served = served_lines(DemandKind.TRANSFER_OUT, keys, decimals, now=self.now) if is_open and keys else {}
        levels = preview(keys, now=self.now).levels if keys else {}
        return [
            {
                "line": line,
                "decimals": line.item.unit.decimals,
                "in_transit": in_transit(line),
                "on_hand": levels[self.key(line)].on_hand if keys else None,
                "served": served.get(line.pk),
                "from_url": explain_url(transfer.origin.code, line.item_id, transfer.company.code),
                "to_url": explain_url(transfer.destination.code, line.item_id, transfer.company.code),
            }
            for line in lines
        ]

    @property
    def sees_origin(self) -> bool:
        """Whether the levels from which it takes are the reader's to see."""
        origin_id = self.transfer.origin_id
        return self.access.sees_behind(company_id=self.transfer.company_id, site_id=origin_id, at=origin_id)

    def key(self, line: TransferLine) -> LevelKey:
        return LevelKey(line.item_id, self.transfer.origin_id, self.transfer.company_id)

    def live(self) -> str:
        """What changes this page: the transfer, and the levels where it takes its goods."""
        transfer = self.transfer
        levels = [f"level:{line.item_id}:{transfer.origin_id}" for line in transfer.lines.all()]
        return " ".join([f"document:transfer:{transfer.pk}", *dict.fromkeys(levels)])


class TransferPage(TransferLinesMixin, TemplateView):
    """`/s/<site>/transfers/<id>/`."""

    template_name = "inventory/transfer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfer = self.transfer
        status = fresh_statuses(DocumentKind.TRANSFER, [transfer.pk], now=self.now).documents.get(transfer.pk)
        goods = transfer_page.goods([transfer.pk]).get(transfer.pk)
        return super().get_context_data(
            transfer=transfer,
            base=self.base,
            url=self.url,
            steps=self.steps,
            status=status,
            availability=availability_of(status),
            goods=goods,
            is_open=transfer.state in (TransferState.DRAFT, *OPEN_STATES),
            late_days=late_days(transfer, self.now),
            lines=self.lines(),
            sees_origin=self.sees_origin,
            values=list(selectors.values_in_transit([transfer.pk], self.access).get(transfer.pk, {}).items()),
            taken=transfer_page.steps_taken(transfer),
            leg=leg_state(transfer),
            live=self.live(),
            **kwargs,
        )


class TransferExplainPage(TransferLinesMixin, TemplateView):
    """The drawer of the transfer's figures: what each line adds to them."""

    template_name = "inventory/transfer_explain.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfer = self.transfer
        return super().get_context_data(
            transfer=transfer,
            url=self.url,
            goods=transfer_page.goods([transfer.pk]).get(transfer.pk),
            lines=self.lines(),
            late_days=late_days(transfer, self.now),
            values=selectors.items_in_transit(transfer.pk, self.access),
            live=self.live(),
            **kwargs,
        )


class TransferStepPage(TransferMixin, View):
    """A step of the transfer: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.check()
        step = self.steps.find(self.kwargs["step"])
        return self.ask() if step and not step.is_at_once else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.check()
        run = transfer_steps.RUN[self.kwargs["step"]]
        try:
            text = run(self.transfer, request.POST, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, text)
        return go_on(request, self.url)

    def check(self) -> None:
        if self.kwargs["step"] not in transfer_steps.RUN:
            raise Http404("There is no such step.")

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        name = self.kwargs["step"]
        context = {
            "step": self.steps.find(name) or transfer_steps.plain_step(self.transfer, name, self.url),
            "number": self.transfer.number,
            "back_url": self.url,
            "list_url": f"{self.base}transfers/",
            "list_label": _("Transfers"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        return render(self.request, "inventory/step.html", context, status=status)


def late_days(transfer: Transfer, now: Any) -> int:
    """By how many days it should have arrived, in the destination's days; 0 for what has ended."""
    if transfer.state not in OPEN_STATES or transfer.expected_on is None:
        return 0
    return max((local_date(now, transfer.destination.time_zone) - transfer.expected_on).days, 0)


def availability_of(status: Status | None) -> str:
    """The word for how its goods stand; "" for what is not open or not worked out."""
    return availability.shown(status.availability, status.late_days) if status else ""


def leg_state(transfer: Transfer) -> str:
    """How the way between both ends is drawn: "" planned, "cur" with goods on it, "done"."""
    if transfer.state in (TransferState.RECEIVED, TransferState.CLOSED):
        return "done"
    return "cur" if transfer.state in transfer_page.UNDER_WAY else ""
