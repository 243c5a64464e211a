"""Checks: what waits to be checked or decided, and the form to do it, fit for a tablet."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.errors import DomainError, InvalidInput
from core.quantities import to_decimal
from core.web.keyset import paginate
from core.web.rows import typed
from inventory.web.serving import document_url
from inventory.web.steps import refusal, tell
from production.selectors.attachments import shown
from production.services import attachments
from quality import selectors
from quality.choices import CheckState, Decision, Trigger
from quality.drafts import ResultDraft
from quality.models import QualityCheck, QualityResult
from quality.services import checks
from sites.access import PLANNERS, WRITERS
from sites.web.mixins import SitePageMixin

PAGE_SIZE = 100
_TABS: dict[str, list[str]] = {"open": [CheckState.OPEN], "failed": [CheckState.FAILED], "all": list(CheckState.values)}


class CheckListPage(SitePageMixin, TemplateView):
    """`/s/<site>/quality-checks/?tab=`."""

    template_name = "quality/check_list.html"

    def scope(self) -> QuerySet[QualityCheck]:
        rows = selectors.checks(self.access)
        return rows.filter(site=self.site) if self.site else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tab = self.request.GET.get("tab", "open")
        tab = tab if tab in _TABS else "open"
        rows = self.scope().filter(state__in=_TABS[tab]).select_related("plan", "item__unit", "lot", "site")
        page = paginate(self.request, rows, by="-id", size=PAGE_SIZE)
        labels = {"open": _("To check"), "failed": _("To decide"), "all": _("All")}
        return super().get_context_data(
            base=f"/s/{self.site_code}/",
            rows=page.rows,
            page=page.shown(),
            tab=tab,
            tabs=[{"label": label, "url": f"?tab={name}", "current": name == tab} for name, label in labels.items()],
            **kwargs,
        )


class CheckMixin(SitePageMixin):
    """Gives `self.check`, in the reader's sight."""

    def scope(self) -> QuerySet[QualityCheck]:
        return selectors.checks(self.access).select_related(
            "plan", "item__unit", "lot", "site", "company", "rework_order"
        )

    @cached_property
    def check(self) -> QualityCheck:
        return get_object_or_404(self.scope(), pk=self.kwargs["pk"])

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    @property
    def url(self) -> str:
        return f"{self.base}quality-checks/{self.check.pk}/"

    def show(self, refused: list[str] | None = None, status: int = 200) -> HttpResponseBase:
        check = self.check
        decisions = [one for one in Decision if one != Decision.RETURN or check.trigger == Trigger.RECEIPT]
        said = self.request.POST
        context = {
            "base": self.base,
            "url": self.url,
            "check": check,
            "results": [
                {
                    "row": row,
                    "value": said.get(f"value_{row.line_no}", ""),
                    "is_ok": said.get(f"ok_{row.line_no}", ""),
                    "photo": shown(row.attachment, self.base) if row.attachment else None,
                }
                for row in check.results.select_related("attachment").order_by("line_no")
            ],
            "source_url": document_url(self.base, check.source_kind, check.source_id),
            "decisions": [(one.value, one.label) for one in decisions],
            "may_record": self.access.has_role(
                WRITERS, company_id=check.company_id, site_id=check.site_id, by_operator=True
            ),
            "may_decide": self.access.has_role(PLANNERS, company_id=check.company_id, site_id=check.site_id),
            "refusal": refused,
        }
        return render(self.request, "quality/check.html", context, status=status)


class CheckPage(CheckMixin, View):
    """`/s/<site>/quality-checks/<id>/`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.show()


class CheckStepPage(CheckMixin, View):
    """`…/<id>/<step>/`: record, reopen, decide, undo."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return redirect(self.url)

    def post(self, request: HttpRequest, step: str, **kwargs: Any) -> HttpResponseBase:
        steps = {"record": self.record, "reopen": self.reopen, "decide": self.decide, "undo": self.undo}
        if step not in steps:
            raise Http404("There is no such step.")
        pk = self.check.pk
        try:
            steps[step](pk)
        except DomainError as error:
            return self.show(refusal(error), status=error.status if error.status < 500 else 503)
        return redirect(self.url)

    def record(self, pk: int) -> None:
        said, results = self.request.POST, []
        for row in self.check.results.order_by("line_no"):
            text, is_ok = said.get(f"value_{row.line_no}", "").strip(), said.get(f"ok_{row.line_no}", "")
            results.append(
                ResultDraft(
                    line_no=row.line_no,
                    value=to_decimal(typed(text), field=row.name) if text else None,
                    is_ok={"yes": True, "no": False}.get(is_ok),
                    note=said.get(f"note_{row.line_no}", "")[:500],
                    attachment_id=self.photo(row),
                )
            )
        check = checks.record(pk, results, now=self.now, actor=self.request.user)
        words = _("%(number)s passed.") if check.state == CheckState.PASSED else _("%(number)s failed.")
        tell(self.request, words % {"number": check.number}, undo=f"{self.url}reopen/")

    def photo(self, row: QualityResult) -> int | None:
        """The picture that came with a characteristic, kept.

        :raises InvalidInput: naming the characteristic, when it is none.
        """
        file = self.request.FILES.get(f"photo_{row.line_no}")
        if not isinstance(file, UploadedFile):
            return None
        try:
            kept = attachments.upload(
                company=self.check.company, file=file, site=self.check.site, by_operator=True, actor=self.request.user
            )
        except InvalidInput as error:
            raise InvalidInput(errors={f"results.{row.line_no}": " ".join(error.errors.values())}) from None
        return kept.pk

    def reopen(self, pk: int) -> None:
        check = checks.reopen(pk, now=self.now, actor=self.request.user)
        tell(self.request, _("%(number)s is open again.") % {"number": check.number})

    def decide(self, pk: int) -> None:
        decision, reason = self.request.POST.get("decision", ""), self.request.POST.get("reason", "")[:500]
        if decision not in Decision.values:
            raise InvalidInput(errors={"decision": _("Say what becomes of it.")})
        check = checks.decide(pk, Decision(decision), reason=reason, now=self.now, actor=self.request.user)
        tell(self.request, _("%(number)s is decided.") % {"number": check.number}, undo=f"{self.url}undo/")

    def undo(self, pk: int) -> None:
        check = checks.undo_decision(pk, now=self.now, actor=self.request.user)
        tell(self.request, _("%(number)s waits for its decision again.") % {"number": check.number})
