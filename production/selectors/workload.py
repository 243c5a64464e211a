"""Who can do what, and how much he has to do already."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, Sum

from production.choices import OPEN_TASK_STATES
from production.models import Operator, Task

ZERO = Decimal(0)


def loads(site_ids: Sequence[int]) -> dict[int, Decimal]:
    """The planned minutes of open tasks by operator, of those who work at these sites; one query."""
    minutes = F("setup_time_minutes") + F("run_time_minutes_per_unit") * (
        F("start_quantity") - F("good_quantity") - F("scrapped_quantity")
    )
    rows = Task.objects.filter(site_id__in=list(site_ids), state__in=OPEN_TASK_STATES).exclude(operator=None)
    return dict(rows.order_by().values("operator_id").annotate(total=Sum(minutes)).values_list("operator_id", "total"))


def suggest_operators(tasks: Sequence[Task]) -> dict[int, Operator]:
    """For each task (by id) the operator of its site who has all its skills and the least planned work.

    One after the other, so that each counts what the ones before were given; a fixed number of queries. A task that
    nobody can do is left out.
    """
    sites = sorted({task.site_id for task in tasks})
    operators = Operator.objects.filter(site_id__in=sites, archived_at=None).prefetch_related("skills").order_by("pk")
    at_site: defaultdict[int, list[Operator]] = defaultdict(list)
    for operator in operators:
        at_site[operator.site_id].append(operator)
    needed = _skills(tasks)
    load = {pk: total or ZERO for pk, total in loads(sites).items()}
    found: dict[int, Operator] = {}
    for task in tasks:
        able = [one for one in at_site[task.site_id] if needed[task.pk] <= {skill.pk for skill in one.skills.all()}]
        if not able:
            continue
        chosen = min(able, key=lambda one: (load.get(one.pk, ZERO), one.pk))
        found[task.pk] = chosen
        load[chosen.pk] = (
            load.get(chosen.pk, ZERO) + task.setup_time_minutes + (task.run_time_minutes_per_unit * task.start_quantity)
        )
    return found


def _skills(tasks: Sequence[Task]) -> defaultdict[int, set[int]]:
    needed: defaultdict[int, set[int]] = defaultdict(set)
    rows = Task.skills.through.objects.filter(task_id__in=[task.pk for task in tasks])
    for task_id, skill_id in rows.values_list("task_id", "skill_id"):
        needed[task_id].add(skill_id)
    return needed
