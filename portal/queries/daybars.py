"""Ninety days of a service as a row of bars, drawn by the server. Pure.

What a day was shows in the bar's height and filling, not in its colour alone: a low bar for a day
without trouble, a half one for a slow day, a hollow one for planned work, a full one for an
outage. Beside it stands a table in words.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sla.enums import OutageKind

DAYS = 90
STEP, BAR, HIGH = 10, 7, 40
WIDE = DAYS * STEP
# The worst of a day decides its bar: from low to high.
ORDER = (OutageKind.PLANNED, OutageKind.DEGRADED, OutageKind.UNPLANNED)
HEIGHTS = {"": 10, OutageKind.DEGRADED: 24, OutageKind.PLANNED: HIGH, OutageKind.UNPLANNED: HIGH}
Span = tuple[str, datetime, datetime]


@dataclass(frozen=True)
class Day:
    """A day with trouble: minutes of each kind. A minute of two kinds is of the worse."""

    day: date
    minutes: dict[str, int]

    @property
    def worst(self) -> str:
        return next(kind for kind in reversed(ORDER) if kind in self.minutes)


@dataclass(frozen=True)
class Bars:
    """One path for each kind of day, and the days with trouble, newest first."""

    paths: dict[str, str]
    days: list[Day]

    wide = WIDE
    high = HIGH

    @property
    def calm(self) -> int:
        """Days without any trouble known."""
        return DAYS - len(self.days)


def bars(spans: Iterable[Span], first: datetime, now: datetime, zone: tzinfo) -> Bars:
    """The bars of DAYS days from `first` (a midnight in `zone`) on."""
    spans = list(spans)
    start = first.astimezone(zone).date()
    days: dict[int, Day] = {}
    touched = {at for span in spans for at in _days_of(span, start, zone)}
    for at in sorted(touched):
        found = _day(start + timedelta(days=at), spans, zone)
        if found is not None:
            days[at] = found
    parts: dict[str, list[str]] = defaultdict(list)
    for at in range(DAYS):
        kind = str(days[at].worst) if at in days else ""
        high = HEIGHTS[kind]
        parts[kind or "calm"].append(f"M{at * STEP + 1} {HIGH - high}h{BAR}v{high}h-{BAR}z")
    return Bars({kind: "".join(path) for kind, path in parts.items()}, list(days.values())[::-1])


def _days_of(span: Span, start: date, zone: tzinfo) -> range:
    """Which of the days a span touches."""
    _kind, begins, ends = span
    first = (begins.astimezone(zone).date() - start).days
    last = (ends.astimezone(zone).date() - start).days
    return range(max(first, 0), min(last, DAYS - 1) + 1)


def _day(day: date, spans: list[Span], zone: tzinfo) -> Day | None:
    """Minutes of each kind on a day, each minute once; None where nothing was."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    taken: list[tuple[float, float]] = []
    minutes: dict[str, int] = {}
    for kind in reversed(ORDER):
        own = [
            (max(a, begin).timestamp(), min(b, end).timestamp())
            for name, a, b in spans
            if name == kind and a < end and b > begin
        ]
        before = _length(taken)
        taken = _merged([*taken, *own])
        seconds = _length(taken) - before
        if seconds > 0:
            minutes[str(kind)] = max(1, round(seconds / 60))
    return Day(day, minutes) if minutes else None


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _length(spans: list[tuple[float, float]]) -> float:
    return sum(end - start for start, end in spans)
