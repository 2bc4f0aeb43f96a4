"""What Maru does by itself when an instant has come. Safe to run twice, or late."""

from datetime import datetime

from django.utils import timezone

from core.errors import ActionError
from core.states import Phase
from tickets.actions.transition import transition
from tickets.models import Ticket

BATCH = 500


def auto_close_due(now: datetime | None = None) -> int:
    """Close resolved records whose waiting time is over; the number closed."""
    due = Ticket.objects.filter(phase=Phase.RESOLVED, auto_close_at__lte=now or timezone.now())
    return _move(due.order_by("auto_close_at")[:BATCH], "close")


def resume_due(now: datetime | None = None) -> int:
    """Put pending records back to work whose resume instant has come; the number resumed."""
    due = Ticket.objects.filter(phase=Phase.WAITING, resume_at__lte=now or timezone.now())
    return _move(due.order_by("resume_at")[:BATCH], "resume")


def _move(due: object, name: str) -> int:
    moved = 0
    for ticket in due:  # type: ignore[attr-defined]
        try:
            transition(ticket, name, by=None, anyway=True)
            moved += 1
        except ActionError:
            continue  # somebody moved it meanwhile, or its table has no such step
    return moved
