"""Proving that the kept clocks are what the facts say, and making them so."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from sla.actions.refresh import Difference, refresh, states_of
from sla.models import Clock
from sla.rows import columns, face
from sla.shelf import shelf
from tickets.models import Ticket

BATCH = 500


def _batches(after: int = 0) -> Iterator[list[int]]:
    last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    while after < last:
        keys = Ticket.objects.filter(pk__gt=after, pk__lte=last).order_by("pk")
        batch = list(keys.values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1]


def rebuild() -> Difference:
    """Compute every clock from its events anew; what was written because it differed."""
    total = Difference()
    for batch in _batches():
        with transaction.atomic():
            keys = Ticket.objects.filter(pk__in=batch).order_by("pk").select_for_update()
            total += refresh(list(keys.values_list("pk", flat=True)), silent_until=timezone.now())
    return total


def check() -> Iterator[str]:
    """A line for each clock or record whose kept row is not what its facts say. Writes nothing."""
    books = shelf()
    for batch in _batches():
        tickets = list(Ticket.objects.filter(pk__in=batch))
        states = states_of(tickets, books)
        rows: dict[tuple[int, str, int], Clock] = {
            (clock.ticket_id, clock.metric, clock.sequence): clock
            for clock in Clock.objects.filter(ticket_id__in=batch)
        }
        for ticket in tickets:
            for state in states.get(ticket.pk, ()):
                name = f"{ticket.number} {state.metric} {state.sequence}"
                row = rows.pop((ticket.pk, state.metric, state.sequence), None)
                if row is None:
                    yield f"{name}: missing"
                    continue
                for column, value in columns(state).items():
                    if getattr(row, column) != value:
                        yield f"{name}: {column} is {getattr(row, column)!r}, should be {value!r}"
            shown = face(states.get(ticket.pk, ()))
            if (ticket.breaks_at, ticket.sla_state) != shown:
                yield f"{ticket.number}: shows {ticket.sla_state!r} {ticket.breaks_at}"
        yield from (f"{key}: should not be there" for key in rows)
