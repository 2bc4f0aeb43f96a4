"""Tells a record's life line by line, as scenarios read, and asks what its clocks say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from incidents.states import MACHINE
from sla.book import Book, Policy, Shelf, Step, Target
from sla.clocks import State
from sla.evaluate import Note, evaluate
from sla.facts import Row, read
from sla.worktime import Calendar

H, M = 3600, 60
SEOUL = "Asia/Seoul"
OFFICE_DAY = ((9 * H, 12 * H), (13 * H, 18 * H))
OFFICE = Calendar(SEOUL, (OFFICE_DAY,) * 5 + ((), ()))
ALWAYS = Calendar(SEOUL, always=True)
REQUESTER, SUPPLIER, OTHER = 1, 2, 3  # pending reasons; only the first stops the clocks


def local(text: str, zone: str = SEOUL) -> datetime:
    """`2026-11-23 09:00` on the wall clock of the zone."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))


def ts(text: str, zone: str = SEOUL) -> int:
    return int(local(text, zone).timestamp())


def said(seconds: int | None, zone: str = SEOUL) -> str:
    """An instant as the wall clock shows it, the way scenarios write it."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


def policy(pk: int = 1, goals: Mapping[Any, int] | None = None, **fields: Any) -> Policy:
    """`goals`: {metric or (metric, priority): seconds}, on calendar 1 unless `calendar` says."""
    calendar = fields.pop("calendar", 1)
    warn_at = fields.pop("warn_at", (50, 75, 90))
    targets = []
    for number, (key, goal) in enumerate((goals or {"resolution": 8 * H}).items(), pk * 100):
        metric, priority = key if isinstance(key, tuple) else (key, None)
        targets.append(Target(number, metric, priority, goal, calendar, warn_at))
    empty: frozenset[Any] = frozenset()
    base = Policy(
        id=pk, names=(f"정책 {pk}", f"Policy {pk}"), agreement="sla", on_change="keep",
        on_reopen="continue", kinds=empty, priorities=empty, services=empty, departments=empty,
        teams=empty, tags=empty, vip=None, security=None, applies_from=None, contract=None,
        targets=tuple(targets), steps=(),
    )  # fmt: skip
    return replace(base, **fields)


def book(*policies: Policy, **fields: Any) -> Book:
    calendars = fields.pop("calendars", {1: OFFICE, 2: ALWAYS})
    base = Book(
        id=fields.pop("id", 1), published=0, reach="new", policies=policies, calendars=calendars,
        calendar_names=dict.fromkeys(calendars, ("", "")),
        pauses=frozenset({REQUESTER}), suppliers=frozenset({SUPPLIER}),
        requesters=frozenset({REQUESTER}),
    )  # fmt: skip
    return replace(base, **fields)


@dataclass
class Story:
    """A record and its events. Each verb takes the wall clock first."""

    opened: str
    books: tuple[Book, ...] = ()
    zone: str = SEOUL
    columns: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.status = "new"
        self.now: dict[str, Any] = {
            "team": 1, "service": None, "priority": 3, "status": "new", "pending_reason": None,
            "requester": 9, "tags": [], **self.columns,
        }  # fmt: skip
        kept = ("vip", "department", "security")
        extra: dict[str, Any] = {name: self.now.pop(name) for name in kept if name in self.now}
        self._add(self.opened, "opened", {}, {**self.now, **extra})

    def _add(self, at: str, verb: str, changes: dict[str, Any], data: dict[str, Any],
             comment: int | None = None) -> "Story":  # fmt: skip
        self.rows.append(Row(len(self.rows) + 1, ts(at, self.zone), verb, changes, data, comment))
        return self

    def _put(self, **wanted: Any) -> dict[str, Any]:
        changes = {k: [self.now[k], v] for k, v in wanted.items() if self.now[k] != v}
        self.now.update(wanted)
        return changes

    def moves(self, at: str, status: str, reason: int | None = None) -> "Story":
        changes = self._put(status=status, pending_reason=reason)
        return self._add(at, "transitioned", changes, {})

    def pends(self, at: str, reason: int = REQUESTER) -> "Story":
        return self.moves(at, "pending", reason)

    def resumes(self, at: str) -> "Story":
        return self.moves(at, "in_progress")

    def resolves(self, at: str) -> "Story":
        return self.moves(at, "resolved")

    def reopens(self, at: str) -> "Story":
        return self.moves(at, "in_progress")

    def cancels(self, at: str) -> "Story":
        return self.moves(at, "cancelled")

    def gets(self, at: str, **values: Any) -> "Story":
        """Fields change: priority, service, team, tags; security."""
        known = {name: value for name, value in values.items() if name in self.now}
        changes = self._put(**known)
        changes |= {n: [None, v] for n, v in values.items() if n not in self.now}
        return self._add(at, "assigned" if "team" in values else "edited", changes, {})

    def says(self, at: str, who: str) -> "Story":
        """`who`: "requester", "desk", "colleague" or "desk internally"."""
        data = {
            "visibility": "internal" if "internally" in who else "public",
            "by_requester": who == "requester",
            "by_desk": who == "desk",
        }
        return self._add(at, "commented", {}, data, comment=len(self.rows))

    def takes_back(self, at: str) -> "Story":
        return self._add(at, "retracted", {}, {}, comment=self.rows[-1].comment)

    def marks(self, at: str, verb: str, **data: Any) -> "Story":
        return self._add(at, verb, {}, data)

    def states(self, note: Any = None) -> dict[str, State]:
        history = read("incident", self.now, self.rows)
        found = evaluate(history, MACHINE, Shelf(self.books), note)
        return {f"{state.metric} {state.sequence}": state for state in found}

    def clock(self, metric: str = "resolution", sequence: int = 1) -> State:
        return self.states()[f"{metric} {sequence}"]

    def due(self, metric: str = "resolution", sequence: int = 1) -> str:
        return said(self.clock(metric, sequence).due, self.zone)

    def notes(self) -> list[Note]:
        found: list[Note] = []
        self.states(found.append)
        return found


def office(**days: Any) -> Calendar:
    """Office hours with holidays: office(d20260924="추석")."""
    holidays = {date.fromisoformat(f"{k[1:5]}-{k[5:7]}-{k[7:9]}"): name for k, name in days.items()}
    return Calendar(
        SEOUL, OFFICE.week, dict.fromkeys(holidays, ()), {d: str(n) for d, n in holidays.items()}
    )


__all__ = [
    "ALWAYS", "H", "M", "OFFICE", "OTHER", "REQUESTER", "SUPPLIER", "Step", "Story", "book",
    "office", "policy", "said", "ts",
]  # fmt: skip
