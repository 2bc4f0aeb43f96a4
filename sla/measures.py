"""What a record contributes to figures, from its history. Pure; docs/dev/figures.md has the why.

A record is resolved when it enters a resolved or closed phase from an open one without being
withdrawn, and is so until it is reopened; the last time counts. What it waited for the requester,
and what it stood resolved before it was reopened, counts in no length but the raw one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from core.states import OPEN_PHASES, Machine, Phase
from sla.book import Book, Facts, Shelf
from sla.facts import History, Mark, Moment
from sla.worktime import Calendar

SUPPLIER, REQUESTER = "supplier", "requester"
# Lengths are sorted into bins, eight for each doubling: bin b holds EDGES[b-1] ≤ x < EDGES[b].
EDGES = tuple(sorted({0, *(ceil(2 ** (step / 8)) for step in range(30 * 8 + 1))}))


@dataclass(frozen=True)
class Calendars:
    """By which working time is measured: those of the record's clocks, else the usual one."""

    response: Calendar
    resolution: Calendar


@dataclass(frozen=True)
class Spell:
    """Open from `entered` until `left`; None: still."""

    entered: int
    left: int | None


@dataclass(frozen=True)
class Measured:
    """Instants in epoch seconds, lengths in seconds; None where there is nothing to measure."""

    opened: int
    responded: int | None
    resolved: int | None
    ack_clock: int | None
    ack_work: int | None
    resolve_raw: int | None
    resolve_clock: int | None
    resolve_work: int | None
    reopened: int
    first_contact: bool
    spent: Mapping[str, int]
    spells: tuple[Spell, ...]


@dataclass
class _Life:
    """What is gathered while the history is read."""

    spans: list[tuple[int, int, str]] = field(default_factory=list)  # from, to, whose
    spells: list[Spell] = field(default_factory=list)
    since: int = 0
    whose: str = ""
    open: bool = False
    responded: int | None = None
    resolved: int | None = None
    reopened: int = 0
    replies: int = 0

    def turn(self, at: int, whose: str) -> None:
        """From now on somebody else has it; empty: nobody, it is not open."""
        if self.whose and at > self.since:
            self.spans.append((self.since, at, self.whose))
        self.since, self.whose = at, whose

    def enter(self, at: int) -> None:
        self.open = True
        self.spells.append(Spell(at, None))
        if self.resolved is not None:
            self.resolved = None
            self.reopened += 1

    def leave(self, at: int, *, withdrawn: bool) -> None:
        if self.open:
            self.open = False
            self.spells[-1] = Spell(self.spells[-1].entered, at)
            if not withdrawn:
                self.resolved = at
                self.answer(at)

    def answer(self, at: int) -> None:
        if self.responded is None:
            self.responded = at


def measure(
    history: History, machine: Machine, shelf: Shelf, calendars: Calendars, reassigned: int
) -> Measured:
    """The record's figures. `reassigned`: how often it was given to another team or person."""
    life = _read(history, machine, shelf)
    opened, responded, resolved = history.opened, life.responded, life.resolved
    ours = [(start, end) for start, end, whose in life.spans if whose != REQUESTER]
    spent: dict[str, int] = {}
    for start, end, whose in life.spans:
        spent[whose] = spent.get(whose, 0) + end - start
    done = resolved is not None
    work = calendars.resolution.between_ts
    return Measured(
        opened=opened,
        responded=responded,
        resolved=resolved,
        ack_clock=None if responded is None else responded - opened,
        ack_work=None if responded is None else calendars.response.between_ts(opened, responded),
        resolve_raw=resolved - opened if resolved is not None else None,
        resolve_clock=sum(end - start for start, end in ours) if done else None,
        resolve_work=sum(work(start, end) for start, end in ours) if done else None,
        reopened=life.reopened,
        first_contact=done and reassigned == 0 and life.replies <= 1,
        spent=spent if done else {},
        spells=tuple(life.spells),
    )


def _read(history: History, machine: Machine, shelf: Shelf) -> _Life:
    life = _Life()
    book, later = _books(history, shelf)
    facts: Facts | None = None
    for step in history.steps:
        while later and later[0].published <= step.at:
            book = later.pop(0)
            if facts is not None and life.open:
                life.turn(book.published, _whose(facts, machine, book))
        if isinstance(step, Mark):
            if step.kind == "answered":
                life.answer(step.at)
                life.replies += life.resolved is None
        else:
            facts = step.facts
            _move(life, step, machine, book)
    return life


def _books(history: History, shelf: Shelf) -> tuple[Book | None, list[Book]]:
    """As clocks read them; what was opened before the first book goes by that one."""
    first, later = shelf.for_record(history.opened)
    if first is None and shelf.books:
        first = shelf.books[0]
    return first, list(later)


def _move(life: _Life, step: Moment, machine: Machine, book: Book | None) -> None:
    state = machine.by_key[step.facts.status]
    if state.phase in OPEN_PHASES:
        if not life.open:
            life.enter(step.at)
        life.turn(step.at, _whose(step.facts, machine, book))
    else:
        if not life.spells:
            life.enter(step.at)
        life.turn(step.at, "")
        life.leave(step.at, withdrawn=state.withdrawn)


def _whose(facts: Facts, machine: Machine, book: Book | None) -> str:
    """Who has it: the requester or a supplier while it waits for them, else its team."""
    if book is not None and machine.phase(facts.status) == Phase.WAITING:
        if facts.pending_reason in book.requesters:
            return REQUESTER
        if facts.pending_reason in book.suppliers:
            return SUPPLIER
    return str(facts.team or 0)
