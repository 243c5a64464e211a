"""Plans: what is checked, and when."""

from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from core.web.keyset import paginate
from quality import selectors
from quality.models import QualityPlan
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
        return super().get_context_data(base=f"/s/{self.site_code}/", rows=page.rows, page=page.shown(), **kwargs)


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
            **kwargs,
        )
