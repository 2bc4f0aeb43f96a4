"""What the actions on a major incident do the same: hold both rows, note what happened."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from incidents import access
from incidents.enums import MajorState, Step
from incidents.models import MajorIncident
from tickets.actions.base import lock, record
from tickets.enums import Verb
from tickets.events import Marked
from tickets.models import Event, Ticket


def hold(ticket: Ticket, verb: str, by: User | None) -> tuple[Ticket, MajorIncident | None]:
    """The record and its row locked, in that order, for somebody who may do `verb`."""
    ticket = lock(ticket)
    if ticket.kind != "incident":
        raise ActionError(_("Only an incident can be a major one."), code="not_an_incident")
    major = MajorIncident.objects.select_for_update().filter(ticket_id=ticket.pk).first()
    access.require(by, verb, ticket, major)
    return ticket, major


def hold_in(
    ticket: Ticket, verb: str, by: User | None, *states: MajorState
) -> tuple[Ticket, MajorIncident]:
    """As `hold`, refused unless the major incident is in one of these states."""
    ticket, major = hold(ticket, verb, by)
    if major is None or major.state not in states:
        raise ActionError(
            _("%(number)s is not handled as a major incident now. Reload the page.")
            % {"number": ticket.number},
            code="not_major",
        )
    return ticket, major


def note(
    ticket: Ticket, step: Step, *, by: User | None, save: tuple[str, ...] = (), **data: Any
) -> Event:
    """The event of one step. Internal words stay out of it: the log is kept for ever."""
    event = record(ticket, Verb.MAJOR, by=by, data={"step": step.value, **data}, save=save)
    emit(Marked(ticket.pk, event.pk, pk_of(by)))
    return event


def iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def pk_of(user: User | None) -> int | None:
    return user.pk if user else None
