"""Histories of records from the event log: two queries for any number of records."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sla.facts import VERBS, History, Row, read, seconds
from tickets.models import Event, Ticket

FIELDS = {
    "service": "service_id",
    "team": "team_id",
    "priority": "priority",
    "status": "status",
    "pending_reason": "pending_reason_id",
    "requester": "requester_id",
    "tags": "tags",
}


def rows_of(ticket_ids: Collection[int]) -> Mapping[int, list[Row]]:
    """The events that clocks are computed from, by record."""
    found: dict[int, list[Row]] = defaultdict(list)
    events = Event.objects.order_by().filter(ticket_id__in=ticket_ids, verb__in=VERBS)
    for pk, key, at, *rest in events.values_list(
        "ticket_id", "pk", "at", "verb", "changes", "data", "comment_id", "actor_id"
    ):
        found[pk].append(Row(key, seconds(at), *rest))
    return found


def histories(tickets: Collection[Ticket]) -> dict[int, History]:
    """The history of each record that has an opening."""
    rows = rows_of([ticket.pk for ticket in tickets])
    return {
        ticket.pk: read(
            ticket.kind,
            {name: getattr(ticket, column) for name, column in FIELDS.items()},
            rows[ticket.pk],
        )
        for ticket in tickets
        if any(row.verb == "opened" for row in rows.get(ticket.pk, ()))
    }
