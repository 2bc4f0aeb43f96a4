"""Noting that instants of clocks have come: warn points, breaches, repeats after a breach.

In proportion to what is due, not to what is open. Changes no figure: what a clock shows follows
from its row and the time of day, whether or not somebody swept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import context
from sla.actions.escalate import Due, promise
from sla.actions.refresh import COLUMNS, refresh, states_of
from sla.book import Shelf
from sla.clocks import State
from sla.facts import seconds
from sla.models import Clock
from sla.rows import columns, instant, next_at, passed
from sla.shelf import shelf
from tickets.enums import Channel, Verb
from tickets.models import Event

SECOND = timedelta(seconds=1)
FIELDS = (
    *(field.name for field in Clock._meta.concrete_fields),
    *(f"ticket__{name}" for name in COLUMNS if name != "pk"),
)
WRITE = """
    UPDATE sla_clock SET told = string_to_array(fresh.told, ','), next_at = fresh.next_at
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS fresh (id, told, next_at)
    WHERE sla_clock.id = fresh.id
"""


@dataclass
class _Reached:
    """A clock with what is new: `steps` passed and not yet told, of which `step` is announced."""

    clock: Clock
    state: State
    steps: list[str]
    step: str


def sweep_due(now: datetime | None = None, limit: int = 500) -> int:
    """Tell of up to `limit` clocks whose next instant has passed, the longest due first.

    The number of clocks dealt with; 0 is nothing due, or only what others hold just now. Any
    number may sweep at once and be killed at any moment: a step is noted on its clock in the
    transaction that tells of it. Of several steps that passed meanwhile the highest is told.
    """
    # A second counts once it is over: what ends within the due second has kept its target.
    last = (now or timezone.now()).replace(microsecond=0) - SECOND
    if not Clock.objects.filter(next_at__lte=last).exists():
        return 0
    with transaction.atomic():
        return _sweep(last, now or timezone.now(), limit)


def _sweep(last: datetime, now: datetime, limit: int) -> int:
    """Effects in order: clocks that lag behind their facts are brought up to date, for the next
    turn; steps noted; an event for each clock told of; what the agreements want is promised.
    """
    clocks = _hold(last, limit)
    tickets = {clock.ticket_id: clock.ticket for clock in clocks}
    books = shelf()
    states = {
        (pk, state.metric, state.sequence): state
        for pk, found in states_of(list(tickets.values()), books).items()
        for state in found
    }
    reached: list[_Reached] = []
    behind: set[int] = set()
    for clock in clocks:
        state = states.get((clock.ticket_id, clock.metric, clock.sequence))
        if state is None or _differs(clock, state):
            behind.add(clock.ticket_id)
        else:
            reached.append(_reach(clock, state, seconds(last)))
    if behind:
        refresh(behind)
    _note(reached)
    _tell([each for each in reached if each.step], now, books)
    return len(clocks)


def _hold(last: datetime, limit: int) -> list[Clock]:
    """Lock clocks and their records, leaving out what others hold.

    The record is locked too: an action that holds it writes its clocks afterwards.
    """
    due = Clock.objects.filter(next_at__lte=last).order_by("next_at").select_related("ticket")
    held = due.select_for_update(skip_locked=True, of=("self", "ticket"), no_key=True)
    return list(held.only(*FIELDS)[:limit])


def _differs(clock: Clock, state: State) -> bool:
    return any(getattr(clock, name) != value for name, value in columns(state).items())


def _reach(clock: Clock, state: State, last: int) -> _Reached:
    """Take down what has passed. Nothing is announced once a higher step was."""
    gone = passed(state, last)
    steps = [step for step in gone if step not in clock.told]
    clock.told = [*clock.told, *steps]
    clock.next_at = next_at(state, clock.told)
    return _Reached(clock, state, steps, gone[-1] if steps and steps[-1] == gone[-1] else "")


def _note(reached: Sequence[_Reached]) -> None:
    clocks = [each.clock for each in reached]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            [
                [clock.pk for clock in clocks],
                [",".join(clock.told) for clock in clocks],
                [clock.next_at for clock in clocks],
            ],
        )


def _tell(reached: Sequence[_Reached], now: datetime, books: Shelf) -> None:
    """The record's version stays: nobody edited it."""
    events = Event.objects.bulk_create(
        Event(
            ticket_id=each.clock.ticket_id,
            at=now,
            verb=Verb.ESCALATED,
            data=_data(each),
            channel=Channel.SYSTEM,
            request_id=context.request_id.get(),
        )
        for each in reached
    )
    promise(
        [
            Due(
                clock=each.clock.pk,
                ticket=each.clock.ticket_id,
                event=event.pk,
                cycle=each.clock.cycle,
                metric=each.clock.metric,
                step=each.step,
                passed=tuple(each.steps),
                book=each.clock.book_id,
                policy=each.clock.policy_id,
            )
            for each, event in zip(reached, events, strict=True)
        ],
        books,
    )


def _data(each: _Reached) -> dict[str, Any]:
    """What the log keeps. `instant` is computed: when the step was reached, whoever looked when."""
    clock, state = each.clock, each.state
    due = instant(state.due if state.due is not None else state.breached)
    at = instant(dict(state.marks)[each.step])
    return {
        "metric": clock.metric,
        "sequence": clock.sequence,
        "step": each.step,
        "instant": at.isoformat() if at else None,
        "due_at": due.isoformat() if due else None,
        "goal": clock.goal,
        "policy": clock.policy_id,
    }
