"""Why a clock stands where it stands: its trace, told from the same function that computes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.models import pick
from sla.book import CONDITIONS, Facts, Shelf, Terms
from sla.clocks import State
from sla.enums import FACING, Agreement, ClockState, Metric, agreement_of
from sla.evaluate import Note, evaluate
from sla.facts import History, Moment, seconds
from sla.histories import histories
from sla.models import Book
from sla.queries.names import Names
from sla.queries.words import CONDITIONS as CONDITION_WORDS
from sla.queries.words import condition_words, goal_of, length_of
from sla.rows import instant
from sla.shelf import shelf
from tickets import kinds
from tickets.models import PendingReason, Ticket

MOST_DAYS = 60
ENDED = gettext_lazy("Ended: the record was resolved or closed")
ENDED_BY = {
    "answered": gettext_lazy("Ended: the service desk answered"),
    "team": gettext_lazy("Ended: another team took over"),
    "decided": gettext_lazy("Ended: it was decided"),
    "back": gettext_lazy("Ended: back from the supplier"),
    "contained": gettext_lazy("Ended: contained"),
    "patched": gettext_lazy("Ended: patched"),
    "updated": gettext_lazy("Ended: people were told"),
}


@dataclass(frozen=True)
class Line:
    """One step of the trace. `used`: working time used up to it."""

    at: datetime
    text: str
    used: str
    detail: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch in which the clock ran. `until` None: still running."""

    since: datetime
    until: datetime | None
    worked: str


@dataclass(frozen=True)
class Skipped:
    """A day that did not count as the weekday would."""

    day: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A policy in the order of asking; `reason` says why it did not fit."""

    name: str
    fits: bool
    reason: str = ""


@dataclass(frozen=True)
class Explanation:
    """All that led to one clock's figures, ready to read."""

    metric: str
    label: str
    state: str
    state_label: str
    sequence: int
    goal: str
    used: str
    left: str
    due: datetime | None
    breached: datetime | None
    ended: datetime | None
    policy: str
    agreement: str
    calendar: str
    zone: str
    book: int
    published: datetime | None
    asked: Sequence[Asked]
    lines: Sequence[Line]
    spans: Sequence[Span]
    skipped: Sequence[Skipped]
    skipped_more: int


def explain(ticket: Ticket, now: datetime | None = None) -> list[Explanation]:
    """Each clock of a record, running ones first, with its trace."""
    moment = seconds(now or timezone.now())
    books = shelf()
    history = histories([ticket]).get(ticket.pk)
    if history is None:
        return []
    notes: list[Note] = []
    states = evaluate(history, kinds.get(ticket.kind).machine, books, notes.append)
    teller = _Teller(history, books, states, moment)
    ranked = sorted(
        states,
        key=lambda s: (s.ended is not None, s.metric not in FACING, s.due or moment * 2, s.metric),
    )
    return [teller.explain(state, notes) for state in ranked]


class _Teller:
    """Tells the clocks of one record: names and books are read once for all of them."""

    def __init__(self, history: History, books: Shelf, states: Iterable[State], now: int) -> None:
        self.history = history
        self.now = now
        self.books = {book.id: book for book in books.books}
        used = {state.terms.book for state in states}
        self.data: Mapping[int, Mapping[str, Any]] = dict(
            Book.objects.filter(pk__in=used).values_list("pk", "data")
        )
        self.names = Names(self.data.values())
        self.reasons = {str(row.pk): row.name for row in PendingReason.objects.all()}

    def explain(self, state: State, notes: Iterable[Note]) -> Explanation:
        terms = state.terms
        book = self.books[terms.book]
        own = [n for n in notes if (n.metric, n.sequence) == (state.metric, state.sequence)]
        breached = state.breached_at(self.now)
        used = self._used(state, self.now)
        name = "breached" if state.state == ClockState.RUNNING and breached else state.state
        skipped = self._skipped(state)
        return Explanation(
            metric=state.metric,
            label=str(Metric(state.metric).label),
            state=name,
            state_label=_("Breached") if name == "breached" else str(ClockState(name).label),
            sequence=state.sequence,
            goal=goal_of(terms.goal),
            used=_time(used),
            left=_time(max(0, terms.goal - used)),
            due=instant(state.due),
            breached=instant(breached),
            ended=instant(state.ended),
            policy=self._policy(terms),
            agreement=str(Agreement(agreement_of(state.metric)).label),
            calendar=pick(*book.calendar_names[terms.calendar_id]),
            zone="" if terms.calendar.always else terms.calendar.zone,
            book=terms.book,
            published=instant(book.published),
            asked=self._asked(state),
            lines=[self._line(note, state) for note in own],
            spans=[self._span(span, terms) for span in state.spans],
            skipped=skipped[:MOST_DAYS],
            skipped_more=max(0, len(skipped) - MOST_DAYS),
        )

    def _policy(self, terms: Terms) -> str:
        policy = self.books[terms.book].policy(terms.policy)
        return pick(*policy.names) if policy else f"#{terms.policy}"

    def _used(self, state: State, until: int) -> int:
        """Working seconds used by the terms that count now, up to an instant."""
        total = 0
        for start, end in state.spans:
            stop = until if end is None else min(end, until)
            if stop > start:
                total += state.terms.calendar.between_ts(start, stop)
        return total

    def _facts(self, at: int) -> Facts:
        facts = next(s.facts for s in self.history.steps if isinstance(s, Moment))
        for step in self.history.steps:
            if isinstance(step, Moment) and step.at <= at:
                facts = step.facts
        return facts

    def _asked(self, state: State) -> list[Asked]:
        """The policies up to the one that counts, as they were asked when it was found."""
        terms = state.terms
        found = next((c.at for c in reversed(state.changes) if c.terms is terms), state.started)
        facts, data = self._facts(found), self.data[terms.book]
        by_id = {row["id"]: row for row in data["policies"]}
        asked: list[Asked] = []
        for policy in self.books[terms.book].policies:
            if policy.agreement != agreement_of(state.metric):
                continue
            fits = policy.id == terms.policy
            refusal = "" if fits else policy.refusal(facts, self.history.opened, found)
            asked.append(Asked(pick(*policy.names), fits, self._why(refusal, by_id[policy.id])))
            if fits:
                break
        return asked

    def _why(self, refusal: str, data: Mapping[str, Any]) -> str:
        if refusal not in CONDITIONS:
            return ""
        label = str(CONDITION_WORDS[refusal])
        wanted = condition_words(data, self.names).get(label, "")
        return f"{label}: {wanted}" if wanted else label

    def _line(self, note: Note, state: State) -> Line:
        at = instant(note.at)
        assert at is not None  # noqa: S101 - a note always has its instant
        return Line(at, self._text(note), _time(self._used(state, note.at)), self._detail(note))

    def _text(self, note: Note) -> str:
        why = note.data.get("why", "")
        texts = {
            "started": _("Started"),
            "resumed": _("Goes on"),
            "reopened": _("Reopened: goes on, the time while it was ended does not count"),
            "cancelled": _("Cancelled: the record was withdrawn"),
            "kept_target": _("Another target would fit; the policy says to keep the old one"),
        }
        if note.what == "paused":
            return _("Stands still: %(reason)s") % {"reason": self._reason(note.data["reason"])}
        if note.what == "ended":
            return str(ENDED_BY.get(why, ENDED))
        if note.what == "retargeted":
            return (
                _("Other agreements were published")
                if why == "book"
                else _("The record changed, so another target counts")
            )
        return texts[note.what]

    def _detail(self, note: Note) -> str:
        if note.what not in ("started", "retargeted", "reopened"):
            return ""
        policy = note.data.get("policy")
        if policy is None:
            return _("No agreement fits.")
        names = next(
            (p.names for b in reversed(self.books.values()) for p in b.policies if p.id == policy),
            (f"#{policy}", f"#{policy}"),
        )
        return _("%(goal)s by “%(policy)s”") % {
            "goal": goal_of(note.data["goal"]),
            "policy": pick(*names),
        }

    def _reason(self, key: str) -> str:
        if key == "approval":
            return _("waits for an approval")
        return self.reasons.get(key, _("pending"))

    def _span(self, span: tuple[int, int | None], terms: Terms) -> Span:
        start, end = span
        stop = self.now if end is None else end
        worked = terms.calendar.between_ts(start, stop) if stop > start else 0
        since = instant(start)
        assert since is not None  # noqa: S101 - a span always begins
        return Span(since, instant(end), _time(worked))

    def _skipped(self, state: State) -> list[Skipped]:
        """Days on which the calendar differs, from the start to the due instant or the end."""
        calendar = state.terms.calendar
        start, stop = state.started, state.ended or state.due or self.now
        if calendar.always or stop <= start:
            return []
        first, last = instant(start), instant(stop)
        assert first is not None and last is not None  # noqa: PT018, S101 - both are instants
        return [
            Skipped(
                formats.day(day.day),
                day.name or (_("no working hours") if not day.windows else _("other hours")),
            )
            for day in calendar.skipped(first, last)
            if day.kind != "closed"
        ]


def _time(working: int) -> str:
    return length_of(working) if working >= 60 else _("0m") if working < 1 else _("under 1m")
