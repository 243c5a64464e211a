"""Routings: the list, and one of them with its operations, their instructions, and putting it away."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError
from core.web import lists
from core.web.keyset import paginate
from core.web.tables import csv_response
from inventory.web.steps import Step, Steps, refusal, tell
from production.models import Operation, Routing
from production.selectors import routings as selectors
from production.selectors.affected import open_orders_of_routings
from production.selectors.attachments import shown
from production.services import routings
from production.web.order_list import may_plan
from sites.access import PLANNERS
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
STREAMED = 500


class RoutingListMixin(SitePageMixin):
    """Which routings the page is about: at a site, those that orders there may follow or that pass by it."""

    def scope(self) -> QuerySet[Routing]:
        rows = selectors.visible_routings(self.access)
        if self.site is None:
            return rows
        passing = Operation.objects.filter(work_center__site=self.site)
        return rows.filter(Q(site=self.site) | Q(site=None) | Q(pk__in=passing.values("routing")))

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def tab(self) -> str:
        return "archived" if self.asked("tab") == "archived" else "current"

    @cached_property
    def rows(self) -> QuerySet[Routing]:
        rows = self.scope().filter(archived_at__isnull=self.tab == "current")
        for word in self.asked("search").split():
            rows = rows.filter(Q(code__icontains=word) | Q(item__sku__icontains=word) | Q(item__name__icontains=word))
        if self.asked("center"):
            named = Operation.objects.filter(work_center__code__iexact=self.asked("center"))
            rows = rows.filter(pk__in=named.values("routing"))
        return rows.annotate(item_key=Lower("item__sku"))


class RoutingListPage(RoutingListMixin, TemplateView):
    """`/s/<site>/routings/`."""

    template_name = "production/routing_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = Operation.objects.select_related("work_center__site").order_by("number")
        rows = self.rows.prefetch_related(Prefetch("operations", queryset=steps))
        page = paginate(self.request, rows, by="-item_key" if self.asked("sort") == "-item" else "item_key",
                        size=PAGE_SIZE)  # fmt: skip
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=[{"routing": row, "operations": list(row.operations.all()), "way": way(row)} for row in page.rows],
            tabs=lists.tabs({"current": _("In use"), "archived": _("Archived")}, {}, self.tab),
            filters=[
                lists.text_filter("search", _("Search"), self.asked("search")),
                lists.text_filter("center", _("Work center"), self.asked("center")),
            ],
            page=page.shown(),
            is_plain=not self.asked("search") and not self.asked("center") and self.tab == "current",
            may_create=may_plan(self.access),
            **kwargs,
        )


class RoutingExport(RoutingListMixin, View):
    """The list as CSV, an operation a row, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["item", "code", "revision", "company", "site", "number", "name", "work_center", "at", *NUMBERS,
                "service_unit_price"]  # fmt: skip
        return csv_response("routings", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        rows = Operation.objects.filter(routing__in=self.rows.order_by().values("pk"))
        joined = rows.select_related("routing__item", "routing__company", "routing__site", "work_center__site")
        for one in joined.order_by("routing__item__sku", "routing_id", "number").iterator(chunk_size=STREAMED):
            routing = one.routing
            yield [
                routing.item.sku, routing.code, routing.revision, routing.company.code if routing.company else "",
                routing.site.code if routing.site else "", one.number, one.name, one.work_center.code,
                one.work_center.site.code, *(getattr(one, name) for name in NUMBERS),
                one.service_unit_price if self.access.sees_prices(routing.company_id) else None,
            ]  # fmt: skip


NUMBERS = (
    "setup_time_minutes",
    "run_time_minutes_per_unit",
    "queue_time_minutes",
    "overlap_quantity",
    "yield_factor",
)


class RoutingMixin(SitePageMixin):
    """Gives `self.routing`, in the reader's sight, with its operations."""

    def scope(self) -> QuerySet[Routing]:
        return selectors.with_operations(selectors.visible_routings(self.access))

    @cached_property
    def routing(self) -> Routing:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}routings/{self.routing.pk}/"

    @property
    def may_change(self) -> bool:
        """Whether he plans for whom the routing is; a shared one is a superuser's alone."""
        routing = self.routing
        whose = self.access.has_role(PLANNERS, company_id=routing.company_id, site_id=routing.site_id)
        return routing.archived_at is None and whose

    @property
    def sees_prices(self) -> bool:
        return self.access.sees_prices(self.routing.company_id)

    @property
    def archive_step(self) -> Step:
        return Step(
            name="archive",
            label=_("Archive"),
            url=f"{self.url}archive/",
            title=_("Archive the routing of %(item)s?") % {"item": self.routing.item.sku},
            text=_("No new order follows it; what is released keeps what it froze."),
            is_danger=True,
        )

    @property
    def steps(self) -> Steps:
        if not self.may_change:
            return Steps((), has_main=False)
        edit = Step(name="edit", label=_("Change…"), url=f"{self.url}edit/", is_page=True)
        return Steps((edit, self.archive_step), has_main=False)


class RoutingPage(RoutingMixin, TemplateView):
    """`/s/<site>/routings/<id>/`."""

    template_name = "production/routing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        routing = self.routing
        return super().get_context_data(
            routing=routing,
            base=self.base,
            url=self.url,
            steps=self.steps,
            sees_prices=self.sees_prices,
            cards=[card(one, self.base) for one in routing.operations.all()],
            way=way(routing),
            open_orders=open_orders_of_routings([routing.pk]).get(routing.pk, 0),
            **kwargs,
        )


class RoutingArchivePage(RoutingMixin, View):
    """`…/<id>/archive/`: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.ask() if self.may_change else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            routings.archive(self.routing.pk, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, _("The routing of %(item)s is archived.") % {"item": self.routing.item.sku})
        return redirect(f"{self.base}routings/")

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        context = {
            "step": self.archive_step,
            "number": self.routing.item.sku,
            "back_url": self.url,
            "list_url": f"{self.base}routings/",
            "list_label": _("Routings"),
            "refusal": refused,
        }
        return render(self.request, "inventory/step.html", context, status=status)


def way(routing: Routing) -> list[str]:
    """The sites that the work passes, in order, each as often as it comes there."""
    found: list[str] = []
    for one in routing.operations.all():
        code = one.work_center.site.code
        if not found or found[-1] != code:
            found.append(code)
    return found


def card(one: Operation, base: str) -> dict[str, Any]:
    """An operation as the page of its routing shows it, with its instructions and their pictures."""
    return {
        "operation": one,
        "site": one.work_center.site,
        "currency": one.work_center.site.company.currency,
        "needs": [*(skill.name for skill in one.skills.all()), *(tool.name for tool in one.tools.all())],
        "alternatives": list(one.alternatives.all()),
        "instructions": [
            {"step": step, "file": shown(step.attachment, base) if step.attachment else None}
            for step in one.instructions.all()
        ],
    }
