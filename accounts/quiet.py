"""Quiet hours: is it quiet for a person at an instant, and until when? Pure; knows no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.walltime import instant

Span = tuple[datetime, datetime]
# Looked at around an instant: a window from the day before may still last, and with a gap of an
# hour swallowed by a night of summer time the next one comes a day later.
BEFORE, AFTER = 2, 9
SATURDAY = 5


@dataclass(frozen=True)
class Quiet:
    """What a person has set. `days` (Monday 0) are those on which the hours begin."""

    zone: ZoneInfo
    begins: time
    ends: time
    days: frozenset[int]
    work_days_only: bool = False

    def spans(self, day: date) -> Iterator[Span]:
        """The quiet spans that begin on this local day."""
        following = day + timedelta(days=1)
        if day.weekday() in self.days:
            last = day if self.ends > self.begins else following
            yield instant(day, self.begins, self.zone), instant(last, self.ends, self.zone)
        if self.work_days_only and day.weekday() >= SATURDAY:
            yield instant(day, time(0), self.zone), instant(following, time(0), self.zone)


def quiet_until(quiet: Quiet | None, at: datetime) -> datetime | None:
    """The first instant from `at` on that is not quiet (UTC); None when it is not quiet at `at`.

    Spans are half open: at their very end it is no longer quiet. Spans that touch are one.
    """
    if quiet is None:
        return None
    today = at.astimezone(quiet.zone).date()
    days = (today + timedelta(days=n) for n in range(-BEFORE, AFTER))
    until = at
    for begins, ends in sorted(span for day in days for span in quiet.spans(day)):
        if begins > until:
            break
        until = max(until, ends)
    return until.astimezone(UTC) if until > at else None
