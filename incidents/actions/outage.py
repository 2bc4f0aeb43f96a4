"""A major incident is an outage of its service: where the two meet."""

from incidents.models import MajorIncident
from sla.actions.outages import end_outage, open_outage
from sla.enums import OutageKind, OutageSource
from sla.models import Outage
from tickets.models import Ticket


def begin(ticket: Ticket, major: MajorIncident) -> None:
    """Open the outage of the incident's service from when it was reported.

    One that is going on already stays: it is the same outage, whoever entered it first.
    """
    if ticket.service is None:
        return
    going_on = Outage.objects.filter(
        service=ticket.service, kind=OutageKind.UNPLANNED, ended_at=None, withdrawn_at=None
    )
    if not going_on.exists():
        open_outage(
            ticket.service,
            by=None,
            started_at=ticket.opened_at,
            note=ticket.number,
            source=OutageSource.INCIDENT,
            ticket=ticket,
        )


def end(ticket: Ticket, major: MajorIncident) -> None:
    """The response stands down: the service is back, since its resolution if there is one."""
    for outage in Outage.objects.filter(ticket=ticket, ended_at=None, withdrawn_at=None):
        end_outage(outage, by=None, at=ticket.resolved_at)
