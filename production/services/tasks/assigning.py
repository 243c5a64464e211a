"""Who does a task, where, and whether at all: the planner's steps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, WrongState
from core.transactions import service
from inventory.services.orders import blocking
from production.choices import TaskEventKind
from production.models import OperationAlternative, Operator, Task, Team
from production.selectors.workload import suggest_operators
from production.services.steps import freezing
from production.services.tasks import recording
from production.services.tasks.drafts import Doing, Done
from production.services.tasks.opening import Opened, open_task
from production.task_rules import TaskStep


@service
def assign(
    task_id: int, *, operator_id: int | None = None, team_id: int | None = None, now: datetime, actor: Any
) -> Done:
    """Give a task to an operator or a team of its site, or with neither to nobody. Emits `task.assigned`.

    :raises InvalidInput: for somebody of another site, who is archived, or lacks a skill that it needs.
    """
    opened = open_task(task_id, TaskStep.ASSIGN, by=Doing(), now=now, actor=actor)
    operator = Operator.objects.filter(pk=operator_id).first() if operator_id else None
    team = Team.objects.filter(pk=team_id).first() if team_id else None
    _check_hands(opened.task, operator_id, operator, team_id, team)
    return _assign(opened, operator, team)


@service
def assign_by_load(task_ids: list[int], *, now: datetime, actor: Any) -> list[Done]:
    """Give each of these tasks to the operator of its site with all its skills who has the least planned work.

    In the order given; one that nobody can do is left alone. Emits `task.assigned` for each.
    """
    opened = [
        open_task(task_id, TaskStep.ASSIGN, by=Doing(), now=now, actor=actor) for task_id in dict.fromkeys(task_ids)
    ]
    operators = suggest_operators([one.task for one in opened])
    return [_assign(one, operators[one.task.pk], None) for one in opened if one.task.pk in operators]


@service
def move(task_id: int, *, work_center_id: int, now: datetime, actor: Any) -> Done:
    """Do a task at one of its alternative work centers of the same site. Emits `task.assigned`.

    :raises InvalidInput: for a work center that is no alternative, or is at another site: its legs and material are
        planned for this one.
    :raises WrongState: once it was started.
    """
    opened = open_task(task_id, TaskStep.MOVE, by=Doing(), now=now, actor=actor)
    task = opened.task
    if task.good_quantity or task.scrapped_quantity:
        raise WrongState(f"{opened.name} has reports; it stays where it was begun.")
    choices = OperationAlternative.objects.filter(operation=task.operation_id, work_center=work_center_id)
    found = choices.select_related("work_center__site", "operation").first()
    if found is None:
        raise InvalidInput(errors={"work_center": f"{task.name} can't be done there."})
    if found.work_center.site_id != task.site_id:
        text = f"It is at {found.work_center.site.code}; plan the order anew to do it there."
        raise InvalidInput(errors={"work_center": text})
    task.work_center = found.work_center
    if found.setup_time_minutes is not None:
        task.setup_time_minutes = found.setup_time_minutes
    if found.run_time_minutes_per_unit is not None:
        task.run_time_minutes_per_unit = found.run_time_minutes_per_unit
    freezing.plan_cost(task, opened.order.company.currency)
    freezing.weigh(task)
    task.version += 1
    task.save()
    return recording.record(opened, TaskEventKind.ASSIGN, reason=f"Moved to {found.work_center.name}.")


@service
def block(task_id: int, *, reason: str, now: datetime, actor: Any) -> Task:
    """Stop a task until it is unblocked. Emits `task.blocked`.

    :raises InvalidInput: without a reason.
    """
    return _set_block(
        task_id, blocked_at=now, reason=blocking.checked_reason(reason, noun="task"), now=now, actor=actor
    )


@service
def unblock(task_id: int, *, now: datetime, actor: Any) -> Task:
    """Let a blocked task go on. Emits `task.unblocked`."""
    return _set_block(task_id, blocked_at=None, reason="", now=now, actor=actor)


def _set_block(task_id: int, *, blocked_at: datetime | None, reason: str, now: datetime, actor: Any) -> Task:
    opened = open_task(task_id, TaskStep.BLOCK, by=Doing(), now=now, actor=actor)
    opened.task.blocked_at, opened.task.blocked_reason = blocked_at, reason[:200]
    opened.task.version += 1
    opened.task.save(update_fields=["blocked_at", "blocked_reason", "version"])
    recording.tell(opened, "blocked" if blocked_at else "unblocked", actor=actor)
    return opened.task


def _check_hands(
    task: Task, operator_id: int | None, operator: Operator | None, team_id: int | None, team: Team | None
) -> None:
    errors = {}
    for name, wanted, found in (("operator", operator_id, operator), ("team", team_id, team)):
        if wanted and (found is None or found.archived_at is not None):
            errors[name] = "Not found."
        elif found is not None and found.site_id != task.site_id:
            errors[name] = f"{found.name} does not work at {task.work_center.site.code}."
    if operator is not None and "operator" not in errors:
        missing = set(task.skills.values_list("name", flat=True)) - set(operator.skills.values_list("name", flat=True))
        if missing:
            errors["operator"] = f"{operator.name} lacks {', '.join(sorted(missing))}."
    if errors:
        raise InvalidInput(errors=errors)


def _assign(opened: Opened, operator: Operator | None, team: Team | None) -> Done:
    task = opened.task
    task.operator, task.team = operator, team
    task.version += 1
    task.save(update_fields=["operator", "team", "version"])
    hands = ", ".join(one.name for one in (operator, team) if one is not None)
    return recording.record(opened, TaskEventKind.ASSIGN, reason=hands, minutes=Decimal(0))
