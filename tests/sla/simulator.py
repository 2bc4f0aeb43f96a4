"""Clocks as rules.md section 3 tells them, walked step by step: slow and obvious.

Time passes in steps of half an hour; all instants, goals and windows are whole steps. A clock
remembers in which steps it ran, nothing else: what is due follows from counting them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sla.worktime import DAY, Calendar

STEP = 1800
FAR = 60 * DAY // STEP  # no goal is further off
AGREEMENT = {"team": "ola", "supplier": "uc"}
OVER = ("resolved", "closed", "cancelled")


@cache
def works(calendar: Calendar, at: int) -> bool:
    if calendar.always:
        return True
    wall = datetime.fromtimestamp(at, ZoneInfo(calendar.zone))
    second = wall.hour * 3600 + wall.minute * 60
    yesterday = datetime.fromtimestamp(at - DAY, ZoneInfo(calendar.zone)).date()
    return any(a <= second < b for a, b in of_day(calendar, wall.date())) or any(
        a <= second + DAY < b for a, b in of_day(calendar, yesterday)
    )


def of_day(calendar: Calendar, day: Any) -> Any:
    return calendar.days.get(day, calendar.week[day.weekday()])


@dataclass(frozen=True)
class Promise:
    """What fits a clock: a policy's target, and what the policy says of changes."""

    policy: int
    goal: int
    key: int
    calendar: Calendar
    on_change: str
    on_reopen: str

    @property
    def target(self) -> tuple[int, int, int, Calendar]:
        return self.policy, self.goal, self.key, self.calendar


@dataclass(frozen=True)
class Page:
    """A book as the simulator reads it. `policies` in order: plain dictionaries."""

    published: int
    reach: str
    policies: Sequence[Mapping[str, Any]]
    calendars: Mapping[int, Calendar]
    pauses: frozenset[int]
    suppliers: frozenset[int]

    def promise(self, metric: str, record: Mapping[str, Any]) -> Promise | None:
        for policy in self.policies:
            if policy["agreement"] != AGREEMENT.get(metric, "sla"):
                continue
            if policy["tag"] and policy["tag"] not in record["tags"]:
                continue
            if policy["team"] and policy["team"] != record["team"]:
                continue
            goals = policy["goals"]
            goal = goals.get((metric, record["priority"]), goals.get(metric))
            if goal is None:
                return None
            key = policy["calendar"]
            modes = policy["on_change"], policy["on_reopen"]
            return Promise(policy["id"], goal, key, self.calendars[key], *modes)
        return None


@dataclass
class Watch:
    metric: str
    started: int
    promise: Promise | None
    team: int | None = None
    had: Promise | None = None
    ran: list[int] = field(default_factory=list)
    still: bool = False
    ended: int | None = None
    withdrawn: bool = False
    cycle: int = 0
    void_since: int | None = None

    def __post_init__(self) -> None:
        self.had = self.promise

    def offer(self, promise: Promise | None, at: int) -> None:
        """Another target may fit now."""
        if promise == self.promise:
            return
        if promise is None:
            self.promise, self.void_since = None, at
            return
        if self.promise is not None and self.promise.target != promise.target:
            if promise.on_change == "old":
                return
            if promise.on_change == "restart":
                self.ran, self.started, self.cycle = [], at, self.cycle + 1
        self.promise = self.had = promise

    def used_up(self, seconds: int, more: Sequence[int] = ()) -> int | None:
        """When the steps it ran in (and then `more`) have used so many working seconds."""
        assert self.had is not None
        left, reached = seconds, None
        for step in (*self.ran, *more):
            if reached is not None:
                return step if left == 0 else None
            left -= STEP * works(self.had.calendar, step)
            if left == 0:
                reached = step + STEP
        return reached

    def outcome(self, now: int) -> dict[str, Any] | None:
        """What there is to be compared with the real clock."""
        if self.had is None:
            return None
        runs = self.ended is None and not self.still and self.promise is not None
        due = self.used_up(self.had.goal, range(now, now + FAR * STEP, STEP) if runs else ())
        late = due is not None and any(step >= due for step in self.ran)
        if self.promise is None or self.withdrawn:
            name = "cancelled"
        elif self.ended is not None:
            name = "missed" if late else "met"
        else:
            name = "paused" if self.still else "running"
        found: dict[str, Any] = {
            "metric": self.metric, "state": name, "started": self.started, "cycle": self.cycle,
            "goal": self.had.goal, "policy": self.had.policy, "team": self.team,
            "ended": self.void_since if self.promise is None else self.ended,
        }  # fmt: skip
        if name in ("running", "met", "missed"):
            found["due"] = due
        if name in ("paused", "met", "missed"):
            found["breached"] = due if late else None
            found["consumed"] = STEP * sum(works(self.had.calendar, step) for step in self.ran)
        if name == "running":
            found["breached"] = due if due is not None and due < now else None
        return found


class Simulation:
    """A record, told what happens; `walk` lets time pass."""

    def __init__(self, pages: Sequence[Page], opened: int, record: Mapping[str, Any]) -> None:
        self.record = dict(record)
        self.opened = self.now = opened
        everywhere = [n for n, page in enumerate(pages) if page.reach == "all"]
        counting = pages[everywhere[-1] :] if everywhere else pages
        before = [p for p in counting if p.published <= opened or p.reach == "all"]
        self.page = before[-1] if before else None
        self.later = [p for p in counting if p.published > opened and p.reach == "open"]
        self.watches: list[Watch] = []
        self.answered = self.asked_late = False
        for metric in ("first_response", "resolution", "team"):
            self.start(metric)
        self.settle()

    # What the record is told --------------------------------------------------------------------

    def walk(self, until: int) -> None:
        while self.now < until or (self.later and self.later[0].published <= self.now):
            if self.later and self.later[0].published <= self.now:
                self.page = self.later.pop(0)
                self.settle()
                continue
            for watch in self.watches:
                if watch.ended is None and not watch.still:
                    watch.ran.append(self.now)
            self.now += STEP

    def becomes(self, **values: Any) -> None:
        before = dict(self.record)
        self.record.update(values)
        was, over = before["status"] in OVER, self.record["status"] in OVER
        if was and not over:
            self.reopen()
        elif before["team"] != self.record["team"] and not over:
            self.end("team")
            self.start("team")
        self.settle()
        if over and not was:
            for watch in self.watches:
                if watch.ended is None:
                    watch.ended = self.now
                    watch.withdrawn = self.record["status"] == "cancelled"
            self.answered = self.answered or self.record["status"] != "cancelled"

    def hears(self, who: str) -> None:
        if who == "desk":
            self.answered, self.asked_late = True, False
            self.end("first_response")
            self.end("next_reply")
        elif who == "requester" and self.record["status"] == "resolved":
            self.asked_late = True
        elif who == "requester" and self.record["status"] not in OVER and self.answers_owed():
            self.start("next_reply")

    def answers_owed(self) -> bool:
        return self.answered and not self.open("next_reply")

    # What follows -------------------------------------------------------------------------------

    def start(self, metric: str) -> None:
        team = self.record["team"] if metric == "team" else None
        self.watches.append(Watch(metric, self.now, self.fitting(metric), team))

    def fitting(self, metric: str) -> Promise | None:
        return self.page.promise(metric, self.record) if self.page else None

    def open(self, metric: str) -> list[Watch]:
        return [w for w in self.watches if w.metric == metric and w.ended is None]

    def end(self, metric: str) -> None:
        for watch in self.open(metric):
            watch.ended = self.now

    def reopen(self) -> None:
        last = [w for w in self.watches if w.metric == "resolution"][-1]
        promise = self.fitting("resolution")
        if promise is not None and promise.on_reopen == "anew":
            self.start("resolution")
        else:
            last.ended, last.withdrawn = None, False
        self.start("team")
        if self.asked_late:
            self.asked_late = False
            self.start("next_reply")

    def settle(self) -> None:
        """Targets, the supplier's turn and pauses as the record stands now."""
        for watch in self.watches:
            if watch.ended is None:
                watch.offer(self.fitting(watch.metric), self.now)
        waits = self.record["status"] == "pending"
        reason = self.record["pending_reason"]
        theirs = bool(waits and self.page and reason in self.page.suppliers)
        if theirs and not self.open("supplier"):
            self.start("supplier")
        elif not theirs:
            self.end("supplier")
        still = bool(waits and self.page and reason in self.page.pauses)
        for watch in self.watches:
            if watch.metric in ("resolution", "team"):
                watch.still = still
