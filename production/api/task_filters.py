"""Filters of the list of tasks."""

from django.db.models import Q, QuerySet
from django_filters import BooleanFilter, CharFilter, IsoDateTimeFilter

from core import clock
from core.api.filters import FilterSet, IdFilter, KeyFilter, WordsFilter
from production.choices import OPEN_TASK_STATES, TaskState
from production.models import Task
from production.selectors import tasks as selectors


class TaskFilter(FilterSet):
    """`is_late` finds open ones that were due before now."""

    company = KeyFilter("company__code")
    company_id = IdFilter()
    site = KeyFilter("site__code")
    site_id = IdFilter()
    order = KeyFilter("order__number")
    order_id = IdFilter()
    item = KeyFilter("order__item__sku")
    item_id = IdFilter("order__item_id")
    work_center = KeyFilter("work_center__code")
    work_center_id = IdFilter()
    operator_id = IdFilter()
    team_id = IdFilter()
    state = WordsFilter(choices=TaskState.values)
    is_open = BooleanFilter(method="with_something_to_do")
    is_late = BooleanFilter(method="being_late")
    is_blocked = BooleanFilter("blocked_at", "isnull", exclude=True)
    needs_help = BooleanFilter("help_called_at", "isnull", exclude=True)
    is_assigned = BooleanFilter(method="with_hands")
    due_from = IsoDateTimeFilter("due_at", "gte")
    due_to = IsoDateTimeFilter("due_at", "lte")
    search = CharFilter(method="search_for")

    class Meta:
        model = Task
        fields = ("is_service",)

    def with_something_to_do(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        is_open = Q(state__in=OPEN_TASK_STATES)
        return rows.filter(is_open if value else ~is_open)

    def being_late(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        is_late = Q(state__in=OPEN_TASK_STATES, due_at__lt=clock.now())
        return rows.filter(is_late if value else ~is_late)

    def with_hands(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        has_hands = Q(operator__isnull=False) | Q(team__isnull=False)
        return rows.filter(has_hands if value else ~has_hands)

    def search_for(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return selectors.matching(rows, value)
