"""From what administrators edited to what counts: publishing and recomputation."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from accounts.reach import reach_of
from core import outbox
from core.errors import ActionError, NotAllowed
from sla import book
from sla.actions.refresh import Difference, refresh
from sla.enums import Reach
from sla.facts import seconds
from sla.models import Book
from sla.snapshot import snapshot
from sla.worktime import NoWorkingTime
from tickets.models import Ticket
from tickets.models.ticket import OPEN

RECOMPUTE_TOPIC = "sla.recompute"
BATCH = 200
# A record at work while a book is published may not have seen it yet.
OVERLAP = timedelta(minutes=2)


@transaction.atomic
def publish(
    *, by: User | None, reach: str = Reach.NEW, note: str = "", at: datetime | None = None
) -> Book:
    """Make what is edited now count from this instant.

    Effects in order: the draft is checked (a target that could never be reached is refused); the
    book; the audit entry; the promise to recompute the records it reaches.
    `by` None is Maru itself (public holidays of a new year).
    """
    if by is not None and not reach_of(by).administers:
        raise NotAllowed(_("Only administrators change agreements."))
    return publish_data(snapshot(apps), by=by, reach=reach, note=note, at=at)


@transaction.atomic
def publish_data(
    data: dict[str, Any], *, by: User | None, reach: str, note: str, at: datetime | None = None
) -> Book:
    """`publish` of something else than all that is edited now: only for actions, who check."""
    refuse_unreachable(data)
    row = Book.objects.create(
        published_at=at or timezone.now(),
        published_by=by,
        reach=Reach(reach),
        note=note.strip()[:250],
        data=data,
    )
    audit.record(row, AuditVerb.APPLIED, by=by, changes={"reach": [None, str(reach)]})
    outbox.put(RECOMPUTE_TOPIC, {"book": row.pk, "after": 0}, key=f"{RECOMPUTE_TOPIC}:{row.pk}:0")
    return row


def refuse_unreachable(data: dict[str, Any]) -> None:
    """ActionError where a target's calendar has no working time to use it up in."""
    now = seconds(timezone.now())
    read = book.read(0, now, Reach.NEW, data)
    for policy in read.policies:
        for target in policy.targets:
            try:
                read.calendars[target.calendar].add_ts(now, target.goal)
            except NoWorkingTime:
                raise ActionError(
                    _("“%(calendar)s” has no working time in which a target of “%(policy)s” could "
                      "be reached. Give it working hours, or choose another calendar.")
                    % {
                        "calendar": _name(read.calendar_names[target.calendar]),
                        "policy": _name(policy.names),
                    },
                    code="unreachable",
                ) from None  # fmt: skip


def _name(names: tuple[str, str]) -> str:
    ko, en = names
    return ko or en


def recompute(book_id: int, after: int = 0, *, again: bool = False) -> Difference:
    """Bring the next records that a book reaches up to date, and promise the rest.

    Safe to run twice: a record is computed from its facts. Ends with the book's mark set, and the
    promise to look once more (`again`) at what was at work while the book was published: what was
    not yet committed then is not seen by the first turn.
    """
    row = Book.objects.get(pk=book_id)
    with transaction.atomic():
        # Row by row in the order of keys, as every other writer of several records locks them.
        reached = _reached(row, again=again).filter(pk__gt=after).order_by("pk")
        keys = list(reached.select_for_update().values_list("pk", flat=True)[:BATCH])
        difference = refresh(keys, silent_until=row.published_at)
        if len(keys) == BATCH:
            _go_on(row, keys[-1], again=again)
            if not again:
                Book.objects.filter(pk=row.pk).update(recomputed_to=keys[-1])
        elif not again:
            Book.objects.filter(pk=row.pk).update(recomputed_at=timezone.now())
            _go_on(row, 0, again=True, due_at=row.published_at + OVERLAP)
    return difference


def _reached(row: Book, *, again: bool) -> QuerySet[Ticket]:
    """The records whose clocks a book may have moved; `again`: those of them at work since.

    What ended after the publishing was open then.
    """
    since = row.published_at - OVERLAP
    if row.reach == Reach.NEW:
        return Ticket.objects.filter(opened_at__gte=since)
    at_work = Q(opened_at__gte=since) | Q(updated_at__gte=since)
    if again:
        return Ticket.objects.filter(at_work)
    if row.reach == Reach.OPEN:
        return Ticket.objects.filter(OPEN | at_work)
    return Ticket.objects.all()


def _go_on(row: Book, after: int, *, again: bool, due_at: datetime | None = None) -> None:
    turn = f"{RECOMPUTE_TOPIC}:{row.pk}:{'again:' if again else ''}{after}"
    payload = {"book": row.pk, "after": after, "again": again}
    outbox.put(RECOMPUTE_TOPIC, payload, key=turn, due_at=due_at)
