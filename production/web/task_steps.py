"""The steps of a task: which are offered to whom, and what each does."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.web.numbers import whole
from inventory.web.steps import Step, Steps
from production.models import Task
from production.services import tasks
from production.task_rules import TRANSITIONS, TaskStep
from production.web.order_steps import Done
from sites.access import WRITERS, Access


def may_report(task: Task, access: Access) -> bool:
    """Whether he may tell what happened at it."""
    return access.has_role(WRITERS, company_id=task.company_id, site_id=task.site_id, by_operator=True)


def steps_of(task: Task, access: Access, url: str) -> Steps:
    """What the task's state and the reader's role allow, the likeliest first."""
    if not may_report(task, access):
        return Steps((), has_main=False)
    is_blocked = task.blocked_at is not None
    running = task.state == "running"
    offered: list[tuple[str, TaskStep, bool]] = [
        ("unblock", TaskStep.BLOCK, is_blocked),
        ("report", TaskStep.REPORT, not is_blocked and running),
        ("start", TaskStep.START, not is_blocked),
        ("resume", TaskStep.RESUME, not is_blocked),
        ("report", TaskStep.REPORT, not is_blocked and not running),
        ("finish", TaskStep.FINISH, not is_blocked),
        ("pause", TaskStep.PAUSE, True),
        ("assign", TaskStep.ASSIGN, True),
        ("move", TaskStep.MOVE, not is_blocked),
        ("block", TaskStep.BLOCK, not is_blocked),
        ("undo", TaskStep.UNDO, task.good_quantity > 0 or task.scrapped_quantity > 0),
        ("reopen", TaskStep.REOPEN, not is_blocked),
    ]
    names = [name for name, rule, may in offered if may and (task.state, rule) in TRANSITIONS]
    main = bool(names) and names[0] in {"unblock", "report", "start", "resume"}
    return Steps(tuple(plain_step(task, name, url) for name in names), has_main=main)


def plain_step(task: Task, name: str, url: str) -> Step:
    """A step as its button and dialog show it."""
    of = {"name": task.name, "number": task.order.number}
    texts: dict[str, dict[str, Any]] = {
        "start": {"label": _("Start"), "is_at_once": True},
        "resume": {"label": _("Resume"), "is_at_once": True},
        "unblock": {"label": _("Unblock"), "is_at_once": True},
        "report": {"label": _("Report progress"), "is_page": True},
        "assign": {"label": _("Assign…"), "is_page": True},
        "move": {"label": _("Do it elsewhere…"), "is_page": True},
        "pause": {"label": _("Pause"), "title": _("Pause %(name)s?") % of, "reason": "optional"},
        "finish": {
            "label": _("Finish"),
            "title": _("Finish %(name)s of %(number)s?") % of,
            "text": _("Nothing more is reported on it; the next step may begin with what is there."),
        },
        "block": {
            "label": _("Block"),
            "title": _("Block %(name)s of %(number)s?") % of,
            "text": _("Nobody starts it or reports on it until somebody unblocks it."),
            "reason": "required",
        },
        "undo": {
            "label": _("Take back the latest"),
            "title": _("Take back the latest report of %(name)s?") % of,
            "text": _("Its pieces, the components used and their cost go back."),
            "is_danger": True,
        },
        "reopen": {"label": _("Open again"), "title": _("Open %(name)s again?") % of},
    }
    found = texts.get(name, {"label": name.capitalize()})
    return Step(name=name, url=f"{url}{name}/", **{"title": f"{found['label']} {task.name}", **found})


def _start(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.start(task.pk, **by)
    return Done(_("%(name)s is running.") % {"name": task.name}, undo="pause/")


def _resume(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.resume(task.pk, **by)
    return Done(_("%(name)s is running.") % {"name": task.name}, undo="pause/")


def _pause(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.pause(task.pk, reason=said.get("reason", ""), **by)
    return Done(_("%(name)s is paused.") % {"name": task.name}, undo="resume/")


def _finish(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.finish(task.pk, **by)
    return Done(_("%(name)s is done.") % {"name": task.name}, undo="reopen/")


def _reopen(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.reopen(task.pk, **by)
    return Done(_("%(name)s is open again.") % {"name": task.name}, undo="finish/")


def _block(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.block(task.pk, reason=said.get("reason", ""), **by)
    return Done(_("%(name)s is blocked.") % {"name": task.name}, undo="unblock/")


def _unblock(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.unblock(task.pk, **by)
    return Done(_("%(name)s is no longer blocked.") % {"name": task.name})


def _undo(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    tasks.undo_last(task.pk, **by)
    return Done(_("The latest report of %(name)s is taken back.") % {"name": task.name})


def _assign(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    """To an operator, a team, or with neither to nobody; Undo gives it back to whom it belonged."""
    before = f"assign/?operator={task.operator_id or ''}&team={task.team_id or ''}"
    done = tasks.assign(task.pk, operator_id=whole(said.get("operator")), team_id=whole(said.get("team")), **by)
    hands = ", ".join(one.name for one in (done.task.operator, done.task.team) if one) or _("nobody")
    return Done(_("%(name)s is given to %(hands)s.") % {"name": task.name, "hands": hands}, undo=before)


def _move(task: Task, said: Mapping[str, Any], **by: Any) -> Done:
    done = tasks.move(task.pk, work_center_id=whole(said.get("work_center")) or 0, **by)
    place = {"name": task.name, "place": done.task.work_center.name}
    return Done(_("%(name)s is done at %(place)s.") % place)


Run = Callable[..., Done]
RUN: dict[str, Run] = {
    "start": _start,
    "resume": _resume,
    "pause": _pause,
    "finish": _finish,
    "reopen": _reopen,
    "block": _block,
    "unblock": _unblock,
    "undo": _undo,
    "assign": _assign,
    "move": _move,
}


def run(name: str, task: Task, said: Mapping[str, Any], *, now: datetime, actor: Any) -> Done:
    """Do a step by its name; see `RUN`."""
    return RUN[name](task, said, now=now, actor=actor)
