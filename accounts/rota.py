"""Who is on duty: layers of turns and who stands in for whom in, people out. Pure.

A layer hands over at a local wall time every so many days, and may hold on some days and hours
only. Of the layers of one rank the first that holds says whose turn it is; the ones below it fill
its gaps. Rank 1 is on duty, higher ranks are deputies in their order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from core.walltime import instant

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
FIRST = 1


@dataclass(frozen=True)
class Layer:
    """Turns of `every` days from `starts_on`, handed over at `hands_over`, in this order.

    With `begins` and `ends` it holds between these times of the `days` (Monday 0), past midnight
    if it ends before it begins; without, all day on these days.
    """

    starts_on: date
    hands_over: time
    every: int
    order: tuple[int, ...]
    rank: int = FIRST
    days: frozenset[int] = EVERY_DAY
    begins: time | None = None
    ends: time | None = None

    def span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when until when the layer holds that begins on this day."""
        begins, ends = self.begins or time(0), self.ends or time(0)
        return instant(day, begins, zone), instant(day + DAY * (ends <= begins), ends, zone)

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the layer says anything at this instant."""
        today = at.astimezone(zone).date()
        spans = (self.span(d, zone) for d in (today - DAY, today) if d.weekday() in self.days)
        return any(begins <= at < ends for begins, ends in spans)

    def turns(self, at: datetime, zone: ZoneInfo) -> tuple[int, ...]:
        """Everybody of the layer, beginning with whose turn it is; nobody before it starts."""
        day = at.astimezone(zone).date()
        if at < instant(day, self.hands_over, zone):
            day -= DAY
        turn = (day - self.starts_on).days // self.every
        if turn < 0 or not self.order:
            return ()
        first = turn % len(self.order)
        return self.order[first:] + self.order[:first]


@dataclass(frozen=True)
class Change:
    """From `begins` until `ends`, `user` is on duty in the place of `instead_of`.

    No `instead_of`: in the place of whoever is first. No `user`: that person is away.
    """

    begins: datetime
    ends: datetime
    user: int | None
    instead_of: int | None


@dataclass(frozen=True)
class Plan:
    """All that says who is on duty. `gone` are people who left but are still in the layers.

    Of changes that meet, the later in the order wins.
    """

    zone: ZoneInfo
    layers: tuple[Layer, ...]
    changes: tuple[Change, ...] = ()
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Pick:
    """Somebody on duty, and in whose place if it is not their own turn."""

    user: int
    rank: int
    instead_of: int | None = None


@dataclass(frozen=True)
class Shift:
    """From when until when (half open) the same people are on duty; nobody in a gap."""

    begins: datetime
    ends: datetime
    picks: tuple[Pick, ...]


def picks(plan: Plan, at: datetime) -> tuple[Pick, ...]:
    """Who is on duty at an instant, the first first, then the deputies. Nobody twice."""
    now = [change for change in plan.changes if change.begins <= at < change.ends]
    out = plan.gone | {change.instead_of for change in now if change.user is None}
    found = []
    for rank in sorted({FIRST, *(layer.rank for layer in plan.layers)}):
        for turn in _candidates(plan, rank, at):
            user = _stands(turn, rank, now, out)
            if user is not None and user not in out:
                found.append(Pick(user, rank, turn if turn != user else None))
                out |= {user, turn}
                break
    return tuple(found)


def on_duty(plan: Plan, at: datetime) -> tuple[int, ...]:
    """The ids of the people on duty at an instant: first, then deputies."""
    return tuple(pick.user for pick in picks(plan, at))


def shifts(plan: Plan, start: datetime, end: datetime) -> list[Shift]:
    """[start, end) cut wherever somebody else is on duty, gaps included."""
    if start >= end:
        return []
    cuts = sorted({start, *(cut for cut in _cuts(plan, start, end) if start < cut < end)})
    parts = zip(cuts, [*cuts[1:], end], (picks(plan, cut) for cut in cuts), strict=True)
    found = []
    for people, run in groupby(parts, key=lambda part: part[2]):
        same = list(run)
        found.append(Shift(same[0][0].astimezone(UTC), same[-1][1].astimezone(UTC), people))
    return found


def firsts(parts: Iterable[Shift]) -> list[Shift]:
    """The same shifts with whoever is first only, cut only where that changes."""
    found = []
    for own, run in groupby(parts, key=lambda part: part.picks[:1]):
        same = list(run)
        found.append(Shift(same[0].begins, same[-1].ends, own))
    return found


def _candidates(plan: Plan, rank: int, at: datetime) -> Iterator[int | None]:
    """Whose turn it is, then who comes next, then those of the layers below.

    None at last: somebody may take over where it is nobody's turn.
    """
    for layer in plan.layers:
        if layer.rank == rank and layer.holds(at, plan.zone):
            yield from layer.turns(at, plan.zone)
    yield None


def _stands(
    turn: int | None, rank: int, now: list[Change], out: frozenset[int | None]
) -> int | None:
    """Who is there in the place of whose turn it is; one change may follow from another."""
    user = turn
    for change in now:
        if change.user is None or change.user in out:
            continue
        meant = rank == FIRST if change.instead_of is None else change.instead_of == user
        if meant:
            user = change.user
    return user


def _cuts(plan: Plan, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every instant at which somebody else may come on duty."""
    for change in plan.changes:
        yield from (change.begins, change.ends)
    first, last = start.astimezone(plan.zone).date() - DAY, end.astimezone(plan.zone).date()
    for number in range((last - first).days + 1):
        day = first + DAY * number
        for layer in plan.layers:
            since = (day - layer.starts_on).days
            if since >= 0 and since % layer.every == 0:
                yield instant(day, layer.hands_over, plan.zone)
            if day.weekday() in layer.days:
                yield from layer.span(day, plan.zone)
