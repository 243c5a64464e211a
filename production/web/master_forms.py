"""Forms of work centers, operators and their like."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import plain
from core.models import Master
from core.quantities import to_decimal
from core.web import fields
from core.web.rows import typed
from production.choices import ReasonKind
from production.models import Skill, Team, WorkCenter
from production.selectors import masters
from production.services.masters import RATES
from sites import selectors
from sites.access import Access
from sites.models import Calendar, Site

_HUNDRED = Decimal(100)


class SiteField(forms.ModelChoiceField):
    """A site by its code and name; the first of those offered unless there may be none."""

    def label_from_instance(self, site: Site) -> str:
        return f"{site.code} {site.name}"


class CodedField(forms.ModelChoiceField):
    """A row by its code and name, and its site where rows of several are offered."""

    def label_from_instance(self, row: Any) -> str:
        return " ".join(dict.fromkeys([row.code, row.name]))


class SkillsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Skill) -> str:
        return " ".join(dict.fromkeys([row.code, row.name]))


class MasterForm(forms.Form):
    """What they have in common. `row`: what is changed, None for a new one; `sites`: where he may enter one.

    A form of what may be for all sites has the empty choice where `is_for_all` says that he may.
    """

    code = fields.text(_("Code"), required=True, most=32)
    name = fields.text(_("Name"), help_text=_("Without one, the code."))
    site = SiteField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    numbers: Sequence[str] = ()
    percents: Sequence[str] = ()

    def __init__(
        self, *args: Any, access: Access, row: Master | None = None, sites: Sequence[Site] = (),
        is_for_all: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        if row is not None:
            kwargs["initial"] = self.initial_of(row)
        super().__init__(*args, **kwargs)
        self.row, self.access = row, access
        if row is not None:
            self.fields.pop("site", None)  # it stays where it is
        elif "site" in self.fields:
            self._offer_sites(sites, is_for_all)
        self.prepare()

    def _offer_sites(self, sites: Sequence[Site], is_for_all: bool) -> None:
        chosen: Any = self.fields["site"]
        chosen.queryset = Site.objects.filter(pk__in=[site.pk for site in sites]).order_by("code")
        if is_for_all:
            chosen.required = False
            chosen.empty_label = str(_("All sites"))

    def prepare(self) -> None:
        """Narrow what is offered to what the reader and the row's site allow."""

    def initial_of(self, row: Any) -> dict[str, Any]:
        names = [name for name in self.base_fields if name not in {"site", "pin"}]
        said = {name: getattr(row, f"{name}_id", None) or getattr(row, name) for name in names}
        said |= {name: _plain(said[name]) for name in self.numbers}
        return said | {name: _plain(said[name] * _HUNDRED) for name in self.percents}

    def clean(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        for name in {*self.numbers, *self.percents} & cleaned.keys():
            cleaned[name] = typed(cleaned[name]) or "0"
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was filled in; of a row that there is, what was changed.

        :raises InvalidInput: for a number that is none.
        """
        names = self.changed_data if self.row is not None else list(self.cleaned_data)
        said = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data and name != "version"}
        said = {name: value for name, value in said.items() if self.row is not None or value not in ("", None)}
        for name in self.numbers:
            if name in said:
                said[name] = to_decimal(said[name], field=name)
        for name in self.percents:
            if name in said:
                said[name] = to_decimal(said[name], field=name) / _HUNDRED
        if "name" in said and not said["name"]:
            said["name"] = self.cleaned_data["code"]
        return said

    @property
    def place(self) -> Site | None:
        return getattr(self.row, "site", None)


class WorkCenterForm(MasterForm):
    parallel_machines = forms.IntegerField(
        label=_("Machines"), min_value=1, max_value=10_000, initial=1, help_text=_("Alike ones that work side by side.")
    )
    efficiency_factor = fields.number(
        _("Efficiency, %"), required=True, help_text=_("An operation takes its run time ÷ this.")
    )
    machine_rate_per_hour = fields.number(_("Machine, an hour"))
    labor_rate_per_hour = fields.number(_("Labor, an hour"))
    overhead_rate_per_hour = fields.number(_("Overhead, an hour"))
    calendar = CodedField(
        label=_("Calendar"), queryset=Calendar.objects.none(), required=False, empty_label=_("The site's")
    )
    note = fields.note(_("Note"))

    numbers = RATES
    percents = ("efficiency_factor",)

    def prepare(self) -> None:
        chosen: Any = self.fields["calendar"]
        chosen.queryset = selectors.calendars(self.access).filter(archived_at=None).order_by("code")
        self.fields["efficiency_factor"].initial = "100"
        if self.place is not None:
            currency = self.place.company.currency
            for name in RATES:
                self.fields[name].label = f"{self.fields[name].label}, {currency}"
        if self.place is not None and not self.access.sees_prices(self.place.company_id):
            for name in RATES:
                del self.fields[name]


class TeamForm(MasterForm):
    pass


class SkillForm(MasterForm):
    site = None  # type: ignore[assignment]  # which is how Django drops a field


class ToolForm(MasterForm):
    pass


class ReasonForm(MasterForm):
    kind = forms.ChoiceField(label=_("For"), choices=ReasonKind.choices)


class OperatorForm(MasterForm):
    team = CodedField(label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("None"))
    work_center = CodedField(
        label=_("Work center"), queryset=WorkCenter.objects.none(), required=False, empty_label=_("None")
    )
    skills = SkillsField(
        label=_("Skills"), queryset=Skill.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": "5"}),
    )  # fmt: skip
    is_supervisor = forms.BooleanField(label=_("Supervisor: settles what tablets could not"), required=False)
    pin = fields.text(
        _("PIN"), most=12, help_text=_("4 to 12 digits, for the tablet; left empty, it stays."), inputmode="numeric",
        type="password",
    )  # fmt: skip

    def prepare(self) -> None:
        here = {"site": self.place} if self.place is not None else {"site__in": self.fields["site"].queryset}  # type: ignore[attr-defined]
        offered = {"team": masters.teams, "work_center": masters.work_centers, "skills": masters.skills}
        for name, rows in offered.items():
            chosen: Any = self.fields[name]
            found = rows(self.access).filter(archived_at=None)
            chosen.queryset = (found if name == "skills" else found.filter(**here)).order_by("code")

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "skills": list(row.skills.all())}


def _plain(value: Decimal) -> str:
    return str(plain(value))
