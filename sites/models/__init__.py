"""Companies, places, calendars, lanes, and who may work with them."""

from sites.models.calendars import Calendar, CalendarDay, CalendarException, CalendarShift
from sites.models.companies import Company, ExchangeRate
from sites.models.memberships import Membership
from sites.models.places import Lane, Site

__all__ = [
    "Calendar",
    "CalendarDay",
    "CalendarException",
    "CalendarShift",
    "Company",
    "ExchangeRate",
    "Lane",
    "Membership",
    "Site",
]
