"""The two instants that a security incident is measured by."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from incidents.enums import Milestone
from incidents.models import Incident
from tickets import access
from tickets.actions.base import lock, record
from tickets.actions.checks import check_not_closed
from tickets.enums import Verb
from tickets.events import Marked
from tickets.models import Ticket


def contain(ticket: Ticket, *, by: User | None) -> Incident:
    """Say that the attack goes no further."""
    return _reach(ticket, Milestone.CONTAINED, by)


def mark_patched(ticket: Ticket, *, by: User | None) -> Incident:
    """Say that the hole is closed."""
    return _reach(ticket, Milestone.PATCHED, by)


@transaction.atomic
def _reach(ticket: Ticket, milestone: Milestone, by: User | None) -> Incident:
    """Note a milestone once; said again it changes nothing."""
    ticket = lock(ticket)
    access.require(by, "work", ticket)
    incident: Incident | None = Incident.objects.filter(pk=ticket.pk).first()
    if incident is None or not incident.security:
        raise ActionError(_("This is no security incident."), code="not_security")
    check_not_closed(ticket)
    column = f"{milestone.value}_at"
    if getattr(incident, column) is None:
        setattr(incident, column, timezone.now())
        incident.save_base(raw=True, update_fields=[column], force_update=True)
        event = record(ticket, Verb.MILESTONE, by=by, data={"milestone": milestone.value})
        emit(Marked(ticket.pk, event.pk, by.pk if by else None))
    return incident
