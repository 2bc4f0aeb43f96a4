"""What follows by itself: from the record's own moves, and from promises about to be missed."""

from django.db import transaction

from core.errors import ActionError
from core.states import Phase
from incidents.actions.major import propose, review_due, stand_down
from incidents.enums import MAJOR, MajorState
from incidents.models import MajorIncident
from tickets.models import Ticket


@transaction.atomic
def follow(ticket_id: int) -> None:
    """After a step of the record: when a major incident is resolved, its response stands down,
    its review is due, and it doesn't close by itself.
    """
    major = MajorIncident.objects.filter(ticket_id=ticket_id, state__in=MAJOR).first()
    if major is None:
        return
    ticket = Ticket.objects.get(pk=ticket_id)
    if ticket.phase != Phase.RESOLVED:
        return
    Ticket.objects.filter(pk=ticket_id).update(auto_close_at=None)
    if major.is_running:
        stand_down(ticket, by=None)
    elif major.state == MajorState.STOOD_DOWN and ticket.resolved_at is not None:
        due = review_due(ticket.resolved_at)
        MajorIncident.objects.filter(pk=major.pk).update(review_due_at=due)


def propose_candidate(ticket_id: int, reason: str) -> None:
    """An agreement asks whether this is a major incident. What is none to be, stays as it is."""
    ticket = Ticket.objects.get(pk=ticket_id)
    try:
        propose(ticket, by=None, why=reason)
    except ActionError:
        return
