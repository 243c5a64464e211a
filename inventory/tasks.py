"""Interfaces of the workers, each a few lines; the work stands in the services that they call."""

from celery import shared_task

from core import clock
from inventory.services import agreements, new_day
from sites.services import calendars


@shared_task(name="inventory.tasks.mark_new_day")
def mark_new_day() -> int:
    """Every five minutes: find the sites where a new day has begun, and what starts or ends with it."""
    now = clock.now()
    calendars.expand_all(today=now.date())
    agreements.refresh(now=now)
    return new_day.mark(now=now)
