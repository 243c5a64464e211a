"""What the pages of work centers, operators and their like show of each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Master
from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from production.selectors import masters as selectors
from production.services import masters, operators
from production.services.masters import RATES
from production.web import master_forms as forms
from sites.access import Access


@dataclass(frozen=True)
class Column:
    """`path` leads to the value (`team.code`); `kind`: "", "quantity", "percent", or "rate", which not all may see."""

    path: str
    label: Any
    kind: str = ""

    def value(self, row: Any) -> Any:
        """The value, None where the way there ends."""
        found = row
        for name in self.path.split("."):
            found = getattr(found, name, None)
        return found


@dataclass(frozen=True)
class Kind:
    """`path` in the address, which is the noun of the API as well; `name` of one; `about` says what they are for."""

    path: str
    model: type[Master]
    rows: Callable[[Access], QuerySet[Any]]
    form: type[forms.MasterForm]
    label: Any
    name: Any
    about: Any
    columns: tuple[Column, ...] = ()
    is_of_site: bool = True
    is_for_all: bool = False

    def create(self, *, actor: Any, **values: Any) -> Master:
        """A new row, by the service that enters it."""
        if self.model is Operator:
            return operators.create(actor=actor, **values)
        return masters.create(self.model, actor=actor, **values)

    def edit(self, row: Any, *, expected: int | None, actor: Any, **changes: Any) -> Master:
        """A changed row, by the service that changes it."""
        service = operators.edit if self.model is Operator else masters.edit
        return service(row, expected=expected, actor=actor, **changes)


_RATES = tuple(
    Column(path, label, "rate")
    for path, label in zip(RATES, (_("Machine, an hour"), _("Labor, an hour"), _("Overhead, an hour")), strict=True)
)

KINDS = (
    Kind(
        "work-centers", WorkCenter, selectors.work_centers, forms.WorkCenterForm, _("Work centers"), _("Work center"),
        _("Work centers are where operations are done: a saw, a paint line, a bench."),
        (
            Column("parallel_machines", _("Machines"), "quantity"),
            Column("efficiency_factor", _("Efficiency"), "percent"),
            *_RATES,
            Column("calendar.code", _("Calendar")),
        ),
    ),
    Kind(
        "operators", Operator, selectors.operators, forms.OperatorForm, _("Operators"), _("Operator"),
        _("Operators sign in on a tablet with a badge or a PIN; they need no login."),
        (
            Column("team.name", _("Team")),
            Column("work_center.name", _("Work center")),
            Column("is_supervisor", _("Supervisor"), "flag"),
            Column("pin_hash", _("PIN"), "flag"),
            Column("badge_hash", _("Badge"), "flag"),
        ),
    ),
    Kind(
        "teams", Team, selectors.teams, forms.TeamForm, _("Teams"), _("Team"),
        _("A team takes tasks together: who is free does the next."),
    ),
    Kind(
        "skills", Skill, selectors.skills, forms.SkillForm, _("Skills"), _("Skill"),
        _("An operation that names a skill is given to operators who have it. Skills are for all sites."),
        is_of_site=False, is_for_all=True,
    ),
    Kind(
        "tools", Tool, selectors.tools, forms.ToolForm, _("Tools"), _("Tool"),
        _("Tools are what an operation needs beside its work center: a jig, a gauge, a mold."), is_for_all=True,
    ),
    Kind(
        "reasons", Reason, selectors.reasons, forms.ReasonForm, _("Reasons"), _("Reason"),
        _("Reasons are what operators choose from when they pause, scrap, rework or call for help."),
        (Column("get_kind_display", _("For"), "word"),), is_for_all=True,
    ),
)  # fmt: skip
