"""One task: where it stands, what it waits for, what it takes and what was reported; and its steps."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core.errors import DomainError
from inventory.choices import DocumentKind
from inventory.models import TransferLine
from inventory.web.steps import Step, Steps, go_on, refusal, tell
from production.models import OperationAlternative, Operator, Task, Team
from production.selectors import orders, tasks
from production.web import order_flow, task_steps
from sites.web.mixins import SitePageMixin


class TaskMixin(SitePageMixin):
    """Gives `self.task`, in the reader's sight, and the addresses around it."""

    def scope(self) -> QuerySet[Task]:
        return tasks.with_names(tasks.visible_tasks(self.access))

    @cached_property
    def task(self) -> Task:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}tasks/{self.task.pk}/"

    @property
    def steps(self) -> Steps:
        return task_steps.steps_of(self.task, self.access, self.url)

    @property
    def order_url(self) -> str:
        """The page of its order; "" for whoever sees this step alone."""
        seen = orders.visible_orders(self.access).filter(pk=self.task.order_id).exists()
        return f"{self.base}manufacturing-orders/{self.task.order_id}/" if seen else ""


class TaskPage(TaskMixin, TemplateView):
    """`/s/<site>/tasks/<id>/`."""

    template_name = "production/task.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        task = self.task
        events = tasks.visible_events(self.access).filter(task=task)
        related = ("task", "site", "operator", "posting", "reversed_by")
        newest = events.select_related(*related).order_by("-happened_at", "-pk")[:50]
        decimals = task.order.item.unit.decimals
        return super().get_context_data(
            task=task,
            order=task.order,
            decimals=decimals,
            unit=task.order.item.unit,
            base=self.base,
            url=self.url,
            order_url=self.order_url,
            steps=self.steps,
            components=task.components.select_related("item__unit", "site").order_by("line_no", "pk"),
            coming=self.coming(),
            events=[(one, order_flow.said(one, decimals)) for one in newest],
            is_late=task.done_at is None and task.due_at < self.now,
            **kwargs,
        )

    def coming(self) -> list[TransferLine]:
        """The legs that bring work here or take it away; one query."""
        seen = self.access.q(companies=["transfer__company"], sites=["transfer__origin", "transfer__destination"])
        lines = TransferLine.objects.filter(
            seen,
            transfer__source_kind=DocumentKind.MANUFACTURING_ORDER,
            transfer__source_id=self.task.order_id,
            wip_lot__isnull=False,
        )
        rows = lines.select_related("transfer__origin", "transfer__destination", "item__unit").order_by("pk")
        return [row for row in rows if self.task.site_id in (row.transfer.origin_id, row.transfer.destination_id)]


class TaskStepPage(TaskMixin, View):
    """A step of the task: asked on GET, done on POST."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = self.kwargs["step"]
        if name not in task_steps.RUN:
            raise Http404("There is no such step.")
        step = self.steps.find(name)
        return self.ask() if step and not step.is_at_once else redirect(self.url)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = self.kwargs["step"]
        if name not in task_steps.RUN:
            raise Http404("There is no such step.")
        said = {**request.GET.dict(), **request.POST.dict()}
        try:
            done = task_steps.run(name, self.task, said, now=self.now, actor=request.user)
        except DomainError as error:
            return self.ask(refusal(error), status=error.status if error.status < 500 else 503)
        tell(request, done.text, undo=f"{self.url}{done.undo}" if done.undo else "", warnings=done.warnings)
        return go_on(request, self.url)

    def ask(self, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        name = self.kwargs["step"]
        step = self.steps.find(name) or task_steps.plain_step(self.task, name, self.url)
        if query := self.request.GET.urlencode():
            step = replace(step, url=f"{step.url}?{query}")
        context: dict[str, Any] = {
            "step": step,
            "number": f"{self.task.order.number} {self.task.name}",
            "back_url": self.url,
            "list_url": f"{self.base}tasks/",
            "list_label": _("Tasks"),
            "refusal": refused,
            "said": self.request.POST.get("reason", ""),
        }
        template = "production/task_choose.html" if name in {"assign", "move"} else "inventory/step.html"
        return render(self.request, template, context | self.choices(step), status=status)

    def choices(self, step: Step) -> dict[str, Any]:
        """Who or where to choose from."""
        task = self.task
        if step.name == "assign":
            at = {"site": task.site_id, "archived_at": None}
            return {
                "operators": Operator.objects.filter(**at).order_by("name", "pk"),
                "teams": Team.objects.filter(**at).order_by("name", "pk"),
                "task": task,
            }
        if step.name == "move":
            rows = OperationAlternative.objects.filter(
                operation=task.operation_id, work_center__site=task.site_id, work_center__archived_at=None
            )
            return {"alternatives": rows.select_related("work_center").order_by("pk"), "task": task}
        return {}
