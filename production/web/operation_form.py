"""What one operation of a routing needs and says: skills, tools, alternatives, and instructions with pictures."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import DomainError, InvalidInput, plain
from core.web.refusals import errors_of
from core.web.rows import FormRow, FormRows, typed
from inventory.web.steps import tell
from production.models import Operation, OperationAlternative, Skill, Tool
from production.routing_drafts import AlternativeDraft, InstructionDraft, OperationChange
from production.selectors import attachments as attachment_selectors
from production.selectors import masters
from production.services import attachments, routings
from production.web.master_forms import SkillsField
from production.web.routing_form import WorkCenters, said_center
from production.web.routings import RoutingMixin

ALTERNATIVES, INSTRUCTIONS = "alternatives", "instructions"
MOST_TEXT = 10_000
TIMES = ("setup_time_minutes", "run_time_minutes_per_unit", "service_unit_price")


class OperationForm(forms.Form):
    """The skills and tools of an operation."""

    skills = SkillsField(
        label=gettext_lazy("Skills"), queryset=Skill.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": "5"}),
        help_text=gettext_lazy("Whoever does it has all of them. Hold Ctrl to choose several."),
    )  # fmt: skip
    tools = SkillsField(
        label=gettext_lazy("Tools"), queryset=Tool.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": "5"}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, offered: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in offered.items():
            chosen: Any = self.fields[name]
            chosen.queryset = rows


class OperationPage(RoutingMixin, View):
    """`…/routings/<id>/operations/<operation id>/`."""

    @cached_property
    def operation(self) -> Operation:
        found = next((one for one in self.routing.operations.all() if one.pk == self.kwargs["operation"]), None)
        if found is None:
            raise Http404("The routing has no such operation.")
        return found

    def form(self, *data: Any) -> OperationForm:
        one = self.operation
        offered = {
            "skills": masters.skills(self.access).filter(archived_at=None).order_by("code"),
            "tools": masters.tools(self.access).filter(archived_at=None).order_by("code"),
        }
        initial = {"skills": one.skills.all(), "tools": one.tools.all(), "version": self.routing.version}
        return OperationForm(*data, offered=offered, initial=initial)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        one = self.operation
        if not self.may_change:
            return redirect(self.url)
        others = [said_alternative(row, self.sees_prices) for row in one.alternatives.all()]
        steps = [{"text": step.text, "attachment": step.attachment_id} for step in one.instructions.all()]
        return self.show(
            self.form(),
            FormRows.of(others, ["work_center"], prefix=ALTERNATIVES),
            FormRows.of(steps, ["text", "attachment"], prefix=INSTRUCTIONS),
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        others = FormRows.read(request.POST, ["work_center"], prefix=ALTERNATIVES)
        steps = self.read_steps()
        if not self.may_change:
            form.add_error(None, _("You may see this, but not change it."))
            return self.show(form, others, steps, 403)
        if not form.is_valid():
            return self.show(form, others, steps, 422)
        try:
            self.change(form, others, steps)
        except DomainError as error:
            for path, text in errors_of(error).items():
                self.refuse(form, path.removeprefix("operations.0."), text, others, steps)
            return self.show(form, others, steps, error.status if error.status < 500 else 503)
        tell(request, _("%(operation)s is changed.") % {"operation": self.operation})
        return redirect(self.url)

    def read_steps(self) -> FormRows:
        """The lines of the instructions; one that brings only a file counts as well."""
        data = self.request.POST.copy()
        for name in self.request.FILES:
            # The rows are numbered anew, and each must find its file.
            data[name] = name
        return FormRows.read(data, ["text", "attachment", "file"], prefix=INSTRUCTIONS, most=MOST_TEXT)

    def change(self, form: OperationForm, others: FormRows, steps: FormRows) -> None:
        alternatives = [self.alternative(row, place) for place, row in enumerate(others.rows)]
        self.bring_in(steps)
        instructions = [self.instruction(row, place) for place, row in enumerate(steps.rows)]
        values = {
            "skill_ids": [row.pk for row in form.cleaned_data["skills"]],
            "tool_ids": [row.pk for row in form.cleaned_data["tools"]],
            "alternatives": alternatives,
            "instructions": instructions,
        }
        routings.change(
            self.routing.pk,
            operation_edits=[OperationChange(line_id=self.operation.pk, values=values)],
            expected=form.cleaned_data["version"],
            now=self.now,
            actor=self.request.user,
        )

    def alternative(self, row: FormRow, place: int) -> AlternativeDraft:
        field = f"{ALTERNATIVES}.{place}"
        preference = row.text("preference") or str(place + 1)
        if not preference.isdecimal() or not 0 < int(preference) <= 1000:
            raise InvalidInput(errors={f"{field}.preference": _("A whole number from 1 to 1000.")})
        said = {name: typed(row.text(name)) or None for name in TIMES}
        if not self.sees_prices:
            said["service_unit_price"] = self.kept_price(row)
        center = WorkCenters(self.access).find(row.text("work_center"), f"{field}.work_center")
        return AlternativeDraft(work_center_id=center.pk, preference=int(preference), **said)

    def kept_price(self, row: FormRow) -> Any:
        """The price that stands there, which who writes may not see."""
        known = {said_center(one.work_center): one.service_unit_price for one in self.operation.alternatives.all()}
        return known.get(row.text("work_center"))

    def bring_in(self, steps: FormRows) -> None:
        """Keep the files that came with the lines; each line then names its own, also when the rest is refused.

        :raises InvalidInput: naming the line whose file is none that is kept.
        """
        for place, row in enumerate(steps.rows):
            file = self.file_of(row)
            if file is None:
                continue
            company = self.routing.company
            if company is None:
                raise InvalidInput(errors={f"{INSTRUCTIONS}.{place}.file": _("A shared routing has no files.")})
            try:
                kept = attachments.upload(company=company, file=file, site=self.routing.site, actor=self.request.user)
            except InvalidInput as error:
                raise InvalidInput(errors={f"{INSTRUCTIONS}.{place}.file": " ".join(error.errors.values())}) from None
            row.said |= {"attachment": str(kept.pk), "file": ""}

    def file_of(self, row: FormRow) -> UploadedFile | None:
        found = self.request.FILES.get(row.text("file"))
        return found if isinstance(found, UploadedFile) else None

    def instruction(self, row: FormRow, place: int) -> InstructionDraft:
        key = row.text("attachment")
        if key and not key.isdecimal():
            raise InvalidInput(errors={f"{INSTRUCTIONS}.{place}.text": _("The file is not there.")})
        return InstructionDraft(text=row.text("text"), attachment_id=int(key) if key else None)

    def refuse(self, form: OperationForm, path: str, text: str, *rows: FormRows) -> None:
        if not any(lines.refuse(path, text) for lines in rows):
            form.add_error(path if path in form.fields else None, text)

    def show(self, form: OperationForm, others: FormRows, steps: FormRows, status: int = 200) -> HttpResponse:
        wanted = [int(row.text("attachment")) for row in steps.rows if row.text("attachment").isdecimal()]
        seen = attachment_selectors.attachments(self.access).filter(pk__in=wanted)
        files = {str(row.pk): attachment_selectors.shown(row, self.base) for row in seen}
        for row in steps.rows:
            row.about = files.get(row.text("attachment"))
        context = {
            "form": form,
            "others": others,
            "steps_rows": steps,
            "centers": [{"value": said_center(row), "name": row.name} for row in WorkCenters(self.access).rows],
            "routing": self.routing,
            "operation": self.operation,
            "sees_prices": self.sees_prices,
            "base": self.base,
            "url": self.url,
        }
        return render(self.request, "production/operation_form.html", context, status=status)


def said_alternative(row: OperationAlternative, sees_prices: bool) -> dict[str, str]:
    """An alternative as it is typed."""
    names = TIMES if sees_prices else TIMES[:2]
    numbers = {name: getattr(row, name) for name in names}
    return {
        "work_center": said_center(row.work_center),
        "preference": str(row.preference),
        **{name: "" if value is None else str(plain(value)) for name, value in numbers.items()},
    }
