"""Objectives of a service: availability and performance, error budget, burn rate. Pure.

Formulas of rules.md section 3. Availability = (agreed − unplanned outage inside agreed time) ÷
agreed. Maintenance announced before it began, and degradation, do not count; both are shown.
Instants are epoch seconds, lengths working seconds of the agreed service hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sla.worktime import Calendar

Interval = tuple[int, int]
UNPLANNED, PLANNED, DEGRADED = "unplanned", "planned", "degraded"


@dataclass(frozen=True)
class Outage:
    """`end` None: still going on. `announced`: when planned work was announced, if it was."""

    kind: str
    start: int
    end: int | None
    announced: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it takes from availability: planned work that nobody was told of does."""
        if self.kind == PLANNED:
            return self.announced is None or self.announced > self.start
        return self.kind == UNPLANNED


@dataclass(frozen=True)
class Budget:
    """What may still go wrong. `allowed` and `used` in seconds, or in samples."""

    allowed: Fraction
    used: int

    @property
    def left(self) -> Fraction:
        """Negative once it is overspent."""
        return self.allowed - self.used

    @property
    def left_share(self) -> Fraction | None:
        """None where nothing at all was allowed to go wrong."""
        return self.left / self.allowed if self.allowed else None


@dataclass(frozen=True)
class Availability:
    """One period of one service. What was not measured is None, never zero and never good."""

    agreed: int  # seconds of agreed time in the whole period
    elapsed: int  # of these, gone by
    down: int
    planned: int
    degraded: int
    failures: int
    ratio: Fraction | None
    budget: Budget
    burn_rate: Fraction | None
    mtbf: Fraction | None
    mtrs: Fraction | None

    def meets(self, target: Fraction) -> bool | None:
        return None if self.ratio is None else self.ratio >= target


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Overlapping and touching intervals as one."""
    found: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """What is left of merged intervals outside of other merged intervals."""
    left: list[Interval] = []
    for start, end in intervals:
        at = start
        for begin, finish in taken:
            if finish <= at or begin >= end:
                continue
            if begin > at:
                left.append((at, begin))
            at = finish
        if at < end:
            left.append((at, end))
    return left


def _spent(calendar: Calendar, intervals: Iterable[Interval]) -> int:
    return sum(calendar.between_ts(start, end) for start, end in intervals)


def availability(
    calendar: Calendar,
    start: int,
    end: int,
    now: int,
    outages: Sequence[Outage],
    target: Fraction,
) -> Availability:
    """One period, as far as it has gone by `now`.

    An announced maintenance takes precedence over an outage at the same time. MTRS is the mean
    length of the outages that ended (their clock time), MTBF the agreed time in service between
    failures that began in the period. The burn rate is 1 when, going on like this, exactly the
    budget of the period will be used.
    """
    until = max(start, min(end, now))

    def clipped(wanted: Iterable[Outage]) -> list[Interval]:
        return merged(
            (max(start, o.start), min(until, until if o.end is None else o.end)) for o in wanted
        )

    planned = clipped(o for o in outages if o.kind == PLANNED and not o.counts)
    down = without(clipped(o for o in outages if o.counts), planned)
    degraded = without(without(clipped(o for o in outages if o.kind == DEGRADED), planned), down)
    agreed, elapsed = calendar.between_ts(start, end), calendar.between_ts(start, until)
    lost = _spent(calendar, down)
    failed = [o for o in outages if o.counts and start <= o.start < until]
    restored = [o.end - o.start for o in failed if o.end is not None and o.end <= until]
    ratio = Fraction(elapsed - lost, elapsed) if elapsed else None
    allowed = (1 - target) * agreed
    return Availability(
        agreed=agreed,
        elapsed=elapsed,
        down=lost,
        planned=_spent(calendar, planned),
        degraded=_spent(calendar, degraded),
        failures=len(failed),
        ratio=ratio,
        budget=Budget(allowed, lost),
        burn_rate=_burn(lost, elapsed, target),
        mtbf=Fraction(elapsed - lost, len(failed)) if failed else None,
        mtrs=Fraction(sum(restored), len(restored)) if restored else None,
    )


def _burn(bad: int, total: int, target: Fraction) -> Fraction | None:
    """How many times faster than allowed; None before anything is measured or at a target of 1."""
    if not total or target >= 1:
        return None
    return Fraction(bad, total) / (1 - target)


@dataclass(frozen=True)
class Performance:
    """Samples of one period: how many were within the threshold."""

    samples: int
    good: int
    ratio: Fraction | None
    budget: Budget
    burn_rate: Fraction | None

    def meets(self, target: Fraction) -> bool | None:
        return None if self.ratio is None else self.ratio >= target


def performance(samples: int, good: int, target: Fraction) -> Performance:
    """Share of samples within their threshold; without samples nothing was measured."""
    bad = samples - good
    return Performance(
        samples=samples,
        good=good,
        ratio=Fraction(good, samples) if samples else None,
        budget=Budget((1 - target) * samples, bad),
        burn_rate=_burn(bad, samples, target),
    )
