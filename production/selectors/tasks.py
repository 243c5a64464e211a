"""Reading tasks, each within a reader's access."""

from django.db.models import F, Q, QuerySet

from production.choices import OPEN_TASK_STATES
from production.models import Task, TaskEvent
from sites.access import Access


def visible_tasks(access: Access) -> QuerySet[Task]:
    """Tasks of his companies' orders, and those at his sites: whoever does a step sees that step."""
    return Task.objects.filter(access.q(companies=["company"], sites=["site"]))


def visible_events(access: Access) -> QuerySet[TaskEvent]:
    """What happened at the tasks that he sees."""
    return TaskEvent.objects.filter(access.q(companies=["company"], sites=["site"]))


def with_names(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The same with all that names them, in one query."""
    return tasks.select_related(
        "company", "site", "order__item__unit", "order__priority", "work_center", "operator", "team", "supplier__party"
    )


def by_rank(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """As the ranks of their orders want it, then by when they are due and by their place in the order."""
    return tasks.order_by(F("order__priority__rank").asc(nulls_last=True), "due_at", "order_id", "number", "pk")


def open_tasks(access: Access) -> QuerySet[Task]:
    """Those that are not through, of orders that were released."""
    return visible_tasks(access).filter(state__in=OPEN_TASK_STATES)


def matching(tasks: QuerySet[Task], text: str) -> QuerySet[Task]:
    """Tasks with every word in order number, item, name, work center or operator, whatever the case."""
    for word in text.split():
        tasks = tasks.filter(
            Q(order__number__icontains=word)
            | Q(order__item__sku__icontains=word)
            | Q(name__icontains=word)
            | Q(work_center__code__icontains=word)
            | Q(operator__name__icontains=word)
        )
    return tasks
