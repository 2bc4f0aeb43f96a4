"""What publishing the draft would do to clocks, before it is done. Writes no clock."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.access import require_administrator
from accounts.models import User
from core import outbox
from sla import book
from sla.actions.drafts import fingerprint
from sla.actions.refresh import COLUMNS
from sla.book import Shelf
from sla.clocks import CANCELLED, RUNNING, State
from sla.enums import Reach
from sla.evaluate import evaluate
from sla.facts import seconds
from sla.histories import histories
from sla.models import Preview
from sla.shelf import shelf
from sla.snapshot import snapshot
from tickets import kinds
from tickets.models import Ticket
from tickets.models.ticket import OPEN

TOPIC = "sla.preview"
SAMPLE = 500
SHOWN = 50
KEPT = timedelta(days=1)

# What becomes of a clock, the worst first.
NEWLY_BREACHED = "newly_breached"
TAKEN_BACK = "taken_back"
EARLIER = "earlier"
LATER = "later"
CANCELLED_NOW = "cancelled"
NEW = "new"
UNCHANGED = "unchanged"
EFFECTS = (NEWLY_BREACHED, EARLIER, LATER, TAKEN_BACK, CANCELLED_NOW, NEW, UNCHANGED)


@dataclass
class Impact:
    """Clocks counted by effect, and the first that move. `records`: looked at, of `total`."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: list[dict[str, Any]] = field(default_factory=list)
    records: int = 0
    total: int = 0
    last: int = 0

    @property
    def is_complete(self) -> bool:
        return self.records >= self.total

    @property
    def moved(self) -> int:
        return sum(count for effect, count in self.counts.items() if effect != UNCHANGED)


def concerned(reach: str) -> Any:
    """The records that a book of this reach recomputes, but for those opened after it."""
    if reach == Reach.NEW:
        return Ticket.objects.none()
    return Ticket.objects.filter(OPEN) if reach == Reach.OPEN else Ticket.objects.all()


def hypothetical(data: Mapping[str, Any], reach: str, at: datetime) -> Shelf:
    """The shelf as it would be after publishing `data`."""
    books = shelf().books
    key = max((each.id for each in books), default=0) + 1
    return Shelf((*books, book.read(key, seconds(at), reach, data)))


def sample(reach: str, *, at: datetime | None = None, most: int = SAMPLE) -> Impact:
    """The effect of publishing the draft on the first `most` records concerned, at once."""
    at = at or timezone.now()
    rows = concerned(reach)
    impact = Impact(total=rows.count())
    first = list(rows.order_by("pk").only(*COLUMNS)[:most])
    _add(impact, first, hypothetical(snapshot(apps), reach, at), seconds(at))
    return impact


def _add(impact: Impact, tickets: Collection[Ticket], books: Shelf, now: int) -> None:
    today = shelf()
    for pk, history in histories(tickets).items():
        machine = kinds.get(history.kind).machine
        old, new = evaluate(history, machine, today), evaluate(history, machine, books)
        for effect, before, after in compare(old, new, now):
            impact.counts[effect] += 1
            if effect != UNCHANGED and len(impact.rows) < SHOWN:
                impact.rows.append(_row(pk, effect, before, after, now))
    impact.records += len(tickets)
    impact.last = max((ticket.pk for ticket in tickets), default=impact.last)


def compare(
    old: Iterable[State], new: Iterable[State], now: int
) -> list[tuple[str, State | None, State | None]]:
    """What becomes of each clock of one record, as of `now`."""
    before = {(state.metric, state.sequence): state for state in old}
    after = {(state.metric, state.sequence): state for state in new}
    return [
        (effect(before.get(key), after.get(key), now), before.get(key), after.get(key))
        for key in [*after, *(key for key in before if key not in after)]
    ]


def effect(old: State | None, new: State | None, now: int) -> str:
    """One of EFFECTS for one clock."""
    had = old is not None and old.state != CANCELLED
    has = new is not None and new.state != CANCELLED
    if old is None or new is None or had != has:
        return (NEW if has else CANCELLED_NOW) if had != has else UNCHANGED
    if not has:
        return UNCHANGED
    was, becomes = old.breached_at(now) is not None, new.breached_at(now) is not None
    if was != becomes:
        return NEWLY_BREACHED if becomes else TAKEN_BACK
    if (old.due is None) != (new.due is None):
        return LATER if new.due is None else EARLIER  # it stands still, or no longer does
    then = (old.due, new.due) if old.due is not None else (old.left, new.left)
    if then[0] == then[1]:
        return UNCHANGED
    return EARLIER if then[1] < then[0] else LATER  # type: ignore[operator]


def _row(
    ticket: int, effect: str, old: State | None, new: State | None, now: int
) -> dict[str, Any]:
    state = new or old
    assert state is not None  # noqa: S101 - one of the two is there
    return {
        "ticket": ticket,
        "metric": state.metric,
        "sequence": state.sequence,
        "effect": effect,
        "old": _stand(old),
        "new": _stand(new),
    }


def _stand(state: State | None) -> dict[str, Any] | None:
    if state is None or state.state == CANCELLED:
        return None
    return {"due": state.due, "left": None if state.state == RUNNING else state.left}


@transaction.atomic
def start(reach: str, *, by: User | None, at: datetime | None = None) -> Preview:
    """Count the effect on all records concerned, in the background. Former counts are dropped."""
    require_administrator(by)
    Preview.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    data = snapshot(apps)
    preview = Preview.objects.create(
        created_by=by,
        reach=Reach(reach),
        at=at or timezone.now(),
        fingerprint=fingerprint(data),
        data=data,
        total=concerned(reach).count(),
    )
    _promise(preview)
    return preview


def _promise(preview: Preview) -> None:
    key = f"{TOPIC}:{preview.pk}:{preview.done_to}"
    outbox.put(TOPIC, {"preview": preview.pk, "after": preview.done_to}, key=key)


@transaction.atomic
def count_on(preview_id: int, after: int) -> None:
    """The next records of a preview, and the promise of the rest. Safe to run twice."""
    rows = Preview.objects.select_for_update().filter(pk=preview_id, done_to=after)
    preview = rows.filter(finished_at=None).first()
    if preview is None:
        return
    impact = Impact(Counter(preview.counts), list(preview.rows), preview.done, last=after)
    part = concerned(preview.reach).filter(pk__gt=after).order_by("pk").only(*COLUMNS)[:SAMPLE]
    tickets = list(part)
    books = hypothetical(preview.data, preview.reach, preview.at)
    _add(impact, tickets, books, seconds(preview.at))
    preview.counts, preview.rows = dict(impact.counts), impact.rows
    preview.done, preview.done_to = impact.records, impact.last
    if len(tickets) < SAMPLE:
        preview.finished_at = timezone.now()
    else:
        _promise(preview)
    preview.save()


def read(preview: Preview) -> Impact:
    """A preview as far as it was counted."""
    total = max(preview.total, preview.done) if preview.finished_at is None else preview.done
    return Impact(Counter(preview.counts), preview.rows, preview.done, total, preview.done_to)
