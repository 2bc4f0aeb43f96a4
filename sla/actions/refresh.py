"""Keeping clocks true to their facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sla.book import Shelf
from sla.clocks import State
from sla.evaluate import evaluate
from sla.facts import seconds
from sla.histories import histories
from sla.models import Clock, Stale
from sla.rows import COMPUTED, columns, face, next_at, passed
from sla.shelf import shelf
from tickets import bulk, kinds
from tickets.models import Ticket

COLUMNS = (
    "pk", "kind", "service_id", "team_id", "priority", "status", "pending_reason_id",
    "requester_id", "tags", "breaks_at", "sla_state",
)  # fmt: skip
UPDATED = (*COMPUTED, "told", "next_at")
SHOWN = ("breaks_at", "sla_state")
FEW = 8  # up to so many rows one statement each is quicker than a COPY
_COLUMNS = [field for field in Clock._meta.concrete_fields if not field.primary_key]


@dataclass
class Difference:
    """What a refresh wrote; all zero where the rows were true."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    records: int = 0

    @property
    def total(self) -> int:
        return self.created + self.changed + self.removed

    def __iadd__(self, other: "Difference") -> "Difference":
        self.created += other.created
        self.changed += other.changed
        self.removed += other.removed
        self.records += other.records
        return self


def states_of(tickets: Collection[Ticket], books: Shelf) -> dict[int, list[State]]:
    """The clocks of records as their facts say."""
    return {
        pk: evaluate(history, kinds.get(history.kind).machine, books)
        for pk, history in histories(tickets).items()
    }


@transaction.atomic
def refresh(ticket_ids: Collection[int], *, silent_until: datetime | None = None) -> Difference:
    """Compute the clocks of records from their events, and write what differs.

    The caller holds the rows' locks or is alone with them. `silent_until`: steps up to then count
    as told (records that come with a past, targets that moved for many at once); all others are
    the sweep's to tell.
    Effects in order: clocks created, changed, removed; the record's columns for lists; the
    record is named for the figures to be counted anew.
    """
    tickets = list(Ticket.objects.filter(pk__in=ticket_ids).only(*COLUMNS))
    states = states_of(tickets, shelf())
    known: dict[int, list[Clock]] = {ticket.pk: [] for ticket in tickets}
    for clock in Clock.objects.filter(ticket_id__in=known):
        known[clock.ticket_id].append(clock)
    shown: list[dict[str, Any]] = []
    fresh: list[Clock] = []
    changed: list[Clock] = []
    gone: list[int] = []
    silent = None if silent_until is None else seconds(silent_until)
    for ticket in tickets:
        rows = {(clock.metric, clock.sequence): clock for clock in known[ticket.pk]}
        for state in states.get(ticket.pk, ()):
            row = rows.pop((state.metric, state.sequence), None)
            if row is None:
                fresh.append(_put(Clock(ticket_id=ticket.pk), state, silent))
            elif _differs(row, state):
                changed.append(_put(row, state, silent))
        gone.extend(row.pk for row in rows.values())
        breaks_at, sla_state = face(states.get(ticket.pk, ()))
        if (ticket.breaks_at, ticket.sla_state) != (breaks_at, sla_state):
            shown.append({"id": ticket.pk, "breaks_at": breaks_at, "sla_state": sla_state})
    _insert(fresh)
    _update(changed)
    _show(shown)
    if gone:
        Clock.objects.filter(pk__in=gone).delete()
    Stale.objects.bulk_create([Stale(ticket_id=ticket.pk) for ticket in tickets], batch_size=2000)
    return Difference(len(fresh), len(changed), len(gone), len(shown))


def _insert(fresh: list[Clock]) -> None:
    if len(fresh) <= FEW:
        Clock.objects.bulk_create(fresh)
    else:
        bulk.copy(Clock, [_stored(clock) for clock in fresh], without_key=True)


def _update(changed: list[Clock]) -> None:
    if len(changed) <= FEW:
        for clock in changed:
            clock.save(update_fields=UPDATED)
    else:
        rows = [{"id": clock.pk, **_stored(clock)} for clock in changed]
        bulk.update(Clock, rows, [field.name for field in _COLUMNS if field.attname in UPDATED])


def _stored(clock: Clock) -> dict[str, Any]:
    return {field.name: getattr(clock, field.attname) for field in _COLUMNS}


def _differs(row: Clock, state: State) -> bool:
    return any(getattr(row, name) != value for name, value in columns(state).items())


def _put(row: Clock, state: State, silent: int | None) -> Clock:
    if row.pk is not None and row.cycle != state.cycle:
        row.told = []
    row.metric, row.sequence = state.metric, state.sequence
    for name, value in columns(state).items():
        setattr(row, name, value)
    if silent is not None:
        row.told = [*row.told, *(step for step in passed(state, silent) if step not in row.told)]
    row.next_at = next_at(state, row.told)
    return row


def _show(shown: list[dict[str, Any]]) -> None:
    if len(shown) <= FEW:
        for row in shown:
            Ticket.objects.filter(pk=row["id"]).update(**{n: row[n] for n in SHOWN})
    else:
        bulk.update(Ticket, shown, SHOWN)
