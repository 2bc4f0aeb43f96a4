"""One clock: told what happened, it says how it stands. Pure; instants are epoch seconds.

Working time is spent in spans, each from a start or resumption to a pause or end. The target is
used up where the spans have used the goal; that instant is due. The clock is breached as of the
due instant when it ran on past it, whoever looked when. Nothing here knows what time it is now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sla.book import Terms
from sla.worktime import NoWorkingTime

RUNNING, PAUSED, MET, MISSED, CANCELLED = "running", "paused", "met", "missed", "cancelled"


@dataclass(frozen=True)
class Pause:
    """The clock stood still. `reason`: a pending reason's key, "resolved", or "approval"."""

    start: int
    end: int | None
    reason: str


@dataclass(frozen=True)
class Change:
    """From this instant these terms counted. None: no agreement fitted any more."""

    at: int
    terms: Terms | None


@dataclass(frozen=True)
class State:
    """How a clock stands by the facts. Columns of the Clock row, see there."""

    metric: str
    sequence: int
    state: str
    terms: Terms
    started: int
    running_since: int | None
    consumed: int
    due: int | None
    ended: int | None
    breached: int | None
    cycle: int
    pauses: tuple[Pause, ...]
    changes: tuple[Change, ...]
    marks: tuple[tuple[str, int], ...]
    spans: tuple[tuple[int, int | None], ...] = ()
    team: int | None = None

    @property
    def left(self) -> int:
        """Working seconds of the target not yet used when last it stopped or started."""
        return self.terms.goal - self.consumed

    def breached_at(self, now: int) -> int | None:
        """The breach instant as of `now`."""
        if self.state == RUNNING and self.due is not None and self.due < now:
            return self.due
        return self.breached


@dataclass
class Stopwatch:
    """Collects what happens to one clock. `begin` is its first start, never moved by terms."""

    metric: str
    sequence: int
    begin: int
    terms: Terms | None
    team: int | None = None
    spans: list[tuple[int, int | None]] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    cycle: int = 0
    ended: int | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        self.started = self.begin
        self.spans.append((self.begin, None))
        self.changes.append(Change(self.begin, self.terms))

    @property
    def is_open(self) -> bool:
        return self.ended is None

    @property
    def is_running(self) -> bool:
        return bool(self.spans) and self.spans[-1][1] is None

    @property
    def is_paused(self) -> bool:
        return self.is_open and not self.is_running

    def pause(self, at: int, reason: str) -> None:
        if self.is_open and self.is_running:
            self._halt(at)
            self.pauses.append(Pause(at, None, reason))

    def resume(self, at: int) -> None:
        if self.is_paused:
            self._wake(at)

    def stop(self, at: int) -> None:
        """What it measured has come about."""
        if self.is_open:
            self._end(at)

    def cancel(self, at: int) -> None:
        """What it measured will never come about."""
        if self.is_open:
            self._end(at)
            self.cancelled = True

    def reopen(self, at: int) -> None:
        """Go on after an end; the time in between does not count."""
        if self.ended is not None:
            self.pauses.append(Pause(self.ended, None, "resolved"))
            self.ended, self.cancelled = None, False
            self._wake(at)

    def change(self, at: int, terms: Terms | None) -> None:
        """Other terms fit from now on; what that means is said by the terms that come."""
        if not self.is_open or (terms is None and self.terms is None):
            return
        if terms is not None and terms.same(self.terms):
            return
        mode = terms.on_change if terms is not None else "keep"
        if terms is not None and self.terms is not None and terms.same_target(self.terms):
            mode = "keep"  # only warnings or behaviour are new: nothing to start anew for
        if mode == "old" and self.terms is not None:
            return
        if mode == "restart" and self.terms is not None:
            self._restart(at)
        self.terms = terms
        self.changes.append(Change(at, terms))

    def _halt(self, at: int) -> None:
        start, _none = self.spans[-1]
        self.spans[-1] = (start, at)

    def _wake(self, at: int) -> None:
        if self.pauses and self.pauses[-1].end is None:
            last = self.pauses[-1]
            self.pauses[-1] = Pause(last.start, at, last.reason)
        self.spans.append((at, None))

    def _end(self, at: int) -> None:
        if self.is_running:
            self._halt(at)
        elif self.pauses and self.pauses[-1].end is None:
            last = self.pauses[-1]
            self.pauses[-1] = Pause(last.start, at, last.reason)
        self.ended = at

    def _restart(self, at: int) -> None:
        running = self.is_running
        self.started = at
        self.cycle += 1
        self.spans = [(at, None)] if running else []
        self.pauses = [] if running else [Pause(at, None, self.pauses[-1].reason)]

    def state(self) -> State | None:
        """How it stands; None when nothing was ever agreed for it."""
        terms = self.terms or next((c.terms for c in reversed(self.changes) if c.terms), None)
        if terms is None:
            return None
        spent = _spend(self.spans, terms)
        void = self.terms is None  # no agreement fits any more, however the record went on
        if void or self.cancelled:
            name = CANCELLED
        elif self.ended is not None:
            name = MISSED if spent.breached is not None else MET
        else:
            name = RUNNING if self.is_running else PAUSED
        runs = name == RUNNING
        return State(
            metric=self.metric,
            sequence=self.sequence,
            state=name,
            terms=terms,
            started=self.started,
            running_since=self.spans[-1][0] if runs else None,
            consumed=spent.consumed,
            due=None if name in (PAUSED, CANCELLED) else spent.due,
            ended=self.changes[-1].at if void else self.ended,
            breached=None if runs else spent.breached,
            cycle=self.cycle,
            pauses=tuple(self.pauses),
            changes=tuple(self.changes),
            marks=tuple(_marks(self.spans, terms, spent, name)),
            spans=tuple(self.spans),
            team=self.team,
        )


@dataclass(frozen=True)
class _Spent:
    consumed: int  # in spans that have an end
    due: int | None
    breached: int | None  # ran past the due instant in a span that has an end


def _spend(spans: list[tuple[int, int | None]], terms: Terms) -> _Spent:
    due = instant_of(terms.goal, spans, terms)
    consumed, breached = 0, None
    for start, end in spans:
        if end is None:
            continue
        consumed += terms.calendar.between_ts(start, end)
        if due is not None and breached is None and start <= due < end:
            breached = due
    return _Spent(consumed, due, breached)


def instant_of(seconds: int, spans: list[tuple[int, int | None]], terms: Terms) -> int | None:
    """When the spans have used so many working seconds; None while they have not.

    Used up to the second where a span ends: the end of its working time, if the clock ran past
    it or never runs again; else the next start, since nothing is overdue while it stands still.
    """
    calendar, left, reached = terms.calendar, seconds, None
    for start, end in spans:
        if start == end:
            continue
        if left == 0 and reached is not None:
            return start  # the last second was used exactly when it paused
        try:
            instant = calendar.add_ts(start, left)
        except NoWorkingTime:
            return None
        if end is None or instant < end:
            return instant
        worked = calendar.between_ts(start, end)
        left -= worked
        reached = instant
    return reached if left == 0 else None


def _marks(
    spans: list[tuple[int, int | None]], terms: Terms, spent: _Spent, name: str
) -> Iterator[tuple[str, int]]:
    """(step, instant) of each warn point, of the breach and its repeats that the facts settle.

    Once a clock has ended there is nothing to warn of, but a breach is told however late.
    """
    if name in (MET, CANCELLED):
        return
    for percent in terms.warn_at if name != MISSED else ():
        instant = instant_of(-(-terms.goal * percent // 100), spans, terms)
        if instant is not None:
            yield str(percent), instant
    due = spent.due if spans and spans[-1][1] is None else spent.breached
    if due is None:
        return
    yield "100", due
    for number in range(1, terms.repeat_limit + 1):
        instant = instant_of(terms.goal + number * terms.repeat_seconds, spans, terms)
        if instant is None:
            return
        yield f"100+{number}", instant
