"""Booking time: minutes by the clock, and what they cost."""

from decimal import Decimal

from inventory.choices import DocumentKind, PostingKind
from inventory.drafts import OrderPool, Posted, PostingDraft
from inventory.services.posting import post
from production import rules, task_rules
from production.services.steps import costs
from production.services.tasks.opening import Opened

ZERO = Decimal(0)


def book(opened: Opened) -> tuple[Decimal, Posted | None]:
    """Add the time since the clock was started to the task, and its cost to the order; the task is not saved.

    Returns the minutes, and the posting where they cost something. The caller holds the order's lock. An order that
    is done takes on no cost any more.
    """
    task, order = opened.task, opened.order
    minutes = task_rules.clocked_minutes(since=task.resumed_at, until=opened.at)
    task.spent_minutes += minutes
    absorbed = [] if task.is_service else costs.absorbed(order, task, good=ZERO, minutes=minutes, at=opened.at)
    if not absorbed or order.state not in rules.STARTED_STATES:
        return minutes, None
    posted = post(
        PostingDraft(
            kind=PostingKind.OPERATION,
            company_id=order.company_id,
            site_id=task.site_id,
            effective_at=opened.at,
            source_kind=DocumentKind.MANUFACTURING_ORDER,
            source_id=order.pk,
            source_number=order.number,
        ),
        absorbed=absorbed,
        order_pool=OrderPool(order.item_id, order.company_id, order.pk),
        now=opened.now,
        actor=opened.actor,
    )
    return minutes, posted
