"""Working time: how much of it lies between two instants, and when so much of it is used up.

An instant works if the wall clock of the calendar's zone shows, at that instant, a time inside a
window of that day, or of the day before for windows past midnight. Windows are half-open. When
clocks go back both passes of the repeated hour count; an hour that is skipped counts nothing.

Instants are floored to whole seconds and answers are in UTC. Times need a zone (TypeError without).
Both questions cost one bisection over the table in `timetable`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from sla import timetable
from sla.timetable import NoWorkingTime
from sla.wallclock import DAY, Plan, Window, Windows

__all__ = ["DAY", "Calendar", "NoWorkingTime", "Skipped", "Window", "Windows"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOSED_WEEK: tuple[Windows, ...] = ((),) * 7


@dataclass(frozen=True)
class Skipped:
    """A day that is not like the week says, or on which nobody works at all."""

    day: date
    kind: Literal["holiday", "special", "closed"]  # an exception without, with windows; the week
    name: str
    windows: Windows


@dataclass(frozen=True)
class Calendar:
    """When work is done. `days` replace the week's windows, `names` only explain them.

    Windows are seconds from local midnight and may end up to a day past the next one. They may
    overlap. ValueError says what is wrong with a calendar.
    """

    zone: str
    week: tuple[Windows, ...] = CLOSED_WEEK  # Monday first
    days: Mapping[date, Windows] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    always: bool = False  # around the clock, whatever week and days say
    _table: timetable.Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_zone(self.zone)
        if len(self.week) != 7:
            raise ValueError(f"a week has 7 days, not {len(self.week)}")
        week = tuple(_checked(windows, f"weekday {i}") for i, windows in enumerate(self.week))
        days = {day: _checked(self.days[day], day.isoformat()) for day in sorted(self.days)}
        plan = Plan(self.zone, week, tuple(days.items()))
        self._keep("week", week)
        self._keep("days", MappingProxyType(days))
        self._keep("names", MappingProxyType(dict(sorted(self.names.items()))))
        self._keep("_table", timetable.always() if self.always else timetable.table(plan))

    def _keep(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.zone, self.week, tuple(self.days.items()), self.always))

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        fields = (self.zone, self.week, dict(self.days), dict(self.names), self.always)
        return type(self), fields

    @property
    def has_working_time(self) -> bool:
        """Whether any window is open on any day."""
        return self.always or any(self.week) or any(self.days.values())

    def add(self, at: datetime, seconds: int) -> datetime:
        """The first instant with so many working seconds since `at`.

        Work that is used up at closing time is due at closing time, not at the next opening.
        NoWorkingTime if the calendar never has that much, ValueError for negative seconds.
        """
        since = at - EPOCH
        due = self._table.add(since.days * DAY + since.seconds, seconds)
        return datetime.fromtimestamp(due, UTC)

    def between(self, a: datetime, b: datetime) -> int:
        """Working seconds in [a, b); 0 if b is not after a."""
        first, last = a - EPOCH, b - EPOCH
        return self._table.between(first.days * DAY + first.seconds, last.days * DAY + last.seconds)

    def add_ts(self, at: int, seconds: int) -> int:
        """`add` in epoch seconds."""
        return self._table.add(at, seconds)

    def between_ts(self, a: int, b: int) -> int:
        """`between` in epoch seconds."""
        return self._table.between(a, b)

    def is_working(self, at: datetime) -> bool:
        second = _seconds(at)
        return self._table.between(second, second + 1) == 1

    def next_start(self, at: datetime) -> datetime:
        """`at` itself while working, else when work starts next. NoWorkingTime if it never does."""
        return _instant(self._table.next_start(_seconds(at)))

    def spans(self, a: datetime, b: datetime) -> list[tuple[datetime, datetime]]:
        """The stretches of work in [a, b), clipped to it, in UTC."""
        found = self._table.inside(_seconds(a), _seconds(b))
        return [(_instant(start), _instant(end)) for start, end in found]

    def skipped(self, a: datetime, b: datetime) -> list[Skipped]:
        """The local days touched by [a, b) that are exceptions or have no window."""
        if self.always or _seconds(b) <= _seconds(a):
            return []
        zone = ZoneInfo(self.zone)
        first = _instant(_seconds(a)).astimezone(zone).date()
        last = _instant(_seconds(b) - 1).astimezone(zone).date()
        span = range((last - first).days + 1)
        found = (self._difference(first + timedelta(days=n)) for n in span)
        return [skipped for skipped in found if skipped]

    def _difference(self, day: date) -> Skipped | None:
        windows = self.days.get(day)
        if windows is not None:
            kind: Literal["holiday", "special"] = "special" if windows else "holiday"
            return Skipped(day, kind, self.names.get(day, ""), windows)
        if not self.week[day.weekday()]:
            return Skipped(day, "closed", self.names.get(day, ""), ())
        return None

    def to_json(self) -> dict[str, Any]:
        """As plain lists and strings, in one order, for `from_json`."""
        return {
            "zone": self.zone,
            "always": self.always,
            "week": [_listed(windows) for windows in self.week],
            "days": {day.isoformat(): _listed(windows) for day, windows in self.days.items()},
            "names": {day.isoformat(): name for day, name in self.names.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The calendar that `to_json` wrote down. ValueError says what is wrong with it."""
        try:
            return cls(
                zone=data["zone"],
                week=tuple(data["week"]),
                days={date.fromisoformat(day): found for day, found in data["days"].items()},
                names={date.fromisoformat(day): name for day, name in data["names"].items()},
                always=data["always"],
            )
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"not a calendar: {problem!r}") from problem


def _seconds(at: datetime) -> int:
    since = at - EPOCH
    return since.days * DAY + since.seconds


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _listed(windows: Windows) -> list[list[int]]:
    return [list(window) for window in windows]


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as problem:
        raise ValueError(f"unknown time zone: {zone!r}") from problem


def _checked(windows: Iterable[Iterable[int]], where: str) -> Windows:
    """The windows in order. ValueError names the one that is none."""
    found: list[Window] = []
    for window in windows:
        numbers = tuple(window)
        if [type(number) for number in numbers] != [int, int]:
            raise ValueError(f"{where}: a window is two whole numbers, not {window!r}")
        start, end = numbers
        if not 0 <= start < end <= 2 * DAY:
            raise ValueError(
                f"{where}: window {start}–{end} must end after it starts, within 0–{2 * DAY}"
            )
        found.append((start, end))
    return tuple(sorted(found))
