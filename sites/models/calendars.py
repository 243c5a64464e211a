"""When a place works."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Master


class Calendar(Master):
    """A weekly pattern of shifts with exceptions, in the time zone of whoever uses it."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    company = models.ForeignKey(
        "sites.Company", null=True, blank=True, on_delete=models.PROTECT, related_name="calendars"
    )

    class Meta:
        constraints = [models.UniqueConstraint(Lower("code"), name="sites_calendar_code_once")]

    def __str__(self) -> str:
        return self.code


class CalendarShift(models.Model):
    """Working time on a weekday (Monday is 0). One that ends at or before its start ends on the next day."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "starts_at"], name="sites_shift_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="sites_shift_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.weekday} {self.starts_at}–{self.ends_at}"


class CalendarException(models.Model):
    """A date that differs from the week: closed, or open for the hours given (the whole day if none)."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    on_date = models.DateField()
    is_working = models.BooleanField(default=False)
    starts_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on_date"], name="sites_exception_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.on_date}"


class CalendarDay(models.Model):
    """Derived: each date of a calendar with the count of working days up to it.

    So that SQL can go back n working days with one join: the latest date whose `working_number` is that of
    the day less n. `sites.services.calendars.expand` writes it from the shifts and exceptions.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    on_date = models.DateField()
    is_working = models.BooleanField()
    working_number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on_date"], name="sites_day_once")]
        indexes = [
            models.Index(fields=["calendar", "working_number"], name="sites_day_number", condition=Q(is_working=True))
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.on_date}"
