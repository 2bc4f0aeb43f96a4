"""Who is to hear of a major incident, by how close they are to it. Sorted ids of active people."""

from collections.abc import Iterable

from accounts.enums import Role
from accounts.models import Department, RoleGrant, User
from cmdb.models import Service
from incidents.enums import ResponseRole
from incidents.models import MajorIncident
from incidents.queries.impact import affected_services
from tickets.enums import LinkType
from tickets.models import Ticket, Watch


def deciders(ticket: Ticket) -> tuple[int, ...]:
    """Who is asked whether it is a major incident: its team's lead and its service's owner, or
    whoever leads at all when it has neither.
    """
    found = {ticket.team.lead_id, ticket.service.owner_id if ticket.service else None}
    known = _active(found)
    if known:
        return known
    leads = RoleGrant.objects.filter(role=Role.TEAM_LEAD).values_list("user_id", flat=True)
    return _active(leads)


def insiders(ticket: Ticket, major: MajorIncident) -> tuple[int, ...]:
    """Who should know the moment it is declared: those who decide, work on it or watch it, and
    the available people of its team.
    """
    team = ticket.team.memberships.filter(is_available=True).values_list("user_id", flat=True)
    return _active({*_close(ticket, major), *team})


def stakeholders(ticket: Ticket, major: MajorIncident) -> tuple[int, ...]:
    """Who gets the notices: those close to it, its requester, the owners of the services affected,
    and the managers of the departments that reported it.
    """
    owners = Service.objects.filter(pk__in=[service.pk for service in affected_services(ticket)])
    children = ticket.links_out.filter(type=LinkType.PARENT_OF.value)
    departments = children.values("target__requester__department")
    managers = Department.objects.filter(pk__in=departments).values_list("manager_id", flat=True)
    return _active(
        {
            *_close(ticket, major),
            ticket.requester_id,
            *owners.values_list("owner_id", flat=True),
            *managers,
        }
    )


def _close(ticket: Ticket, major: MajorIncident) -> set[int | None]:
    roles = {getattr(major, f"{role.value}_id") for role in ResponseRole}
    watchers = Watch.objects.filter(ticket_id=ticket.pk).values_list("user_id", flat=True)
    return {*deciders(ticket), ticket.assignee_id, *roles, *watchers}


def _active(ids: Iterable[int | None]) -> tuple[int, ...]:
    wanted = {pk for pk in ids if pk is not None}
    people = User.objects.filter(pk__in=wanted, is_active=True, is_machine=False)
    return tuple(people.order_by("pk").values_list("pk", flat=True))
