"""Working time as its definition says, one step after the other: slow and obvious."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sla.worktime import DAY, Calendar


def working(calendar: Calendar, at: int) -> bool:
    """Whether the wall clock shows a time inside a window of its day or of the day before."""
    if calendar.always:
        return True
    wall = datetime.fromtimestamp(at, ZoneInfo(calendar.zone))
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    return any(start <= second < end for start, end in windows(calendar, today)) or any(
        start <= second + DAY < end for start, end in windows(calendar, yesterday)
    )


def windows(calendar, day):
    return calendar.days.get(day, calendar.week[day.weekday()])


def between(calendar: Calendar, a: int, b: int, step: int = 1) -> int:
    """Working seconds in [a, b). All windows, offsets and both ends are whole steps."""
    return sum(step for at in range(a, b, step) if working(calendar, at))


def add(calendar: Calendar, at: int, seconds: int, stop: int, step: int = 1) -> int | None:
    """The first instant with so many whole steps of work since `at`; None if not before `stop`."""
    while seconds:
        if at >= stop:
            return None
        seconds -= step * working(calendar, at)
        at += step
    return at


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
