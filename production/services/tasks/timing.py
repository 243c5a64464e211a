"""Booking time: minutes by the clock, and what they cost."""

from decimal import Decimal

from inventory.choices import PostingKind
from production import rules, task_rules
from production.services.steps import costs
from production.services.tasks.session import Session

ZERO = Decimal(0)


def book(session: Session) -> tuple[Decimal, int | None]:
    """Add the time since the clock was started to the task, and its cost to the order.

    Returns the minutes, and the place of the posting where they cost something. An order that is done takes on no cost
    any more.
    """
    opened, task, order = session.opened, session.opened.task, session.opened.order
    minutes = task_rules.clocked_minutes(since=task.resumed_at, until=opened.at)
    task.spent_minutes += minutes
    absorbed = [] if task.is_service else costs.absorbed(order, task, good=ZERO, minutes=minutes, at=opened.at)
    if not absorbed or order.state not in rules.STARTED_STATES:
        return minutes, None
    return minutes, session.post(PostingKind.OPERATION, absorbed=absorbed)
