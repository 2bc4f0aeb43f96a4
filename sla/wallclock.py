"""From a plan on the wall clock to stretches of time: pure, in whole epoch seconds.

A second of the wall clock is counted as if the zone were UTC; the zone's offset, which is constant
through a stretch, makes an instant of it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

DAY = 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2200

Window = tuple[int, int]  # seconds from local midnight, half-open, up to a day past the next one
Windows = tuple[Window, ...]
Pair = tuple[int, int]


def year_start(year: int) -> int:
    """Epoch seconds of the year's first instant in UTC."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


START, END = year_start(FIRST_YEAR), year_start(LAST_YEAR)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which wall clock seconds work: seven weekdays from Monday, and days that differ."""

    zone: str
    week: tuple[Windows, ...]
    days: tuple[tuple[date, Windows], ...]

    def last(self) -> int:
        """Epoch seconds after which nothing can come."""
        if any(self.week):
            return END
        # Two days of window and one of offset lie at most between a day and its end.
        ends = [wall_midnight(day) + 4 * DAY for day, windows in self.days if windows]
        return min(END, max(ends, default=START))


def wall_midnight(day: date) -> int:
    """The day's midnight in seconds of the wall clock: as if the zone were UTC."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


def wall_spans(plan: Plan, lo: int, hi: int) -> list[Pair]:
    """Working spans of the wall clock that can matter in [lo, hi), two midnights in UTC."""
    special = dict(plan.days)
    first = datetime.fromtimestamp(lo, UTC).toordinal() - 2  # the offset, and a night shift
    last = datetime.fromtimestamp(hi, UTC).toordinal()  # midnight in UTC: no zone is a day ahead
    found: list[Pair] = []
    for day in map(date.fromordinal, range(first, last + 1)):
        midnight = wall_midnight(day)
        for start, end in special.get(day, plan.week[day.weekday()]):
            found.append((midnight + start, midnight + end))
    return merged(sorted(found))


def merged(pairs: list[Pair]) -> list[Pair]:
    """Sorted pairs with overlapping and touching ones made one."""
    found: list[Pair] = []
    for start, end in pairs:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


@lru_cache(maxsize=256)
def stretches(name: str, lo: int, hi: int) -> tuple[tuple[int, int, int], ...]:
    """(start, end, offset) of each stretch of one UTC offset of the zone in [lo, hi).

    Looks once a day: since 1970 no zone has changed its clock twice within six days.
    """
    zone = ZoneInfo(name)
    found = []
    start, offset = lo, utc_offset(zone, lo)
    for before, after in pairwise(chain(range(lo, hi, DAY), [hi - 1])):
        if utc_offset(zone, after) != offset:
            change = _change(zone, before, after)
            found.append((start, change, offset))
            start, offset = change, utc_offset(zone, after)
    return (*found, (start, hi, offset))


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first instant of the new offset, which is not yet in force at `before`."""
    offset = utc_offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if utc_offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def utc_offset(zone: ZoneInfo, at: int) -> int:
    """How far the zone's wall clock is ahead of UTC, in seconds."""
    return int(datetime.fromtimestamp(at, zone).replace(tzinfo=UTC).timestamp()) - at
