"""The clock stands at the edge: views, tasks and commands ask it once and pass `now` on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return timezone.now()


def local_date(moment: datetime, zone: str) -> date:
    """The date of a moment at a place with this time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
