"""A major incident is an outage of its service: where the two meet."""

from incidents.models import MajorIncident
from tickets.models import Ticket


def begin(ticket: Ticket, major: MajorIncident) -> None:
    """Called when an incident is declared."""


def end(ticket: Ticket, major: MajorIncident) -> None:
    """Called when the response stands down."""
