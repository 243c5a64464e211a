"""Plans: what is checked, and when."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError
from core.web.keyset import paginate
from inventory.web.steps import Step, Steps, refusal, tell
from production.web.order_list import may_plan
from quality import selectors
from quality.models import QualityPlan
from quality.services import plans
from sites.access import PLANNERS, Access
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
MOST_CHECKS = 50


class PlanListPage(SitePageMixin, TemplateView):
    """`/s/<site>/quality-plans/`."""

    template_name = "quality/plan_list.html"

    def scope(self) -> QuerySet[QualityPlan]:
        rows = selectors.plans(self.access).filter(archived_at=None).select_related("item", "site", "company")
        return rows.annotate(line_count=Count("characteristics"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.request, self.scope(), by="-id", size=PAGE_SIZE)
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=page.rows,
            page=page.shown(),
            may_create=may_plan(self.access),
            **kwargs,
        )


class PlanPage(SitePageMixin, TemplateView):
    """`/s/<site>/quality-plans/<id>/`."""

    template_name = "quality/plan.html"

    def scope(self) -> QuerySet[QualityPlan]:
        return selectors.plans(self.access).select_related("item", "site", "company", "supplier__party", "operation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = get_object_or_404(self.scope(), pk=self.kwargs["pk"])
        found = selectors.checks(self.access).filter(plan=plan).select_related("item__unit", "lot", "site")
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            plan=plan,
            lines=list(plan.characteristics.order_by("line_no")),
            checks=list(found.order_by("-id")[:MOST_CHECKS]),
            steps=steps_of(plan, self.access, self.site_code),
            **kwargs,
        )


class PlanArchivePage(SitePageMixin, View):
    """`…/<id>/archive/`: asked on GET, done on POST."""

    def scope(self) -> QuerySet[QualityPlan]:
        return selectors.plans(self.access).filter(archived_at=None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plan = get_object_or_404(self.scope(), pk=self.kwargs["pk"])
        return self.ask(plan)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plan = get_object_or_404(self.scope(), pk=self.kwargs["pk"])
        try:
            plans.archive(plan, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(plan, refusal(error), error.status if error.status < 500 else 503)
        tell(request, _("The plan %(code)s is archived.") % {"code": plan.code})
        return redirect(f"/s/{self.site_code}/quality-plans/")

    def ask(self, plan: QualityPlan, refused: list[str] | None = None, status: int = 200) -> HttpResponseBase:
        base = f"/s/{self.site_code}/"
        context = {
            "step": archive_step(plan, self.site_code),
            "number": plan.code,
            "back_url": f"{base}quality-plans/{plan.pk}/",
            "list_url": f"{base}quality-plans/",
            "list_label": _("Quality plans"),
            "refusal": refused,
        }
        return render(self.request, "inventory/step.html", context, status=status)


def archive_step(plan: QualityPlan, site_code: str) -> Step:
    return Step(
        name="archive",
        label=_("Archive"),
        url=f"/s/{site_code}/quality-plans/{plan.pk}/archive/",
        title=_("Archive the plan %(code)s?") % {"code": plan.code},
        text=_("It calls for no more checks; those that are open stay."),
        is_danger=True,
    )


def steps_of(plan: QualityPlan, access: Access, site_code: str) -> Steps:
    """What may be done with a plan."""
    may = access.has_role(PLANNERS, company_id=plan.company_id, site_id=plan.site_id)
    return Steps((archive_step(plan, site_code),) if may and plan.archived_at is None else (), has_main=False)
