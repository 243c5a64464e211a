"""The planner's board: all tasks over all sites by state, or as a table; and giving many of them to people."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from core.clock import local_date
from core.errors import DomainError
from core.web import lists
from inventory.web.steps import go_on, refusal
from production.choices import OPEN_TASK_STATES, TaskState
from production.models import Operator, Task, Team, WorkCenter
from production.selectors import tasks
from production.services import tasks as task_services
from production.web import task_steps
from sites.web.mixins import SitePageMixin

MOST_IN_COLUMN = 40
MOST_IN_TABLE = 200
MOST_AT_ONCE = 500
COLUMNS = (TaskState.WAITING, TaskState.READY, TaskState.RUNNING, TaskState.PAUSED, TaskState.DONE)


class BoardMixin(SitePageMixin):
    """Which tasks the page is about: open ones, and those done today at their sites."""

    def scope(self) -> QuerySet[Task]:
        rows = tasks.visible_tasks(self.access)
        return rows.filter(site=self.site) if self.site else rows

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").replace("\0", "").strip()[:100]

    @property
    def base(self) -> str:
        return f"/s/{self.site_code}/"

    def done_today(self) -> Q:
        """Done since midnight where each site is; a condition a time zone."""
        found = Q(pk__in=[])
        for zone in sorted({site.time_zone for site in self.sites}):
            began_at = datetime.combine(local_date(self.now, zone), time(), ZoneInfo(zone))
            found |= Q(site__time_zone=zone, done_at__gte=began_at)
        return Q(state=TaskState.DONE) & found

    @cached_property
    def chosen(self) -> QuerySet[Task]:
        """What the chips ask for."""
        rows = self.scope().filter(Q(state__in=OPEN_TASK_STATES) | self.done_today())
        if self.asked("search"):
            rows = tasks.matching(rows, self.asked("search"))
        named = {
            "site": "site__code__iexact",
            "center": "work_center__code__iexact",
            "operator": "operator__code__iexact",
        }
        for name, lookup in named.items():
            if self.asked(name):
                rows = rows.filter(**{lookup: self.asked(name)})
        if self.asked("late"):
            rows = rows.filter(state__in=OPEN_TASK_STATES, due_at__lt=self.now)
        return rows.exclude(blocked_at=None) if self.asked("blocked") else rows


class BoardPage(BoardMixin, TemplateView):
    """`/s/<site>/tasks/`, `?view=table` for the table. The number of queries does not depend on the rows."""

    template_name = "production/task_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_table = self.asked("view") == "table"
        counts = self.counts()
        return super().get_context_data(
            base=self.base,
            is_table=is_table,
            columns=[] if is_table else self.columns(counts),
            rows=self.shown(self.table()) if is_table else [],
            total=sum(counts[state] for state in COLUMNS),
            late=counts["late"],
            blocked=counts["blocked"],
            filters=self.filters(),
            operators=self.operators if is_table else [],
            teams=self.teams if is_table else [],
            is_plain=not any(self.asked(name) for name in ("search", "site", "center", "operator", "late", "blocked")),
            may_assign=any(
                task_steps.WRITERS & {role}
                for role in (*self.access.company_roles.values(), *self.access.member_roles.values())
            )
            or self.access.is_superuser,
            **kwargs,
        )

    def counts(self) -> dict[str, int]:
        """How many there are in each column, how many late and blocked; one query."""
        counted = {str(state): Count("pk", filter=Q(state=state)) for state in COLUMNS}
        late = Count("pk", filter=Q(state__in=OPEN_TASK_STATES, due_at__lt=self.now))
        blocked = Count("pk", filter=Q(blocked_at__isnull=False, state__in=OPEN_TASK_STATES))
        return self.chosen.order_by().aggregate(**counted, late=late, blocked=blocked)

    def columns(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        """A query a column, each with the first of its rows."""
        return [
            {
                "state": state,
                "label": _("Done today") if state == TaskState.DONE else state.label,
                "count": counts[state],
                "rows": self.shown(self.named(self.chosen.filter(state=state))[:MOST_IN_COLUMN]),
                "more": max(counts[state] - MOST_IN_COLUMN, 0),
            }
            for state in COLUMNS
        ]

    def named(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        return tasks.by_rank(tasks.with_names(rows))

    def table(self) -> QuerySet[Task]:
        """By place, and there by rank."""
        rows = self.named(self.chosen)
        return rows.order_by("site__code", "work_center__code", *rows.query.order_by)[:MOST_IN_TABLE]

    def shown(self, rows: QuerySet[Task]) -> list[dict[str, Any]]:
        """A row with where its group begins and why it does not go on."""
        found, before = [], None
        for task in rows:
            place = (task.site_id, task.work_center_id)
            found.append(
                {
                    "task": task,
                    "decimals": task.order.item.unit.decimals,
                    "begins": place != before,
                    "late_days": (self.now - task.due_at).days + 1
                    if task.state in OPEN_TASK_STATES and task.due_at < self.now
                    else 0,
                    "why": why(task),
                }
            )
            before = place
        return found

    @cached_property
    def operators(self) -> list[Operator]:
        rows = Operator.objects.filter(site__in=self.site_ids, archived_at=None).select_related("site")
        return list(rows.order_by("site__code", "name", "pk"))

    @cached_property
    def teams(self) -> list[Team]:
        rows = Team.objects.filter(site__in=self.site_ids, archived_at=None).select_related("site")
        return list(rows.order_by("site__code", "name", "pk"))

    def filters(self) -> list[dict[str, Any]]:
        centers = WorkCenter.objects.filter(site__in=self.site_ids, archived_at=None).order_by("code", "pk")
        options = list(dict.fromkeys((one.code, f"{one.code} {one.name}") for one in centers))
        people = list(dict.fromkeys((one.code, one.name) for one in self.operators))
        yes = [("1", _("yes"))]
        sites = [] if self.site or len(self.sites) < 2 else [lists.site_filter(self.sites, self.asked("site"))]
        return [
            lists.text_filter("search", _("Search"), self.asked("search")),
            *sites,
            lists.choice_filter("center", _("Work center"), self.asked("center"), options),
            lists.choice_filter("operator", _("Operator"), self.asked("operator"), people),
            lists.choice_filter("late", _("Late"), self.asked("late"), yes),
            lists.choice_filter("blocked", _("Blocked"), self.asked("blocked"), yes),
        ]


def why(task: Task) -> str:
    """Why it does not go on, in words."""
    if task.blocked_at is not None:
        return task.blocked_reason
    if task.help_called_at is not None:
        return _("calls for help: %(note)s") % {"note": task.help_note} if task.help_note else _("calls for help")
    if task.state == TaskState.PAUSED:
        return task.pause_reason
    if task.state == TaskState.WAITING and task.waits_for:
        return _("waits for %(what)s") % {"what": task.waits_for}
    return ""


class AssignManyPage(BoardMixin, View):
    """Gives the selected tasks to an operator or a team, or each to who can do it and has the least to do."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        fallback = f"{self.base}tasks/?view=table"
        selected = self.selected(request)
        if not selected:
            messages.warning(request, _("Select the tasks first."))
            return go_on(request, fallback)
        try:
            count = self.assign(request, selected)
        except DomainError as error:
            messages.error(request, " ".join(refusal(error)))
            return go_on(request, fallback)
        text = ngettext("%(count)s task is given.", "%(count)s tasks are given.", count) % {"count": count}
        messages.success(request, text)
        return go_on(request, fallback)

    def selected(self, request: HttpRequest) -> list[int]:
        """The ids of the rows that are ticked, in the order of rank, as far as the reader sees them."""
        ids = [int(value) for value in request.POST.getlist("selected")[:MOST_AT_ONCE] if value.isdecimal()]
        ids = [pk for pk in ids if pk < 2**63]
        rows = self.scope().filter(state__in=OPEN_TASK_STATES)
        rows = rows if request.POST.get("all") == "1" else rows.filter(pk__in=ids)
        return list(tasks.by_rank(rows).values_list("pk", flat=True)[:MOST_AT_ONCE])

    def assign(self, request: HttpRequest, selected: Sequence[int]) -> int:
        hands = request.POST.get("hands", "")
        kind, _colon, number = hands.partition(":")
        pk = int(number) if number.isdecimal() and int(number) < 2**63 else None
        if kind in ("operator", "team") and pk is not None:
            for task_id in selected:
                task_services.assign(task_id, **{f"{kind}_id": pk}, now=self.now, actor=request.user)
            return len(selected)
        return len(task_services.assign_by_load(list(selected), now=self.now, actor=request.user))
