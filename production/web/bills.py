"""Bills of materials: the list, and one of them with its explosion, where it is used, and putting it away."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.clock import local_date
from core.errors import DomainError, InvalidInput
from core.quantities import to_decimal
from core.web import lists
from core.web.keyset import paginate
from core.web.rows import typed
from core.web.tables import csv_response
from inventory.choices import CostKind
from inventory.web.steps import Step, Steps, refusal, tell
from production.choices import BillKind
from production.models import BillOfMaterials, BillOfMaterialsLine, Routing
from production.selectors import bills as selectors
from production.selectors.explosion import Component, Explosion, explode, where_used
from production.services import bills
from production.services.cost_roll_up import roll_up
from production.web.order_list import may_plan
from sites.access import PLANNERS, Access
from sites.models import Site
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
STREAMED = 500


def may_change(bill: BillOfMaterials, access: Access) -> bool:
    """Whether he plans for whom the bill is; a shared one is a superuser's alone."""
    return access.has_role(PLANNERS, company_id=bill.company_id, site_id=bill.site_id)


class BillListMixin(SitePageMixin):
    """Which bills the page is about: at a site, those that orders there may follow."""

    def scope(self) -> QuerySet[BillOfMaterials]:
        rows = selectors.visible_bills(self.access)
        return rows.filter(Q(site=self.site) | Q(site=None)) if self.site else rows

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").strip()[:100]

    @property
    def tab(self) -> str:
        return "archived" if self.asked("tab") == "archived" else "current"

    @cached_property
    def rows(self) -> QuerySet[BillOfMaterials]:
        rows = self.scope().filter(archived_at__isnull=self.tab == "current")
        for word in self.asked("search").split():
            rows = rows.filter(Q(code__icontains=word) | Q(item__sku__icontains=word) | Q(item__name__icontains=word))
        if self.asked("component"):
            lines = BillOfMaterialsLine.objects.filter(component__sku__iexact=self.asked("component"))
            rows = rows.filter(pk__in=lines.values("bill"))
        return rows.annotate(item_key=Lower("item__sku"))


class BillListPage(BillListMixin, TemplateView):
    """`/s/<site>/bills-of-materials/`."""

    template_name = "production/bill_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sort = "-item_key" if self.asked("sort") == "-item" else "item_key"
        page = paginate(self.request, self.rows, by=sort, size=PAGE_SIZE)
        ids = [row.pk for row in page.rows]
        lines = BillOfMaterialsLine.objects.filter(bill__in=ids).order_by().values("bill")
        counts = dict(lines.annotate(count=Count("pk")).values_list("bill", "count"))
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=[{"bill": row, "lines": counts.get(row.pk, 0)} for row in page.rows],
            tabs=lists.tabs({"current": _("In use"), "archived": _("Archived")}, {}, self.tab),
            filters=[
                lists.text_filter("search", _("Search"), self.asked("search")),
                lists.text_filter("component", _("Component"), self.asked("component")),
            ],
            page=page.shown(),
            is_plain=not self.asked("search") and not self.asked("component"),
            may_create=may_plan(self.access),
            **kwargs,
        )


class BillExport(BillListMixin, View):
    """The list as CSV, a row a line, filtered as the page is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        head = ["item", "code", "revision", "company", "site", "quantity", "yield_factor", "lead_time_days", "line",
                "component", "quantity_per", "unit", "fixed_quantity", "scrap_factor", "valid_from_on",
                "valid_until_on"]  # fmt: skip
        return csv_response("bills-of-materials", head, self.lines())

    def lines(self) -> Iterator[list[Any]]:
        lines = BillOfMaterialsLine.objects.filter(bill__in=self.rows.order_by().values("pk"))
        joined = lines.select_related("bill__item", "bill__company", "bill__site", "component__unit")
        for line in joined.order_by("bill__item__sku", "bill_id", "line_no").iterator(chunk_size=STREAMED):
            bill = line.bill
            yield [
                bill.item.sku, bill.code, bill.revision, bill.company.code if bill.company else "",
                bill.site.code if bill.site else "", bill.quantity, bill.yield_factor, bill.lead_time_days,
                line.line_no, line.component.sku, line.quantity_per, line.component.unit.code, line.fixed_quantity,
                line.scrap_factor, line.valid_from_on, line.valid_until_on,
            ]  # fmt: skip


class BillMixin(SitePageMixin):
    """Gives `self.bill`, in the reader's sight."""

    def scope(self) -> QuerySet[BillOfMaterials]:
        return selectors.with_lines(selectors.visible_bills(self.access))

    @cached_property
    def bill(self) -> BillOfMaterials:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}bills-of-materials/{self.bill.pk}/"

    @property
    def today(self) -> date:
        return local_date(self.now, self.bill.site.time_zone if self.bill.site else self.zone)

    @property
    def may_change(self) -> bool:
        return self.bill.archived_at is None and may_change(self.bill, self.access)

    @property
    def steps(self) -> Steps:
        if not self.may_change:
            return Steps((), has_main=False)
        edit = Step(name="edit", label=_("Change…"), url=f"{self.url}edit/", is_page=True)
        return Steps((edit, self.archive_step), has_main=False)

    @property
    def archive_step(self) -> Step:
        return Step(
            name="archive",
            label=_("Archive"),
            url=f"{self.url}archive/",
            title=_("Archive the bill of materials %(bill)s?") % {"bill": self.bill},
            text=_("No new order follows it; what is released keeps what it froze."),
            is_danger=True,
        )


class BillPage(BillMixin, TemplateView):
    """`/s/<site>/bills-of-materials/<id>/?quantity=&on=&at=`."""

    template_name = "production/bill.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bill, quantity, on = self.bill, self.quantity(), self.on()
        exploded = explode(
            item_id=bill.item_id,
            quantity=quantity,
            on=on,
            site_id=bill.site_id or (self.site.pk if self.site else None),
            company_id=bill.company_id or self.only_company,
            bill_id=bill.pk,
            access=self.access,
        )
        return super().get_context_data(
            bill=bill,
            unit=bill.item.unit,
            base=self.base,
            url=self.url,
            steps=self.steps,
            may_make=may_plan(self.access) and bill.archived_at is None,
            lines=[{"line": line, "is_valid": _holds(line, on)} for line in bill.lines.all()],
            quantity=quantity,
            on=on,
            today=self.today,
            tree=[{"row": row, "depth": range(row.level - 1)} for row in exploded.rows],
            bought=bought(exploded),
            totals=totals(bought(exploded)),
            used_in=where_used(item_id=bill.item_id, on=self.today, access=self.access),
            **self.cost(quantity, on),
            **kwargs,
        )

    def cost(self, quantity: Decimal, on: date) -> dict[str, Any]:
        """What so many cost, made at the site that is asked for, to who sees the company's costs."""
        bill, places = self.bill, self.places
        site = next((one for one in places if one.code == self.request.GET.get("at")), places[0] if places else None)
        company = bill.company or (site.default_owner if site else None)
        if site is None or company is None or bill.kind == BillKind.DISASSEMBLY:
            return {}
        if not self.access.sees_prices(company.pk):
            return {}
        known: dict[str, Any] = {"at": site, "places": places}
        try:
            found = roll_up(
                bill, quantity=quantity, site=site, company=company, on=on, now=self.now, actor=self.request.user
            )
        except DomainError as error:
            return {**known, "cost_refusal": refusal(error)}
        return {
            **known,
            "roll_up": found,
            "cost_kinds": [(CostKind(kind).label, amount) for kind, amount in found.whole.costs.items() if amount],
            "cost_rows": [{"row": row, "depth": range(row.level)} for row in found.rows],
        }

    @cached_property
    def places(self) -> list[Site]:
        """Where it may be made: the bill's site, else those whose stock is the company's."""
        bill = self.bill
        if bill.site is not None:
            return [bill.site]
        found = Site.objects.select_related("company", "default_owner").filter(pk__in=self.site_ids, archived_at=None)
        if bill.company_id is not None:
            found = found.filter(default_owner=bill.company_id)
        ends = Routing.objects.filter(item=bill.item_id, archived_at=None).order_by("pk")
        last = ends.values_list("operations__work_center__site", flat=True).order_by("-operations__number").first()
        return sorted(found, key=lambda site: (site.pk != last, site.code))

    @property
    def only_company(self) -> int | None:
        """Whose recipes the deeper levels follow when the bill is shared: the reader's only company, if it is one."""
        companies = self.access.company_ids
        return next(iter(companies)) if len(companies) == 1 else None

    def quantity(self) -> Decimal:
        try:
            asked = to_decimal(typed(self.request.GET.get("quantity", "")), field="quantity")
        except InvalidInput:
            return self.bill.quantity
        return asked if 0 < asked < 10**9 else self.bill.quantity

    def on(self) -> date:
        try:
            return date.fromisoformat(self.request.GET.get("on", ""))
        except ValueError:
            return self.today


class BillArchivePage(BillMixin, View):
    """`…/<id>/archive/`: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.ask() if self.may_change else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            bills.archive(self.bill.pk, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, _("The bill of materials %(bill)s is archived.") % {"bill": self.bill})
        return redirect(f"{self.base}bills-of-materials/")

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        context = {
            "step": self.archive_step,
            "number": str(self.bill),
            "back_url": self.url,
            "list_url": f"{self.base}bills-of-materials/",
            "list_label": _("Bills of materials"),
            "refusal": refused,
        }
        return render(self.request, "inventory/step.html", context, status=status)


def bought(exploded: Explosion) -> list[Component]:
    """The items that nothing is made of, each once with its total over all levels."""
    return [one for one in exploded.components if not one.is_made]


def totals(components: list[Component]) -> dict[str, Decimal]:
    """Sums by unit: different units are never added."""
    sums: dict[str, Decimal] = {}
    for one in components:
        sums[one.unit] = sums.get(one.unit, Decimal(0)) + one.quantity
    return dict(sorted(sums.items()))


def _holds(line: BillOfMaterialsLine, on: date) -> bool:
    began = line.valid_from_on is None or line.valid_from_on <= on
    return began and (line.valid_until_on is None or line.valid_until_on > on)
