"""All clocks of a record, from its history and the books. Pure: facts in, states out.

Written as the rules read (rules.md section 3): which metric starts, pauses, ends on what. The
result depends on nothing else, so a rebuild gives the rows that were kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from core.states import Machine, Phase
from sla.book import Book, Facts, Shelf, Terms
from sla.clocks import State, Stopwatch
from sla.enums import AGREEMENT_OF, Agreement, Metric, OnReopen
from sla.facts import History, Mark, Moment
from sla.worktime import Calendar

ROUND_THE_CLOCK = Calendar("UTC", always=True)
# Pausing for a pending reason or an approval stops the work, so these stand still; a promise to
# answer somebody does not.
STANDS_STILL = frozenset({Metric.RESOLUTION, Metric.TEAM})
# Ended when the record is resolved, whatever else would end them.
ENDS_WITH_RESOLUTION = (
    Metric.FIRST_RESPONSE,
    Metric.RESOLUTION,
    Metric.NEXT_REPLY,
    Metric.TEAM,
    Metric.SUPPLIER,
    Metric.APPROVAL,
    Metric.CHANGE_LEAD,
    Metric.CONTAIN,
    Metric.PATCH,
    Metric.MAJOR_UPDATE,
)
REOPENS = (Metric.RESOLUTION, Metric.CHANGE_LEAD)


@dataclass(frozen=True)
class Note:
    """One line of the explanation: at which instant what happened to which clock, and why."""

    at: int
    metric: str
    sequence: int
    what: str
    data: dict[str, Any] = field(default_factory=dict)


def evaluate(
    history: History, machine: Machine, shelf: Shelf, note: Callable[[Note], None] | None = None
) -> list[State]:
    """The clocks of a record by metric and sequence. `note` hears each step, for explanations."""
    return _Evaluation(history, machine, shelf, note).run()


class _Evaluation:
    def __init__(
        self,
        history: History,
        machine: Machine,
        shelf: Shelf,
        note: Callable[[Note], None] | None,
    ) -> None:
        self.history = history
        self.machine = machine
        first, later = shelf.for_record(history.opened)
        self.book: Book | None = first
        self.later = list(later)
        self.note_to = note
        self.watches: list[Stopwatch] = []
        self.facts: Facts = history.steps[0].facts  # type: ignore[union-attr]
        self.answered = False
        self.asked_while_resolved = False
        self.major_due: int | None = None

    def run(self) -> list[State]:
        for index, step in enumerate(self.history.steps):
            self._turn_pages(step.at)
            if isinstance(step, Mark):
                self._mark(step)
            elif index == 0:
                self._open(step)
            else:
                self._move(step)
        self._turn_pages(None)
        states = (watch.state() for watch in self.watches)
        return [state for state in states if state is not None]

    # Agreements ------------------------------------------------------------------------------

    def _turn_pages(self, until: int | None) -> None:
        """Books that were published before `until` take over what is open."""
        while self.later and (until is None or self.later[0].published <= until):
            self.book = self.later.pop(0)
            at = self.book.published
            self._retarget(at, "book")
            self._follow_stays(at)
            self._follow_pauses(at)

    def _terms(self, metric: str, at: int) -> Terms | None:
        if self.book is None:
            return None
        agreement = AGREEMENT_OF.get(Metric(metric), Agreement.SLA)
        return self.book.terms(agreement, metric, self.facts, self.history.opened, at)

    def _retarget(self, at: int, why: str) -> None:
        for watch in self.watches:
            if not watch.is_open:
                continue
            terms = self._terms_for(watch, at)
            before = watch.terms
            watch.change(at, terms)
            if watch.terms is not before:
                self._note(at, watch, "retargeted", why=why)
            elif terms is not None and not terms.same(before):
                self._note(at, watch, "kept_target", why=why)

    def _terms_for(self, watch: Stopwatch, at: int) -> Terms | None:
        terms = self._terms(watch.metric, at)
        if watch.metric == Metric.MAJOR_UPDATE and terms is not None:
            return self._promised(terms, watch.begin, self.major_due)
        return terms

    # Starting and ending ---------------------------------------------------------------------

    def _start(self, metric: str, at: int, *, due: int | None = None) -> None:
        sequence = sum(watch.metric == metric for watch in self.watches) + 1
        terms = self._terms(metric, at)
        if metric == Metric.MAJOR_UPDATE and terms is not None:
            terms = self._promised(terms, at, due)
        team = self.facts.team if metric == Metric.TEAM else None
        watch = Stopwatch(metric, sequence, at, terms, team)
        self.watches.append(watch)
        self._note(at, watch, "started")

    def _promised(self, terms: Terms, at: int, due: int | None) -> Terms:
        """An update announced for an instant is due then, round the clock."""
        if due is None or due <= at:
            return terms
        return replace(terms, goal=due - at, calendar=ROUND_THE_CLOCK)

    def _running(self, metric: str) -> Stopwatch | None:
        """The open clock of a metric; there is at most one."""
        for watch in reversed(self.watches):
            if watch.metric == metric and watch.is_open:
                return watch
        return None

    def _stop(self, metric: str, at: int, why: str) -> None:
        watch = self._running(metric)
        if watch is not None:
            watch.stop(at)
            self._note(at, watch, "ended", why=why)

    # What happened ---------------------------------------------------------------------------

    def _open(self, moment: Moment) -> None:
        at, phase = moment.at, self._phase(moment.facts)
        for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION, Metric.CHANGE_LEAD, Metric.TEAM):
            self._start(metric, at)
        if moment.facts.security:
            self._start_security(at)
        self._follow_stays(at)
        self._follow_pauses(at)
        if phase in (Phase.RESOLVED, Phase.CLOSED):
            self._end_all(at)

    def _start_security(self, at: int) -> None:
        for metric in (Metric.CONTAIN, Metric.PATCH):
            if not any(watch.metric == metric for watch in self.watches):
                self._start(metric, at)

    def _move(self, moment: Moment) -> None:
        """The record stands differently: stays, targets, pauses and ends follow, in this order."""
        before, self.facts = self.facts, moment.facts
        at, was, phase = moment.at, self._phase(before), self._phase(moment.facts)
        closed = (Phase.RESOLVED, Phase.CLOSED)
        if was in closed and phase not in closed:
            self._reopen(at)
        elif before.team != self.facts.team and phase not in closed:
            self._stop(Metric.TEAM, at, "team")
            self._start(Metric.TEAM, at)
        if self.facts.security and not before.security and phase not in closed:
            self._start_security(at)
        self._retarget(at, "facts")
        withdrawn = self.machine.by_key[self.facts.status].withdrawn
        approval = self._running(Metric.APPROVAL)
        if withdrawn and approval is not None:
            approval.cancel(at)  # nothing was decided
            self._note(at, approval, "cancelled", why="resolved")
        self._follow_stays(at)
        if phase in closed:
            self._end_all(at)
            return
        self._follow_pauses(at)

    def _reopen(self, at: int) -> None:
        for metric in REOPENS:
            last = next((w for w in reversed(self.watches) if w.metric == metric), None)
            if last is None or last.is_open:
                continue
            terms = self._terms(metric, at)
            if terms is not None and terms.on_reopen == OnReopen.ANEW:
                self._start(metric, at)
            else:
                last.reopen(at)
                self._note(at, last, "reopened")
        if self._running(Metric.TEAM) is None:
            self._start(Metric.TEAM, at)
        if self.asked_while_resolved:
            self.asked_while_resolved = False
            self._start(Metric.NEXT_REPLY, at)

    def _follow_stays(self, at: int) -> None:
        """Stays that end or begin: an approval, a supplier's turn.

        Asked of the record as it stands, so a book that calls a reason something else ends one too.
        """
        for metric, stays, why in (
            (Metric.APPROVAL, self._decides(self.facts), "decided"),
            (Metric.SUPPLIER, self._at_supplier(self.facts), "back"),
        ):
            if not stays:
                self._stop(metric, at, why)
            elif self._running(metric) is None:
                self._start(metric, at)

    def _end_all(self, at: int) -> None:
        """The record is resolved, closed without that, or withdrawn."""
        withdrawn = self.machine.by_key[self.facts.status].withdrawn
        for metric in ENDS_WITH_RESOLUTION:
            watch = self._running(metric)
            if watch is None:
                continue
            if withdrawn:
                watch.cancel(at)
            else:
                watch.stop(at)
            self._note(at, watch, "cancelled" if withdrawn else "ended", why="resolved")
        if not withdrawn:
            self.answered = True

    def _follow_pauses(self, at: int) -> None:
        reason = self._standing_still()
        for watch in self.watches:
            if watch.metric not in STANDS_STILL or not watch.is_open:
                continue
            if reason and watch.is_running:
                watch.pause(at, reason)
                self._note(at, watch, "paused", reason=reason)
            elif not reason and watch.is_paused:
                watch.resume(at)
                self._note(at, watch, "resumed")

    def _mark(self, mark: Mark) -> None:
        phase = self._phase(self.facts)
        if mark.kind == "answered":
            self.answered, self.asked_while_resolved = True, False
            self._stop(Metric.FIRST_RESPONSE, mark.at, "answered")
            self._stop(Metric.NEXT_REPLY, mark.at, "answered")
        elif mark.kind == "asked" and phase == Phase.RESOLVED:
            self.asked_while_resolved = True
        elif mark.kind == "asked" and phase != Phase.CLOSED and self.answered:
            if self._running(Metric.NEXT_REPLY) is None:
                self._start(Metric.NEXT_REPLY, mark.at)
        elif mark.kind in ("contained", "patched"):
            self._stop(
                Metric.CONTAIN if mark.kind == "contained" else Metric.PATCH, mark.at, mark.kind
            )
        elif mark.kind in ("major", "major_over"):
            self._stop(Metric.MAJOR_UPDATE, mark.at, "updated")
            if mark.kind == "major" and phase not in (Phase.RESOLVED, Phase.CLOSED):
                self.major_due = mark.due
                self._start(Metric.MAJOR_UPDATE, mark.at, due=mark.due)

    # Questions -------------------------------------------------------------------------------

    def _phase(self, facts: Facts) -> Phase:
        return self.machine.phase(facts.status)

    def _decides(self, facts: Facts) -> bool:
        return self.machine.by_key[facts.status].decides

    def _at_supplier(self, facts: Facts) -> bool:
        waits = self._phase(facts) == Phase.WAITING
        return waits and self.book is not None and facts.pending_reason in self.book.suppliers

    def _standing_still(self) -> str:
        """Why working clocks stand still now: the pending reason's id, or the approval."""
        if self._phase(self.facts) != Phase.WAITING:
            return ""
        if self._decides(self.facts):
            return "approval"
        reason = self.facts.pending_reason
        return str(reason) if self.book is not None and reason in self.book.pauses else ""

    def _note(self, at: int, watch: Stopwatch, what: str, **data: Any) -> None:
        if self.note_to is not None:
            terms = watch.terms
            more = {"policy": terms.policy, "goal": terms.goal} if terms else {"policy": None}
            self.note_to(Note(at, watch.metric, watch.sequence, what, {**more, **data}))
