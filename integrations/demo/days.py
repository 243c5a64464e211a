"""The working days of the demo's history. Plain values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from integrations.demo.parties import SITES

# Weeks of history; the opening stock is older, so that some items never moved in half a year.
WEEKS = 21
OPENING_DAYS_AGO = 200


@dataclass(frozen=True)
class Days:
    """Monday to Friday before `today`, the latest last; what happens on them is over before `today` begins in UTC."""

    today: date

    @cached_property
    def past(self) -> tuple[date, ...]:
        """The working days of the history."""
        all_days = (self.today - timedelta(days=back) for back in range(WEEKS * 7, 0, -1))
        return tuple(day for day in all_days if day.weekday() < 5)

    def after(self, days: int) -> date:
        """So many calendar days after the demo's day; before, if negative."""
        return self.today + timedelta(days=days)

    @property
    def opening_at(self) -> datetime:
        """When the opening stock was counted."""
        return datetime.combine(self.after(-OPENING_DAYS_AGO), time(9), UTC)

    @property
    def began_at(self) -> datetime:
        """When the company began to use the product: before the first order."""
        return self.opening_at - timedelta(days=7)

    def at(self, day: date, site: str, minutes: int) -> datetime:
        """A moment at a site, so many minutes after 7:00 there."""
        local = datetime.combine(day, time(7), ZoneInfo(SITES[site].zone))
        return (local + timedelta(minutes=minutes)).astimezone(UTC)
