"""Periods of reports: days of the organisation, what came before them, and their parts. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK = timedelta(days=1), timedelta(days=7)
RANGES = ("week", "month", "quarter", "year", "custom")
BUCKETS = ("day", "week", "month")
LONGEST = 1100  # days


def months_on(day: date, months: int) -> date:
    """The first of the month so many months on from the day's month."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """Days [first, end); of these [first, until) have come. `bucket`: how a series is cut."""

    range: str
    first: date
    end: date
    until: date
    bucket: str

    @classmethod
    def of(
        cls,
        name: str,
        today: date,
        first: date | None = None,
        last: date | None = None,
        bucket: str = "",
    ) -> "Period":
        """A named range around `today`, or days of one's own (both ends are part of it).

        Anything that makes no sense is the month: a report has a period. At most LONGEST days.
        """
        if name == "custom" and first is not None and last is not None and first <= last:
            end = min(last + DAY, first + LONGEST * DAY)
        elif name == "week":
            first = today - today.weekday() * DAY
            end = first + WEEK
        elif name == "quarter":
            first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
            end = months_on(first, 3)
        elif name == "year":
            first, end = months_on(today, -11), months_on(today, 1)
        else:
            name, first, end = "month", today.replace(day=1), months_on(today, 1)
        until = max(first, min(end, today + DAY))
        return cls(name, first, end, until, bucket if bucket in BUCKETS else _cut(end - first))

    @property
    def is_partial(self) -> bool:
        """Whether some of its days are still to come."""
        return self.until < self.end

    @property
    def last(self) -> date:
        return self.end - DAY

    def previous(self) -> "Period":
        """The period before; of one that is not over, the same elapsed part of it."""
        months = {"month": 1, "quarter": 3, "year": 12}.get(self.range)
        first = months_on(self.first, -months) if months else self.first - (self.end - self.first)
        whole = self.end - self.first == self.until - self.first
        until = self.first if whole else min(self.first, first + (self.until - self.first))
        return Period(self.range, first, self.first, until, self.bucket)

    def parts(self) -> Iterator[tuple[date, date]]:
        """The buckets as [start, end), the first and last cut to the period."""
        start = self.first
        while start < self.end:
            if self.bucket == "day":
                end = start + DAY
            elif self.bucket == "week":
                end = start - start.weekday() * DAY + WEEK
            else:
                end = months_on(start, 1)
            yield start, min(end, self.end)
            start = end


def _cut(length: timedelta) -> str:
    if length.days <= 31:
        return "day"
    return "week" if length.days <= 190 else "month"
