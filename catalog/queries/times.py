"""When things are due: the hours of a task, and when delivery may be expected."""

from datetime import datetime, timedelta

from django.conf import settings

from core import options
from core.workdays import add_workdays
from sla import shelf
from sla.enums import ClockState, Metric
from sla.models import Clock
from sla.worktime import Calendar, NoWorkingTime

HOUR = 3600
HOURS_A_DAY = 8


def calendar_of(ticket_id: int) -> Calendar | None:
    """The hours in which the request is to be fulfilled; None where nothing says so."""
    clocks = Clock.objects.filter(ticket_id=ticket_id, metric=Metric.RESOLUTION)
    found = clocks.order_by("-sequence").values_list("book_id", "calendar_id").first()
    if found is not None:
        return shelf.one(found[0]).calendars[found[1]]
    newest = shelf.shelf().newest
    return newest.calendars[min(newest.calendars)] if newest and newest.calendars else None


def later(start: datetime, hours: int, calendar: Calendar | None) -> datetime:
    """So many working hours after `start`; without a calendar eight of them are a working day."""
    if calendar is not None:
        try:
            return calendar.add(start, hours * HOUR)
        except NoWorkingTime:
            pass
    days, rest = divmod(hours, HOURS_A_DAY)
    return workdays(start, days) + timedelta(hours=rest)


def hours_between(start: datetime, end: datetime, calendar: Calendar | None) -> int:
    """The whole working hours between the two, at least one."""
    seconds = calendar.between(start, end) if calendar else (end - start).total_seconds() / 3
    return max(1, round(seconds / HOUR))


def workdays(start: datetime, days: int) -> datetime:
    """So many working days later, at the same time of the day."""
    zone = settings.DEFAULT_USER_TIME_ZONE
    return add_workdays(start, days, zone, options.get("holiday_country"))


def promised(ticket_id: int, start: datetime, days: int | None) -> datetime | None:
    """When delivery may be expected: by the offering's own days, else by what is agreed.

    The days are what the requester was told before asking.
    """
    if days is not None:
        return workdays(start, days)
    running = Clock.objects.filter(
        ticket_id=ticket_id, metric=Metric.RESOLUTION, state=ClockState.RUNNING
    )
    return running.values_list("due_at", flat=True).first()
