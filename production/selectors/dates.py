"""When an order must start."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection


class Lead(NamedTuple):
    """Due on a date after so many days of making; working days where there is a calendar, else calendar days."""

    calendar_id: int | None
    due_on: date
    lead_time_days: int


_STARTS = """
SELECT l.n, start.on_date
FROM unnest(%s::bigint[], %s::date[], %s::int[]) WITH ORDINALITY AS l(calendar_id, due_on, days, n)
JOIN sites_calendarday due ON due.calendar_id = l.calendar_id AND due.on_date = l.due_on
JOIN sites_calendarday start ON start.calendar_id = l.calendar_id AND start.is_working
    AND start.working_number = due.working_number - l.days
"""


def start_dates(leads: Sequence[Lead]) -> list[date]:
    """The start of each: the due date less its lead time, in one query.

    In a calendar the last `n` working days up to the due date are left out, so one due on a day off with no lead time
    starts on the last working day before. Outside the days that a calendar was expanded for, calendar days count.
    """
    worked: dict[int, date] = {}
    if any(lead.calendar_id is not None for lead in leads):
        with connection.cursor() as cursor:
            cursor.execute(_STARTS, [list(column) for column in zip(*leads, strict=True)])
            worked = dict(cursor.fetchall())
    return [
        worked.get(place) or lead.due_on - timedelta(days=lead.lead_time_days)
        for place, lead in enumerate(leads, start=1)
    ]
