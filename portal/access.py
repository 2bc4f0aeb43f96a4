"""Which records belong on the portal, whoever looks: those that name the person."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotFound
from core.text import row_id
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


def orders_for(user: User, said: str) -> User:
    """Whom somebody fills a form in for: themselves, or the caller `said` names (an id).

    Only people of the desk write requests down for others; for everybody else nothing is said.
    NotFound when nobody is meant, so that it is not ordered in the agent's own name by mistake.
    """
    if not said or not reach_of(user).works or row_id(said) == user.pk:
        return user
    active = User.objects.filter(is_active=True, is_machine=False).select_related("department")
    found = active.filter(pk=row_id(said) or 0).first()
    if found is None:
        raise NotFound(_("There is no such person."))
    return found
