"""Local wall time as instants, safe when clocks are put forward or back. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=8192)
def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When that wall clock shows this time on this day, in UTC.

    A time that occurs twice is its first occurrence. One that clocks put forward leap over is
    the moment of the leap, so that later wall times are never earlier instants.
    """
    local = datetime.combine(day, clock.replace(fold=0), tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    return _leap(local.replace(fold=1).astimezone(UTC), found, zone)


def _leap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant in (before, after] with the offset that holds after it."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
