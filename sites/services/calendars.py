"""Calendars: a weekly pattern and its exceptions, and the days that they expand to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypedDict, Unpack

from django.db import connection

from core import versions
from core.dates import check_dates
from core.errors import InvalidInput
from core.transactions import service
from sites import access, checking, events, rules
from sites.models import Calendar, CalendarException, CalendarShift, Company

YEARS_BACK = 1
YEARS_AHEAD = 3


@dataclass(frozen=True)
class Shift:
    """Working time on a weekday (Monday is 0); one that ends at or before its start ends on the next day."""

    weekday: int
    starts_at: time
    ends_at: time


@dataclass(frozen=True)
class ExceptionDay:
    """A date that differs from the week: closed, or open for these hours (the whole day if none)."""

    on_date: date
    is_working: bool = False
    starts_at: time | None = None
    ends_at: time | None = None
    reason: str = ""


OFFICE_WEEK = tuple(Shift(weekday, time(8), time(17)) for weekday in range(5))

# Whole years, so that the days keep their numbers until the next new year. Only rows that differ are written.
_EXPAND = """
WITH day AS (
    SELECT c.id AS calendar_id, d::date AS on_date,
           coalesce(e.is_working, EXISTS (
               SELECT 1 FROM sites_calendarshift s
               WHERE s.calendar_id = c.id AND s.weekday = extract(isodow FROM d)::int - 1)) AS is_working
    FROM sites_calendar c
    CROSS JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
    LEFT JOIN sites_calendarexception e ON e.calendar_id = c.id AND e.on_date = d::date
    WHERE c.id = ANY(%(calendars)s)
), numbered AS (
    SELECT calendar_id, on_date, is_working,
           sum(is_working::int) OVER (PARTITION BY calendar_id ORDER BY on_date) AS working_number
    FROM day
), outside AS (
    DELETE FROM sites_calendarday
    WHERE calendar_id = ANY(%(calendars)s) AND (on_date < %(first)s OR on_date > %(last)s)
)
INSERT INTO sites_calendarday AS t (calendar_id, on_date, is_working, working_number)
SELECT calendar_id, on_date, is_working, working_number FROM numbered ORDER BY calendar_id, on_date
ON CONFLICT (calendar_id, on_date) DO UPDATE
SET is_working = EXCLUDED.is_working, working_number = EXCLUDED.working_number
WHERE (t.is_working, t.working_number) IS DISTINCT FROM (EXCLUDED.is_working, EXCLUDED.working_number)
"""


class CalendarFields(TypedDict, total=False):
    """What may be said of a calendar beside its code."""

    name: str


class CalendarChanges(CalendarFields, total=False):
    """What may be changed of a calendar beside its days."""

    code: str


@service
def create(
    *,
    code: str,
    company: Company | None = None,
    shifts: Sequence[Shift] = OFFICE_WEEK,
    exceptions: Sequence[ExceptionDay] = (),
    now: datetime,
    actor: Any,
    **fields: Unpack[CalendarFields],
) -> Calendar:
    """A new calendar with its days; Monday to Friday unless said otherwise. Without a company it is for all.

    Emits `calendar.created`.

    :raises InvalidInput: naming the field, or the shift or exception.
    """
    access.require(actor, company_id=company.pk if company else None, roles=access.ADMINISTRATORS)
    code = rules.check_code(code)
    calendar = checking.insert(Calendar(**{"code": code, "name": code, "company": company, **fields}))
    _write_shifts(calendar, shifts)
    _put_exceptions(calendar, exceptions)
    expand([calendar.pk], today=now.date())
    _record("created", calendar, actor)
    return calendar


@service
def edit(
    calendar: Calendar,
    *,
    expected: int | None = None,
    shifts: Sequence[Shift] | None = None,
    exceptions: Sequence[ExceptionDay] = (),
    removed_dates: Iterable[date] = (),
    now: datetime,
    actor: Any,
    **changes: Unpack[CalendarChanges],
) -> Calendar:
    """Change a calendar and rewrite its days.

    `shifts`, if given, is the whole new week; `exceptions` are put beside those that are there (the same date again
    replaces it); `removed_dates` follow the week again. The row's new version is its lock, so that of two editors
    the second expands what both wrote. Emits `calendar.changed`.

    :raises StaleVersion: when somebody changed it meanwhile.
    :raises InvalidInput: naming the field, or the shift or exception.
    """
    access.require(actor, company_id=calendar.company_id, roles=access.ADMINISTRATORS)
    if "code" in changes:
        changes["code"] = rules.check_code(changes["code"])
    # Days count as a change of the row: the name is written whether or not it differs.
    calendar = checking.update(calendar, expected=expected, changes=dict(changes), is_forced=True)
    if shifts is not None:
        CalendarShift.objects.filter(calendar=calendar).delete()
        _write_shifts(calendar, shifts)
    CalendarException.objects.filter(calendar=calendar, on_date__in=list(removed_dates)).delete()
    _put_exceptions(calendar, exceptions)
    expand([calendar.pk], today=now.date())
    _record("changed", calendar, actor)
    return calendar


@service
def archive(calendar: Calendar, *, now: datetime, actor: Any) -> Calendar:
    """Put a calendar away; those who use it keep it. Emits `calendar.archived`."""
    access.require(actor, company_id=calendar.company_id, roles=access.ADMINISTRATORS)
    calendar = versions.edit(calendar, archived_at=now)
    _record("archived", calendar, actor)
    return calendar


def expand(calendar_ids: Sequence[int], *, today: date) -> None:
    """Write the days of these calendars, from last year's first to the third next's last.

    One statement, safe to repeat: only days that differ are written.
    """
    parameters: dict[str, Any] = {
        "calendars": list(calendar_ids),
        "first": date(today.year - YEARS_BACK, 1, 1),
        "last": _last_day(today),
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXPAND, parameters)


def expand_all(*, today: date) -> int:
    """Write the days of all calendars that don't reach far enough, as after New Year; returns how many there were."""
    behind = Calendar.objects.exclude(days__on_date=_last_day(today)).order_by("pk")
    ids = list(behind.values_list("pk", flat=True))
    if ids:
        expand(ids, today=today)
    return len(ids)


def _last_day(today: date) -> date:
    return date(today.year + YEARS_AHEAD, 12, 31)


def _write_shifts(calendar: Calendar, shifts: Sequence[Shift]) -> None:
    seen = set()
    for number, shift in enumerate(shifts):
        if not 0 <= shift.weekday <= 6:
            text = f"{shift.weekday} is no weekday; Monday is 0, Sunday is 6."
            raise InvalidInput(errors={f"shifts.{number}.weekday": text})
        if (shift.weekday, shift.starts_at) in seen:
            raise InvalidInput(errors={f"shifts.{number}.starts_at": f"Two shifts begin at {shift.starts_at:%H:%M}."})
        seen.add((shift.weekday, shift.starts_at))
    CalendarShift.objects.bulk_create(
        CalendarShift(calendar=calendar, weekday=s.weekday, starts_at=s.starts_at, ends_at=s.ends_at) for s in shifts
    )


def _put_exceptions(calendar: Calendar, exceptions: Sequence[ExceptionDay]) -> None:
    for number, day in enumerate(exceptions):
        check_dates({"on_date": day.on_date}, prefix=f"exceptions.{number}.")
        if (day.starts_at is None) != (day.ends_at is None):
            raise InvalidInput(errors={f"exceptions.{number}.ends_at": "Give both hours, or none for the whole day."})
    CalendarException.objects.bulk_create(
        [
            CalendarException(
                calendar=calendar,
                on_date=day.on_date,
                is_working=day.is_working,
                starts_at=day.starts_at,
                ends_at=day.ends_at,
                reason=day.reason,
            )
            for day in {day.on_date: day for day in exceptions}.values()
        ],
        update_conflicts=True,
        unique_fields=["calendar", "on_date"],
        update_fields=["is_working", "starts_at", "ends_at", "reason"],
    )


def _record(verb: str, calendar: Calendar, actor: Any) -> None:
    events.record(f"calendar.{verb}", calendar.pk, company_ids=[calendar.company_id], actor=actor)
