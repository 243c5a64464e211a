"""Interfaces of the workers, each a few lines; the work stands in the services that they call."""

from celery import shared_task

from core import clock
from inventory.services import new_day


@shared_task(name="inventory.tasks.mark_new_day")
def mark_new_day() -> int:
    """Every five minutes: find the sites where a new day has begun."""
    return new_day.mark(now=clock.now())
