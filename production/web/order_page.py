"""One manufacturing order: figures, components with their availability, what was reported, and its steps."""

from dataclasses import replace
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
from core.ui.formats import number, zone_city
from core.web.numbers import whole
from inventory.choices import CostKind, DemandKind, DocumentKind
from inventory.rules.order_steps import open_quantity
from inventory.selectors import ranks
from inventory.selectors.statuses import fresh_statuses
from inventory.web.serving import document_url, explain_url, served_lines
from inventory.web.steps import Step, Steps, go_on, refusal, tell
from production.choices import OUTPUT_KINDS
from production.models import ManufacturingOrder
from production.rules import OPEN_STATES
from production.selectors import order_flow as order_flow_rows
from production.selectors import order_page, orders
from production.selectors.sources import source_of
from production.web import order_flow, order_steps
from production.web.order_list import availability_of
from sites.web.mixins import SitePageMixin


class OrderMixin(SitePageMixin):
    """Gives `self.order`, in the reader's sight, and the addresses around it."""

    def scope(self) -> QuerySet[ManufacturingOrder]:
        rows = orders.visible_orders(self.access)
        return orders.with_parts(rows.select_related("item__unit", "site", "company", "bill", "priority"))

    @cached_property
    def order(self) -> ManufacturingOrder:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}manufacturing-orders/{self.order.pk}/"

    @property
    def steps(self) -> Steps:
        return order_steps.steps_of(self.order, self.access, self.url)

    def text(self, value: Any) -> str:
        """A quantity of what is made, as shown."""
        return number(value, self.order.item.unit.decimals)


class OrderPage(OrderMixin, TemplateView):
    """`/s/<site>/manufacturing-orders/<id>/`."""

    template_name = "production/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.order
        status = fresh_statuses(DocumentKind.MANUFACTURING_ORDER, [order.pk], now=self.now).documents.get(order.pk)
        today = local_date(self.now, order.site.time_zone)
        reports = order_page.reports(order)
        return super().get_context_data(
            order=order,
            unit=order.item.unit,
            decimals=order.item.unit.decimals,
            base=self.base,
            site_base=f"/s/{order.site.code}/",
            url=self.url,
            steps=self.shown_steps(),
            may_reverse=order_steps.may_report(order, self.access),
            may_plan=order_steps.may_plan(order, self.access),
            rank=ranks.positions([order.priority_id]).get(order.priority_id or 0),
            status=status,
            availability=availability_of(order, status),
            is_open=order.state in OPEN_STATES,
            late_days=max((today - order.due_on).days, 0) if order.state in OPEN_STATES else 0,
            source=self.source(),
            components=self.components(),
            beside=self.beside(),
            reports=reports,
            cost=order_page.cost_of(order, self.access),
            city=zone_city(order.site.time_zone),
            live=self.live(),
            **(order_flow.context(order, self.access) | kwargs),
        )

    def shown_steps(self) -> Steps:
        """With tasks, progress is reported on the one that is next; the whole order may still be reported at once."""
        task, steps = order_flow.current(self.order, self.access), self.steps
        if task is None or steps.main is None or steps.main.name != "complete":
            return steps
        url = f"{self.base}tasks/{task.pk}/report/"
        progress = Step(name="progress", label=_("Report progress"), url=url, is_page=True)
        return Steps((progress, *steps.more, replace(steps.main, label=_("Report the whole order…"))))

    def components(self) -> list[dict[str, Any]]:
        """Each component with what is on hand and who serves it; a few queries however many there are."""
        order = self.order
        parts = [part for part in order.components.all() if part.kind not in OUTPUT_KINDS]
        keys = order_page.component_keys(order, parts)
        decimals = {part.item_id: part.item.unit.decimals for part in parts}
        served = served_lines(DemandKind.MO_COMPONENT, keys, decimals, now=self.now)
        stock = order_page.on_hand_at(keys, now=self.now)
        return [
            {
                "part": part,
                "decimals": part.item.unit.decimals,
                "open": open_quantity(part) if order.state in OPEN_STATES else 0,
                "on_hand": stock.get((part.item_id, part.site_id)),
                "served": served.get(part.pk),
                "is_issued": part.posted_quantity > 0 and part.posted_quantity >= part.quantity,
                "explain": explain_url(part.site.code, part.item_id, order.company.code),
            }
            for part in parts
        ]

    def beside(self) -> list[dict[str, Any]]:
        """What comes out beside what it makes; of something taken apart all that comes out."""
        order = self.order
        return [
            {
                "part": part,
                "decimals": part.item.unit.decimals,
                "open": open_quantity(part) if order.state in OPEN_STATES else 0,
            }
            for part in order.components.all()
            if part.kind in OUTPUT_KINDS
        ]

    def source(self) -> dict[str, str] | None:
        """What it is made for, with the page of its document; without a number where that is not the reader's."""
        found = source_of(self.order, self.access)
        if found is None:
            return None
        if found.demand is None:
            return {"number": "", "party": "", "url": ""}
        url = document_url(self.base, found.demand.document_kind, found.demand.document_id)
        return {"number": found.demand.document_number, "party": found.demand.party_name, "url": url}

    def live(self) -> str:
        """What changes this page: the order, and the levels of its components where it takes them."""
        order = self.order
        levels = [f"level:{part.item_id}:{part.site_id}" for part in order.components.all()]
        return " ".join([f"document:manufacturing_order:{order.pk}", *dict.fromkeys(levels)])


class OrderStepPage(OrderMixin, View):
    """A step of the order: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        step = self.steps.find(self.kwargs["step"])
        if self.kwargs["step"] not in order_steps.RUN:
            raise Http404("There is no such step.")
        # What was possible when the page was shown may be done by now: the order itself says how it stands.
        return self.ask() if step and not step.is_at_once else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        run = order_steps.RUN.get(self.kwargs["step"])
        if run is None:
            raise Http404("There is no such step.")
        try:
            done = run(self.order, {**request.GET.dict(), **request.POST.dict()}, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        undo = f"{self.url}{done.undo}" if done.undo else ""
        tell(request, done.text, undo=undo, warnings=done.warnings)
        return go_on(request, self.url)

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        name = self.kwargs["step"]
        step = self.steps.find(name) or order_steps.plain_step(self.order, name, self.url)
        if query := self.request.GET.urlencode():  # such as the posting to take back
            step = replace(step, url=f"{step.url}?{query}")
        context = {
            "step": step,
            "number": self.order.number,
            "back_url": self.url,
            "list_url": f"{self.base}manufacturing-orders/",
            "list_label": _("Manufacturing orders"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        return render(self.request, "inventory/step.html", context, status=status)


class OrderCostPage(OrderMixin, TemplateView):
    """The drawer of an order's cost: what was put in, what went out with what was made, what is left in work.

    `?kind=` and `?task=` narrow it to what was put in of a kind, or by the reports of a task.
    """

    template_name = "production/order_cost.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cost = order_page.cost_of(self.order, self.access)
        if cost is None:
            raise Http404("Only its own company sees what an order costs.")
        kind, task_id = self.request.GET.get("kind", ""), whole(self.request.GET.get("task"))
        rows = [row for row in cost.rows if not kind or (row.kind == kind and not row.is_output)]
        if task_id is not None:
            postings = order_flow_rows.postings_of(self.order, task_id)
            rows = [row for row in rows if row.posting and row.posting.pk in postings and not row.is_output]
        part = kind in CostKind.values or task_id is not None
        return super().get_context_data(
            order=self.order,
            cost=replace(cost, rows=rows) if part else cost,
            is_part=part,
            of=CostKind(kind).label if kind in CostKind.values else "",
            url=self.url,
            base=self.base,
            **kwargs,
        )


class OrderWorkPage(OrderMixin, TemplateView):
    """The drawer of an order's work in progress: which lot of it is where."""

    template_name = "production/order_wip.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = order_flow_rows.work_in_progress(self.order, self.access)
        return super().get_context_data(
            order=self.order,
            rows=rows,
            total=sum((row.quantity for row in rows), Decimal(0)),
            decimals=self.order.item.unit.decimals,
            url=self.url,
            base=self.base,
            **kwargs,
        )


class OrderQuantityPage(OrderMixin, TemplateView):
    """The drawer of an order's quantities: ordered − good − closed = open, and the reports that make them."""

    template_name = "production/order_quantity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            order=self.order,
            decimals=self.order.item.unit.decimals,
            reports=[one for one in order_page.reports(self.order) if one.completion],
            url=self.url,
            base=self.base,
            **kwargs,
        )
