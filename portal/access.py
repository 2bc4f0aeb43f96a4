"""Which records belong on the portal, whoever looks: those that name the person."""

from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotFound
from tickets import access
from tickets.models import Ticket
from tickets.rules import in_shared_department, named

belongs = named | in_shared_department


def is_on_portal(user: User, ticket: Ticket) -> bool:
    """Whether the record names the person, or is their department's to see.

    People of the desk see more than that, but on the desk.
    """
    return belongs(reach_of(user), access.facts_for(user, ticket))


def get(user: User, number: str) -> Ticket:
    """The record for changing it from the portal; NotFound unless it belongs there."""
    ticket = access.get(user, number)
    if not is_on_portal(user, ticket):
        raise NotFound("There is no such record.")
    return ticket
