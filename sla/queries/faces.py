"""The clocks of records as pages show them: the one a list shows, and all of one record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla import shelf
from sla.enums import FACING, ClockState, Metric
from sla.models import Clock
from sla.reading import Hours, Standing

_COLUMNS = (
    "metric", "state", "goal", "consumed", "running_since", "due_at", "breached_at", "ended_at",
)  # fmt: skip
_FACING = [str(metric) for metric in FACING]
_ORDER = {str(ClockState.RUNNING): 0, str(ClockState.PAUSED): 1}
_LATER = 2**62


@dataclass
class Clocks:
    """The clock that a list shows of each record, and its calendar seen from `now`."""

    now: int
    _found: dict[int, tuple[Standing, int, int]] = field(default_factory=dict)
    _hours: dict[Any, Hours] = field(default_factory=dict)

    def of(self, ticket: int) -> tuple[Standing, Hours] | None:
        """None for a record without a target."""
        found = self._found.get(ticket)
        if found is None:
            return None
        standing, book, calendar = found
        return standing, self.hours(book, calendar)

    def hours(self, book: int, calendar: int) -> Hours:
        known = self._hours.get((book, calendar))
        if known is None:
            rules = shelf.one(book).calendars[calendar]
            # Equal calendars of different books are one object.
            known = self._hours.setdefault(id(rules), Hours(rules, self.now))
            self._hours[book, calendar] = known
        return known


def nearest(tickets: Iterable[int], now: datetime) -> Clocks:
    """For each record the facing clock that is due first; else a paused one, else how it ended.

    One query.
    """
    found = Clocks(int(now.timestamp()))
    ids = list(tickets)
    if not ids:
        return found
    rows = (
        Clock.objects.filter(ticket_id__in=ids, metric__in=_FACING)
        .exclude(state=ClockState.CANCELLED)
        .values_list("ticket_id", "book_id", "calendar_id", "sequence", *_COLUMNS)
    )
    best: dict[int, tuple[Any, ...]] = {}
    for ticket, book, calendar, sequence, *columns in rows:
        clock = standing(*columns)
        rank = _rank(clock, sequence)
        if ticket not in best or rank < best[ticket]:
            best[ticket] = rank
            found._found[ticket] = (clock, book, calendar)
    return found


def standing(
    metric: str,
    state: str,
    goal: int,
    consumed: int,
    running_since: datetime | None,
    due_at: datetime | None,
    breached_at: datetime | None,
    ended_at: datetime | None,
) -> Standing:
    return Standing(
        metric,
        state,
        goal,
        consumed,
        _seconds(running_since),
        _seconds(due_at or breached_at),
        breached_at is not None,
        _seconds(ended_at),
    )


def _rank(clock: Standing, sequence: int) -> tuple[Any, ...]:
    """Running by what is due first; paused: overdue ones first; ended: the last resolution."""
    order = _ORDER.get(clock.state, 2)
    first = (clock.due or _LATER) if order == 0 else int(order == 1 and not clock.breached)
    return order, first, clock.metric != Metric.RESOLUTION, -sequence


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


@dataclass(frozen=True)
class Target:
    """One clock of a record with all that its card says. `pauses`: (from, to or None, reason)."""

    id: int
    standing: Standing
    hours: Hours
    sequence: int
    started: int
    pauses: tuple[tuple[int, int | None, str], ...]
    policy: tuple[str, str]
    calendar: tuple[str, str]
    warn_at: tuple[int, ...]
    team: tuple[str, str] | None
    supplier: tuple[str, str] | None

    @property
    def is_facing(self) -> bool:
        return self.standing.metric in _FACING


def of_ticket(ticket: int, now: datetime, *, facing: bool = False) -> list[Target]:
    """All clocks of one record, cancelled ones left out. Facing ones first. One query."""
    rows = (
        Clock.objects.filter(ticket_id=ticket)
        .exclude(state=ClockState.CANCELLED)
        .values(
            "id", "book_id", "calendar_id", "policy_id", "sequence", "started_at", "pauses",
            "team__name_ko", "team__name_en",
            "contract__supplier__name_ko", "contract__supplier__name_en",
            *_COLUMNS,
        )
    )  # fmt: skip
    if facing:
        rows = rows.filter(metric__in=_FACING)
    clocks = Clocks(int(now.timestamp()))
    found = [_target(row, clocks) for row in rows]
    places = {str(metric): place for place, metric in enumerate(Metric)}
    return sorted(
        found, key=lambda t: (not t.is_facing, places[t.standing.metric], t.sequence, t.id)
    )


def _target(row: Mapping[str, Any], clocks: Clocks) -> Target:
    book = shelf.one(row["book_id"])
    policy = book.policy(row["policy_id"])
    clock = standing(*(row[name] for name in _COLUMNS))
    return Target(
        id=row["id"],
        standing=clock,
        hours=clocks.hours(row["book_id"], row["calendar_id"]),
        sequence=row["sequence"],
        started=int(row["started_at"].timestamp()),
        pauses=tuple((start, end, reason) for start, end, reason in row["pauses"]),
        policy=policy.names if policy else ("", ""),
        calendar=book.calendar_names[row["calendar_id"]],
        warn_at=_warn_points(policy, clock, row["calendar_id"]),
        team=_names(row, "team"),
        supplier=_names(row, "contract__supplier"),
    )


def _names(row: Mapping[str, Any], what: str) -> tuple[str, str] | None:
    names = row[f"{what}__name_ko"], row[f"{what}__name_en"]
    return names if names != (None, None) else None


def _warn_points(policy: Any, clock: Standing, calendar: int) -> tuple[int, ...]:
    """The shares of the target at which somebody is told, in percent."""
    if policy is None:
        return ()
    own = next(
        (
            target.warn_at
            for target in policy.targets
            if (target.metric, target.goal, target.calendar) == (clock.metric, clock.goal, calendar)
        ),
        (),
    )
    steps = (step.percent for step in policy.steps if step.concerns(clock.metric))
    return tuple(sorted({*own, *steps} - {100}))
