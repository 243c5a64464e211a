"""Reporting progress on a task: good, scrap and rework, the time it took, and the lot at the end."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError
from core.ui.formats import number
from core.web import fields
from core.web.refusals import refuse
from core.web.rows import typed
from inventory.choices import Tracking
from inventory.web.steps import tell
from production.choices import ReasonKind
from production.models import Reason, Task
from production.services import tasks
from production.services.tasks import ReportDraft
from production.web.task_page import TaskMixin


class ReportForm(forms.Form):
    """What was done since the last report; the service checks quantities and lots."""

    good_quantity = fields.number(gettext_lazy("Good"), required=True)
    scrapped_quantity = fields.number(gettext_lazy("Scrap"))
    rework_quantity = fields.number(gettext_lazy("Reworked"))
    minutes = fields.number(gettext_lazy("Minutes"), help_text=gettext_lazy("Empty: by the clock."))
    reason = fields.text(gettext_lazy("Why, if not all are good"), most=200, list="reasons")
    lot_number = fields.text(gettext_lazy("Lot"), most=64)

    def __init__(self, *args: Any, has_lot: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_lot:
            del self.fields["lot_number"]


class ReportPage(TaskMixin, View):
    """`/s/<site>/tasks/<id>/report/`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.steps.find("report") is None:
            return redirect(self.url)
        return self.show(self.form(initial={"good_quantity": ""}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        said = form.cleaned_data
        draft = ReportDraft(
            good_quantity=typed(said["good_quantity"]) or 0,
            scrapped_quantity=typed(said["scrapped_quantity"]) or 0,
            rework_quantity=typed(said["rework_quantity"]) or 0,
            minutes=typed(said["minutes"]) or None,
            reason=said["reason"],
            lot_number=said.get("lot_number", ""),
        )
        try:
            done = tasks.report(self.task.pk, draft, now=self.now, actor=request.user)
        except DomainError as error:
            refuse(form, error)
            return self.show(form, status=error.status if error.status < 500 else 503)
        good = number(done.event.good_quantity, self.task.order.item.unit.decimals)
        text = _("%(name)s: %(good)s good reported.") % {"name": self.task.name, "good": good}
        tell(request, text, undo=f"{self.url}undo/", warnings=done.posted.warnings if done.posted else ())
        return redirect(self.url)

    def form(self, *args: Any, **kwargs: Any) -> ReportForm:
        has_lot = self.task.order.item.tracking == Tracking.LOT and self.is_last
        return ReportForm(*args, has_lot=has_lot, **kwargs)

    @property
    def is_last(self) -> bool:
        task = self.task
        return not Task.objects.filter(order=task.order_id, number__gt=task.number).exists()

    def show(self, form: ReportForm, *, status: int = 200) -> HttpResponse:
        task = self.task
        reasons = Reason.objects.filter(kind=ReasonKind.SCRAP, archived_at=None).order_by("name", "pk")
        context = {
            "task": task,
            "order": task.order,
            "decimals": task.order.item.unit.decimals,
            "unit": task.order.item.unit,
            "url": self.url,
            "base": self.base,
            "form": form,
            "reasons": [one for one in reasons if one.site_id in (None, task.site_id)],
            "left": max(task.quantity - task.good_quantity, 0),
        }
        return render(self.request, "production/task_report.html", context, status=status)
