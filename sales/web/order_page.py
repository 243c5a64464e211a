"""One sales order: figures, lines with their availability, what was shipped, and its steps."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core.clock import local_date
from core.errors import DomainError
from core.ui.formats import number
from inventory.choices import Availability, DemandKind, DocumentKind
from inventory.drafts import LevelKey
from inventory.rules import availability
from inventory.selectors import ranks
from inventory.selectors.reasons import reasons
from inventory.selectors.statuses import Status, fresh_statuses
from inventory.web.serving import document_url, served_lines
from inventory.web.steps import Steps, go_on, refusal, tell
from sales import selectors
from sales.models import SalesOrder, SalesOrderLine
from sales.rules import OPEN_STATES
from sales.web import order_steps, order_story
from sites.web.mixins import SitePageMixin

ZERO = Decimal(0)
MOST_TAKERS = 8


class OrderMixin(SitePageMixin):
    """Gives `self.order`, in the reader's sight, and the addresses around it."""

    def scope(self) -> QuerySet[SalesOrder]:
        orders = selectors.with_net_amount(selectors.sales_orders(self.access))
        return selectors.with_lines(orders.select_related("customer", "site", "company", "priority"))

    @cached_property
    def order(self) -> SalesOrder:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def lines(self) -> list[SalesOrderLine]:
        return list(self.order.lines.all())

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}sales-orders/{self.order.pk}/"

    @property
    def steps(self) -> Steps:
        return order_steps.steps_of(self.order, self.access, self.base, self.url)

    @property
    def is_ours(self) -> bool:
        """Whether the reader sells it: the customer's people see what they ordered, and nobody else's orders."""
        return self.access.sees(company_id=self.order.company_id, site_id=self.order.site_id)

    @property
    def has_prices(self) -> bool:
        return self.access.sees_prices(self.order.company_id, self.order.customer.party_id)

    @property
    def is_inside(self) -> bool:
        """Whether he sells it or runs a site of it: then its rank, its block and what serves it are his to see."""
        return self.is_ours or any(self.sees_behind(line) for line in self.lines)

    def sees_behind(self, line: SalesOrderLine) -> bool:
        order = self.order
        return self.access.sees_behind(company_id=order.company_id, site_id=order.site_id, at=line.site_id)

    @property
    def is_open(self) -> bool:
        return self.order.state in OPEN_STATES

    @cached_property
    def status(self) -> Status | None:
        found = fresh_statuses(DocumentKind.SALES_ORDER, [self.order.pk], now=self.now)
        return found.documents.get(self.order.pk) if self.is_open else None

    @property
    def today(self) -> Any:
        return local_date(self.now, self.order.site.time_zone)

    def live(self) -> str:
        """What changes this page: the order, and the levels of its items where it takes them."""
        levels = [f"level:{line.item_id}:{line.site_id}" for line in self.lines] if self.is_open else []
        return " ".join([f"document:sales_order:{self.order.pk}", *dict.fromkeys(levels)])


class OrderListRedirect(SitePageMixin, View):
    """`/s/<site>/sales-orders/`: they stand in the one ranked list."""

    def scope(self) -> None:
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return redirect(f"/s/{self.site_code}/orders/?kind=sales")


class OrderPage(OrderMixin, TemplateView):
    """`/s/<site>/sales-orders/<id>/`."""

    template_name = "sales/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.order
        return super().get_context_data(
            order=order,
            base=self.base,
            url=self.url,
            steps=self.steps,
            is_ours=self.is_ours,
            is_inside=self.is_inside,
            has_prices=self.has_prices,
            is_open=self.is_open,
            may_reverse=order_steps.may_ship(order, self.access),
            status=self.status,
            availability=availability_of(order, self.status),
            expected_on=expected_on(self.status, self.today),
            is_overdue=self.is_open and order.need_by_on is not None and order.need_by_on < self.today,
            rank=ranks.positions([order.priority_id]).get(order.priority_id or 0) if self.is_open else None,
            goods=goods_of(self.lines),
            open_amount=open_amount(self.lines),
            lines=self.line_rows(),
            has_served=self.is_inside and self.is_open,
            several_sites=len({line.site_id for line in self.lines}) > 1,
            story=order_story.story_of(order, self.lines, is_inside=self.is_inside),
            live=self.live(),
            **kwargs,
        )

    def line_rows(self) -> list[dict[str, Any]]:
        """Each line with who serves it; a few queries however many there are."""
        lines = self.lines
        served = {}
        if self.is_inside and self.is_open:
            seen = [line for line in lines if line.open_quantity > 0 and self.sees_behind(line)]
            keys = {LevelKey(line.item_id, line.site_id, line.company_id) for line in seen}
            decimals = {line.item_id: line.item.unit.decimals for line in lines}
            served = served_lines(DemandKind.SALES_LINE, keys, decimals, now=self.now)
        return [
            {
                "line": line,
                "decimals": line.item.unit.decimals,
                "ordered": ordered_text(line),
                "is_open": line.open_quantity > 0 and self.is_open,
                "served": served.get(line.pk),
                "url": f"{self.url}lines/{line.pk}/",
            }
            for line in lines
        ]


class OrderExplainPage(OrderMixin, TemplateView):
    """The drawer of the order's figures: what each line adds to value, open value and date."""

    template_name = "sales/order_explain.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = fresh_statuses(DocumentKind.SALES_ORDER, [self.order.pk], now=self.now).lines if self.is_open else {}
        rows = [
            {
                "line": line,
                "decimals": line.item.unit.decimals,
                "open_amount": open_amount([line]),
                "status": found.get(line.pk),
                "expected_on": expected_on(found.get(line.pk), self.today),
                "url": f"{self.url}lines/{line.pk}/",
            }
            for line in self.lines
        ]
        return super().get_context_data(
            order=self.order,
            url=self.url,
            has_prices=self.has_prices,
            rows=rows,
            status=self.status,
            expected_on=expected_on(self.status, self.today),
            open_amount=open_amount(self.lines),
            **kwargs,
        )


class LinePage(OrderMixin, TemplateView):
    """The drawer of a line: ordered − shipped − closed = open, its shipments, what serves it and who took it before."""

    template_name = "sales/order_line.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = next((line for line in self.lines if line.pk == self.kwargs["line"]), None)
        if line is None:
            raise Http404("There is no such line.")
        return super().get_context_data(
            order=self.order,
            line=line,
            decimals=line.item.unit.decimals,
            shipments=order_story.shipments_of(line),
            reason=self.reason(line),
            item_url=f"/s/{line.site.code}/stock/{line.item_id}/",
            base=self.base,
            url=self.url,
            is_ours=self.is_ours,
            has_prices=self.has_prices,
        )

    def reason(self, line: SalesOrderLine) -> dict[str, Any] | None:
        if not (self.is_open and self.sees_behind(line)):
            return None
        key = (str(DocumentKind.SALES_ORDER), self.order.pk)
        found = next((one for one in reasons([key], most_takers=MOST_TAKERS)[key] if one.line_id == line.pk), None)
        if found is None:
            return None
        places = ranks.positions(taker.priority_id for taker in found.takers)
        return {
            "found": found,
            "state": availability.shown(found.availability, found.late_days) or "waiting",
            "sources": [(one, document_url(self.base, one.document_kind, one.document_id)) for one in found.sources],
            "takers": [
                (one, document_url(self.base, one.document_kind, one.document_id), places.get(one.priority_id or 0))
                for one in found.takers
            ],
        }


class OrderStepPage(OrderMixin, View):
    """A step of the order: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        step = self.steps.find(self.kwargs["step"])
        if self.kwargs["step"] not in order_steps.RUN:
            raise Http404("There is no such step.")
        return self.ask() if step and not step.is_at_once else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        run = order_steps.RUN.get(self.kwargs["step"])
        if run is None:
            raise Http404("There is no such step.")
        try:
            done = run(self.order, {**request.GET.dict(), **request.POST.dict()}, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, done.text, undo=f"{self.url}{done.undo}" if done.undo else "", warnings=done.warnings)
        return go_on(request, self.url)

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        name = self.kwargs["step"]
        context = {
            "step": self.steps.find(name) or order_steps.plain_step(self.order, name, self.base, self.url),
            "number": self.order.number,
            "back_url": self.url,
            "list_url": f"{self.base}orders/?kind=sales",
            "list_label": _("Sales orders"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        return render(self.request, "inventory/step.html", context, status=status)


def availability_of(order: SalesOrder, status: Status | None) -> str:
    """The state to show: what is blocked before how it is served; nothing for what is not open."""
    if status is None:
        return ""
    if order.blocked_at is not None:
        return "blocked"
    return availability.shown(status.availability, status.late_days)


def expected_on(status: Any, today: Any) -> Any:
    """When all of it can be shipped: today what is there, None what nothing serves. Of a `Status` or `LineStatus`."""
    if status is None or status.availability == Availability.NOT_AVAILABLE:
        return None
    return (status.complete_on if isinstance(status, Status) else status.expected_on) or today


def goods_of(lines: list[SalesOrderLine]) -> dict[str, Any]:
    """What is ordered and open in one unit; without a unit where the lines have several."""
    units = {line.item.unit.code: line.item.unit.decimals for line in lines}
    if len(units) != 1:
        return {"unit": "", "count": len(lines), "open_lines": sum(line.open_quantity > 0 for line in lines)}
    ((unit, decimals),) = units.items()
    total = {name: sum((getattr(line, name) for line in lines), ZERO) for name in ("quantity", "open_quantity")}
    return {"unit": unit, "decimals": decimals, "ordered": total["quantity"], "open": total["open_quantity"]}


def open_amount(lines: list[SalesOrderLine]) -> Decimal:
    """What is still open of the lines, in the order's currency."""
    return sum((line.open_quantity * line.unit_price * (1 - line.discount) / line.unit_factor for line in lines), ZERO)


def ordered_text(line: SalesOrderLine) -> str:
    """ "2 box" where a line was ordered in another unit than the stocking one; else nothing."""
    if line.unit_id == line.item.unit_id:
        return ""
    return f"{number(line.ordered_quantity, line.unit.decimals)} {line.unit.code}"
