"""A major incident is an outage of its service: it opens and ends with the response."""

from django.db import transaction
from django.utils import timezone

from core.errors import ActionError
from sla.actions.outages import end_outage, open_outage
from sla.enums import OutageSource
from sla.models import Outage
from tickets.models import Ticket


def begin(ticket: Ticket) -> None:
    """Open the outage of the record's service, since the record was opened; of one that came back,
    since now.

    None for a record without a service or a restricted one (a service may be attacked and up), and
    none where an outage of the service is known already.
    """
    if ticket.service is None or ticket.restricted:
        return
    again = Outage.objects.filter(ticket=ticket).exists()
    try:
        with transaction.atomic():
            open_outage(
                ticket.service,
                by=None,
                started_at=timezone.now() if again else ticket.opened_at,
                note=ticket.number,
                source=OutageSource.INCIDENT,
                ticket=ticket,
            )
    except ActionError as error:
        if error.code != "going_on":
            raise


def end(ticket: Ticket) -> None:
    """End what `begin` opened, unless somebody has ended or withdrawn it."""
    for outage in Outage.objects.filter(ticket=ticket, ended_at=None, withdrawn_at=None):
        end_outage(outage, by=None)
