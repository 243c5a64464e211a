"""Doing steps at a task: one, or several that belong together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.transactions import service
from production.services.tasks import writing
from production.services.tasks.drafts import Doing, Done
from production.services.tasks.opening import take_in_hand
from production.services.tasks.session import Act, Session


@service
def together(task_id: int, acts: Sequence[tuple[Doing, Act]], *, now: datetime, actor: Any) -> list[Done]:
    """Do these steps at a task one after another, all or none; `Done.task` of each is the task right after it.

    Locks the leg behind the task, a service's order, the manufacturing order, then what the ledger needs. Emits for
    the whole what each step alone would, once of a kind.

    :raises DomainError: whatever one of the steps alone would be refused for; then nothing is written.
    """
    session = Session(take_in_hand(task_id, {act.step for _, act in acts}, now=now, actor=actor))
    for by, act in acts:
        session.opened.begin(act.step, by)
        act.do(session)
    return writing.write(session)


def alone(task_id: int, act: Act, *, by: Doing | None, now: datetime, actor: Any) -> Done:
    """Do one step at a task; without `by` the actor did it himself, now. Locks and raises as `together`."""
    return together(task_id, [(by or Doing(), act)], now=now, actor=actor)[0]
