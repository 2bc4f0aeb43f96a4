"""What one reads off a clock at an instant: its stage, what is left, when the stage changes. Pure.

Lengths are working seconds of the clock's calendar, instants epoch seconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sla.enums import ClockState
from sla.worktime import Calendar, NoWorkingTime

# A stage begins at the share of the target that is used, or at so little that is left.
SOON_SHARE, SOON_LEFT = 4, 3600  # a quarter left, or an hour
IMMINENT_SHARE, IMMINENT_LEFT = 10, 1800  # a tenth left, or half an hour


class Stage(StrEnum):
    """What a clock looks like. Outside working hours it looks paused."""

    SAFE = "safe"
    SOON = "soon"
    IMMINENT = "imminent"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


class Standing(NamedTuple):
    """A clock's row without its instants' classes. `due` of a paused one: where it was breached."""

    metric: str
    state: str
    goal: int
    consumed: int
    running_since: int | None
    due: int | None
    breached: bool
    ended: int | None


class Reading(NamedTuple):
    """`left` is negative when overdue. `ticks`: it counts at this very moment. `due` of one that
    was met is when it ended.

    `warn` and `urgent` are the instants still to come at which it looks due soon and imminent.
    """

    stage: Stage
    metric: str
    goal: int
    left: int
    runs: bool
    ticks: bool
    due: int | None
    resumes: int | None
    warn: int | None
    urgent: int | None


@dataclass(frozen=True)
class Hours:
    """A calendar seen from one instant; what all clocks of a page share is counted once."""

    calendar: Calendar
    now: int

    @cached_property
    def working(self) -> bool:
        return self.calendar.between_ts(self.now, self.now + 1) == 1

    @cached_property
    def resumes(self) -> int | None:
        """When work starts next; now while working, None if it never does."""
        return self.next_start(self.now)

    def next_start(self, at: int) -> int | None:
        try:
            return int(self.calendar.next_start(datetime.fromtimestamp(at, UTC)).timestamp())
        except NoWorkingTime:
            return None

    def spans(self, until: int) -> list[tuple[int, int]]:
        """The working spans from now on."""
        start, end = (datetime.fromtimestamp(at, UTC) for at in (self.now, until))
        found = self.calendar.spans(start, end)
        return [(int(a.timestamp()), int(b.timestamp())) for a, b in found]


def read(clock: Standing, hours: Hours, resume_at: int | None = None) -> Reading:
    """The clock as of `hours.now`. `resume_at`: when the record itself comes back from its wait."""
    if clock.state == ClockState.RUNNING:
        return _running(clock, hours)
    left, due = clock.goal - clock.consumed, clock.due
    if clock.state == ClockState.PAUSED:
        stage = Stage.BREACHED if clock.breached else Stage.PAUSED
        resumes = None if resume_at is None else hours.next_start(max(resume_at, hours.now))
    else:
        met = clock.state == ClockState.MET
        stage, resumes = Stage.MET if met else Stage.MISSED, None
        due = clock.ended if met else clock.due
    return Reading(stage, clock.metric, clock.goal, left, False, False, due, resumes, None, None)


def _running(clock: Standing, hours: Hours) -> Reading:
    now, calendar = hours.now, hours.calendar
    since = clock.running_since if clock.running_since is not None else now
    left = clock.goal - clock.consumed - calendar.between_ts(since, now)
    soon = max(clock.goal // SOON_SHARE, SOON_LEFT)
    urgent = max(clock.goal // IMMINENT_SHARE, IMMINENT_LEFT)
    if clock.due is not None and clock.due < now:
        stage = Stage.BREACHED
    elif not hours.working:
        stage = Stage.PAUSED
    elif left <= urgent:
        stage = Stage.IMMINENT
    else:
        stage = Stage.SOON if left <= soon else Stage.SAFE
    return Reading(
        stage,
        clock.metric,
        clock.goal,
        left,
        True,
        hours.working,
        clock.due,
        None if hours.working else hours.resumes,
        calendar.add_ts(now, left - soon) if clock.due and left > soon else None,
        calendar.add_ts(now, left - urgent) if clock.due and left > urgent else None,
    )
