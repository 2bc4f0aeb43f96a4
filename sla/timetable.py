"""Tables of working spans: pure, in whole epoch seconds. `worktime` is the door to them.

A table holds the spans in order with the working seconds up to the end of each, so both questions
are one bisection. It is built by blocks of years around what is asked and grows in both directions.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from sla.wallclock import (
    END,
    FIRST_YEAR,
    LAST_YEAR,
    START,
    Pair,
    Plan,
    merged,
    stretches,
    wall_spans,
    year_start,
)

BLOCK_YEARS = 5  # divides the years between the first and the last


class NoWorkingTime(ValueError):
    """The calendar has no (more) working time: a target would never be reached."""


def block_start(at: int) -> int:
    """Where the block of years around `at` begins."""
    year = datetime.fromtimestamp(at, UTC).year
    return year_start(year - (year - FIRST_YEAR) % BLOCK_YEARS)


def block_end(start: int) -> int:
    return year_start(datetime.fromtimestamp(start, UTC).year + BLOCK_YEARS)


@dataclass(frozen=True, slots=True)
class Spans:
    """Working spans inside [lo, hi]. Never changed: a wider one takes its place.

    The first span is empty and sits at `lo`, so each instant has a span at or before it.
    `done` counts from `lo` to the end of each span.
    """

    lo: int
    hi: int
    starts: list[int]
    ends: list[int]
    done: list[int]

    def before(self, at: int) -> int:
        """Working seconds in [lo, at)."""
        i = bisect_right(self.starts, at) - 1
        left = self.ends[i] - at
        return self.done[i] - left if left > 0 else self.done[i]

    def reached(self, seconds: int) -> int:
        """The first instant with so many (at least one) working seconds before it."""
        i = bisect_left(self.done, seconds)
        return self.ends[i] - (self.done[i] - seconds)


@dataclass(slots=True)
class Table:
    """The spans of a plan, as far as anybody asked.

    Threads may share it without a lock: each works on the spans it picked up and leaves wider ones
    behind in one assignment. At worst two build the same block.
    """

    plan: Plan
    spans: Spans
    last: int = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.plan.last()

    def between(self, a: int, b: int) -> int:
        """Working seconds in [a, b)."""
        if b <= a:
            return 0
        spans = self.spans
        if a < spans.lo or b > spans.hi:
            spans = self._reach(a, b)
        return spans.before(b) - spans.before(a)

    def add(self, at: int, seconds: int) -> int:
        """The first instant with so many working seconds since `at`."""
        if seconds < 0:
            raise ValueError(f"cannot add {seconds} seconds of work")
        spans = self.spans
        if at < spans.lo or at > spans.hi:
            spans = self._reach(at, at)
        if not seconds:
            return at
        goal = spans.before(at) + seconds
        while goal > spans.done[-1]:
            spans = self._further(spans)
        return spans.reached(goal)

    def next_start(self, at: int) -> int:
        """`at` itself while working, else where the next span starts."""
        spans = self._reach(at, at)
        while True:
            i = bisect_right(spans.starts, at)
            if at < spans.ends[i - 1]:
                return at
            if i < len(spans.starts):
                return spans.starts[i]
            spans = self._further(spans)

    def inside(self, a: int, b: int) -> list[Pair]:
        """The spans in [a, b), clipped to it."""
        if b <= a:
            return []
        spans = self._reach(a, b)
        part = slice(bisect_right(spans.ends, a), bisect_left(spans.starts, b))
        found = zip(spans.starts[part], spans.ends[part], strict=True)
        return [(max(a, start), min(b, end)) for start, end in found]

    def _reach(self, a: int, b: int) -> Spans:
        if a < START or b > END:
            raise ValueError(f"working time is known from {FIRST_YEAR} to {LAST_YEAR} only")
        spans = self.spans
        if spans.lo == spans.hi:
            lo = block_start(min(a, END - 1))
            spans = build(self.plan, lo, block_end(lo))
        while a < spans.lo:
            spans = join(build(self.plan, block_start(spans.lo - 1), spans.lo), spans)
        while b > spans.hi:
            spans = join(spans, build(self.plan, spans.hi, block_end(spans.hi)))
        self.spans = spans
        return spans

    def _further(self, spans: Spans) -> Spans:
        if spans.hi >= self.last:
            raise NoWorkingTime("the calendar has no working time left")
        self.spans = join(spans, build(self.plan, spans.hi, block_end(spans.hi)))
        return self.spans


@lru_cache(maxsize=128)
def table(plan: Plan) -> Table:
    """The one table of equal plans, still empty."""
    return Table(plan, Spans(START, START, [START], [START], [0]))


@lru_cache(maxsize=1)
def always() -> Table:
    """The table of the calendar that never closes: a single span."""
    spans = Spans(START, END, [START, START], [START, END], [0, END - START])
    return Table(Plan("UTC", (), ()), spans)


def build(plan: Plan, lo: int, hi: int) -> Spans:
    """What works in [lo, hi): the wall clock's spans through each stretch of one UTC offset.

    A repeated hour lies in two stretches and counts twice, a missing one lies in none.
    """
    wall = wall_spans(plan, lo, hi)
    ends = [end for _, end in wall]
    found: list[Pair] = []
    for start, end, offset in stretches(plan.zone, lo, hi):
        first, stop = start + offset, end + offset
        for i in range(bisect_right(ends, first), len(wall)):
            if wall[i][0] >= stop:
                break
            found.append((max(wall[i][0], first) - offset, min(wall[i][1], stop) - offset))
    return _cumulated(lo, hi, merged(found))


def _cumulated(lo: int, hi: int, found: list[Pair]) -> Spans:
    starts, ends, done = [lo], [lo], [0]
    for start, end in found:
        starts.append(start)
        ends.append(end)
        done.append(done[-1] + end - start)
    return Spans(lo, hi, starts, ends, done)


def join(left: Spans, right: Spans) -> Spans:
    """Neighbours as one; a span across the border becomes one again."""
    total = left.done[-1]
    touching = len(right.starts) > 1 and left.ends[-1] == right.starts[1]
    keep = len(left.ends) - touching
    return Spans(
        left.lo,
        right.hi,
        left.starts + right.starts[1 + touching :],
        left.ends[:keep] + right.ends[1:],
        left.done[:keep] + [total + done for done in right.done[1:]],
    )
