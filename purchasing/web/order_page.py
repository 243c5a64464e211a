"""One purchase order: figures, lines with what came and who waits for them, what was received, and its steps."""

from collections.abc import Sequence
from datetime import date
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
from inventory.choices import DocumentKind
from inventory.selectors.waiting import Waiting, waiting_for
from inventory.web.serving import document_url
from inventory.web.steps import Steps, go_on, refusal, tell
from purchasing import selectors
from purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt
from purchasing.rules import OPEN_STATES
from purchasing.web import order_steps, order_story
from sites.web.mixins import SitePageMixin

ZERO = Decimal(0)
NAMED_WAITING = 3


class OrderMixin(SitePageMixin):
    """Gives `self.order`, in the reader's sight, and the addresses around it."""

    def scope(self) -> QuerySet[PurchaseOrder]:
        orders = selectors.with_net_amount(selectors.purchase_orders(self.access))
        return selectors.with_lines(orders.select_related("supplier", "site", "company"))

    @cached_property
    def order(self) -> PurchaseOrder:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @cached_property
    def receipts(self) -> list[Receipt]:
        return order_story.receipts_with_lines(self.order)

    @property
    def lines(self) -> list[PurchaseOrderLine]:
        return list(self.order.lines.all())

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}purchase-orders/{self.order.pk}/"

    @property
    def steps(self) -> Steps:
        standing = any(row.reversed_at is None and not row.is_historical for row in self.receipts)
        return order_steps.steps_of(self.order, self.access, self.url, has_receipts=standing)

    @property
    def is_ours(self) -> bool:
        """Whether the reader buys it: the supplier's people see what was ordered, and nothing behind it."""
        return self.access.sees(company_id=self.order.company_id, site_id=self.order.site_id)

    @property
    def has_prices(self) -> bool:
        return self.access.sees_prices(self.order.company_id, self.order.supplier.party_id)

    @property
    def is_inside(self) -> bool:
        """Whether he buys it or runs a site of it: then why it is blocked is his to see."""
        return self.is_ours or any(self.sees_behind(line) for line in self.lines)

    def sees_behind(self, line: PurchaseOrderLine) -> bool:
        order = self.order
        return self.access.sees_behind(company_id=order.company_id, site_id=order.site_id, at=line.site_id)

    @property
    def is_open(self) -> bool:
        return self.order.state in OPEN_STATES

    @property
    def today(self) -> date:
        return local_date(self.now, self.order.site.time_zone)

    @cached_property
    def waiting(self) -> dict[int, list[Waiting]]:
        """Who counts on each open line, for the buyer's own people."""
        return waiting_for(DocumentKind.PURCHASE_ORDER, self.order.pk) if self.is_ours and self.is_open else {}


class OrderPage(OrderMixin, TemplateView):
    """`/s/<site>/purchase-orders/<id>/`."""

    template_name = "purchasing/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order, lines = self.order, self.lines
        due_on = min((line.expected_on for line in lines if line.open_quantity > 0 and line.expected_on), default=None)
        late_days = max((self.today - due_on).days, 0) if due_on and self.is_open else 0
        return super().get_context_data(
            order=order,
            base=self.base,
            url=self.url,
            steps=self.steps,
            is_ours=self.is_ours,
            is_inside=self.is_inside,
            has_prices=self.has_prices,
            is_open=self.is_open,
            may_reverse=order_steps.may_receive(order, self.access),
            due_on=due_on or order.expected_on,
            late_days=late_days,
            goods=goods_of(lines),
            open_amount=open_amount(lines),
            lines=[self.line_row(line) for line in lines],
            has_rejected=any(line.rejected_quantity for line in lines),
            several_sites=len({line.site_id for line in lines}) > 1,
            story=order_story.story_of(order, self.receipts, is_inside=self.is_inside),
            live=f"document:purchase_order:{order.pk}",
            **kwargs,
        )

    def line_row(self, line: PurchaseOrderLine) -> dict[str, Any]:
        is_open = line.open_quantity > 0 and self.is_open
        waiting = self.waiting.get(line.pk, [])
        return {
            "line": line,
            "decimals": line.item.unit.decimals,
            "ordered": ordered_text(line),
            "is_open": is_open,
            "late_days": max((self.today - line.expected_on).days, 0) if is_open and line.expected_on else 0,
            "waiting": waiting_text(waiting, line.item.unit.decimals),
            "url": f"{self.url}lines/{line.pk}/",
        }


class OrderExplainPage(OrderMixin, TemplateView):
    """The drawer of the order's figures: what each line adds to value, open value and date."""

    template_name = "purchasing/order_explain.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {
                "line": line,
                "decimals": line.item.unit.decimals,
                "unit": line.unit_label or line.unit.code,
                "open_amount": open_amount([line]),
                "url": f"{self.url}lines/{line.pk}/",
            }
            for line in self.lines
        ]
        return super().get_context_data(
            order=self.order,
            url=self.url,
            has_prices=self.has_prices,
            rows=rows,
            is_open=self.is_open,
            open_amount=open_amount(self.lines),
            **kwargs,
        )


class LinePage(OrderMixin, TemplateView):
    """The drawer of a line: ordered − received − given up = open, its receipts, and who waits for it."""

    template_name = "purchasing/order_line.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = next((line for line in self.lines if line.pk == self.kwargs["line"]), None)
        if line is None:
            raise Http404("There is no such line.")
        waiting = self.waiting.get(line.pk, [])
        return super().get_context_data(
            order=self.order,
            line=line,
            unit=line.unit_label or line.unit.code,
            decimals=line.item.unit.decimals,
            receipts=order_story.receipts_of(line),
            waiting=[(one, document_url(self.base, one.document_kind, one.document_id)) for one in waiting],
            free=line.open_quantity - sum((one.quantity for one in waiting), ZERO) if self.is_ours else None,
            is_open=self.is_open,
            item_url=f"/s/{line.site.code}/stock/{line.item_id}/",
            base=self.base,
            url=self.url,
            is_ours=self.is_ours,
            has_prices=self.has_prices,
        )


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
            "step": self.steps.find(name) or order_steps.plain_step(self.order, name, self.url),
            "number": self.order.number,
            "back_url": self.url,
            "list_url": f"{self.base}purchase-orders/",
            "list_label": _("Purchase orders"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        return render(self.request, "inventory/step.html", context, status=status)


def goods_of(lines: Sequence[PurchaseOrderLine]) -> dict[str, Any]:
    """What is ordered and open in one unit; without a unit where the lines have several."""
    units = {line.item.unit.code: line.item.unit.decimals for line in lines}
    if len(units) != 1:
        return {"unit": "", "count": len(lines), "open_lines": sum(line.open_quantity > 0 for line in lines)}
    ((unit, decimals),) = units.items()
    total = {name: sum((getattr(line, name) for line in lines), ZERO) for name in ("quantity", "open_quantity")}
    return {"unit": unit, "decimals": decimals, "ordered": total["quantity"], "open": total["open_quantity"]}


def open_amount(lines: Sequence[PurchaseOrderLine]) -> Decimal:
    """What is still open of the lines, in the order's currency."""
    return sum((line.open_quantity * line.unit_price / line.unit_factor for line in lines), ZERO)


def ordered_text(line: PurchaseOrderLine) -> str:
    """ "2 box" where a line was ordered in another unit than the stocking one; else nothing."""
    if line.unit_label:
        return f"{number(line.ordered_quantity)} {line.unit_label}"
    if line.unit_id == line.item.unit_id:
        return ""
    return f"{number(line.ordered_quantity, line.unit.decimals)} {line.unit.code}"


def waiting_text(waiting: Sequence[Waiting], decimals: int) -> str:
    """ "SO-1051 5, MO-0388 20", the first few."""
    words = [f"{one.number} {number(one.quantity, decimals)}" for one in waiting[:NAMED_WAITING]]
    more = len(waiting) - NAMED_WAITING
    return ", ".join([*words, _("%(n)s more") % {"n": more}] if more > 0 else words)
