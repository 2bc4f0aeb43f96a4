"""Opening a record, and a follow-up of a closed one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.reach import reach_of
from cmdb.enums import Criticality
from cmdb.models import ConfigurationItem, Service
from core.errors import ActionError, NotAllowed
from core.events import emit
from core.states import Phase
from tickets import access, events, kinds, priority, routing
from tickets.actions.assign import give
from tickets.actions.base import current_channel, lock, record, stored
from tickets.actions.checks import (
    check_assignee,
    check_offered,
    clean_tags,
    limited_text,
    required_line,
)
from tickets.enums import Impact, LinkType, Urgency, Verb
from tickets.models import Category, Link, Ticket, TicketItem
from tickets.numbering import next_serial
from tickets.queries import merged_into


@transaction.atomic
def open_ticket(
    kind: str,
    *,
    by: User,
    title: str,
    description: str = "",
    requester: User | None = None,
    impact: int = Impact.LOW,
    urgency: int = Urgency.LOW,
    service: Service | None = None,
    category: Category | None = None,
    team: Team | None = None,
    assignee: User | None = None,
    tags: Sequence[str] = (),
    items: Sequence[ConfigurationItem] = (),
    restricted: bool = False,
    channel: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Ticket:
    """Open a record.

    Effects in order: number from the sequence; service proposed by the category; priority from
    the matrix; team by routing unless an agent names one; assignee by the team's way of giving
    out work; the kind's own row; the opening event; subscribers.
    Requesters open for themselves only, and can't choose team, assignee or restriction.
    """
    requester = requester or by
    _check_opener(by, requester, team, assignee, restricted)
    check_offered(service, category)
    return create(
        kind,
        by=by,
        title=title,
        description=description,
        requester=requester,
        impact=impact,
        urgency=urgency,
        service=service,
        category=category,
        team=team,
        assignee=assignee,
        tags=tags,
        items=items,
        restricted=restricted,
        channel=channel,
        detail=detail or {},
    )


def create(
    kind: str,
    *,
    by: User,
    title: str,
    description: str,
    requester: User,
    impact: int,
    urgency: int,
    service: Service | None,
    category: Category | None,
    team: Team | None = None,
    assignee: User | None = None,
    tags: Sequence[str] = (),
    items: Sequence[ConfigurationItem] = (),
    restricted: bool = False,
    channel: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Ticket:
    """As open_ticket, for callers that have checked what the person may choose."""
    info = kinds.get(kind)
    service = service or (category.service if category else None)
    detail = {**info.defaults, **(detail or {})}
    level = priority.compute(
        impact,
        urgency,
        vip=requester.is_vip,
        critical=bool(service and service.criticality == Criticality.BUSINESS_CRITICAL),
    )
    title = required_line("title", title)
    team = team or routing.team_for(
        kind=kind, title=title, priority=level, service=service, category=category
    )
    check_assignee(assignee)
    assignee = assignee or routing.assignee_for(team)
    serial = next_serial(info.sequence)
    machine = info.machine
    ticket = Ticket(
        number=f"{info.prefix}-{serial}",
        serial=serial,
        kind=kind,
        title=title,
        description=limited_text("description", description),
        status=machine.initial,
        phase=machine.phase(machine.initial),
        impact=impact,
        urgency=urgency,
        priority=level,
        requester=requester,
        opened_by=by,
        team=team,
        service=service,
        category=category,
        channel=channel or current_channel(),
        restricted=restricted or bool(info.opens_restricted and info.opens_restricted(detail)),
        tags=clean_tags(tags),
        requester_waits=True,
    )
    ticket.opened_at = ticket.updated_at = timezone.now()
    ticket.save(force_insert=True)
    info.detail_model(ticket=ticket, **detail).save_base(raw=True, force_insert=True)
    TicketItem.objects.bulk_create(TicketItem(ticket=ticket, item=item) for item in items)
    facts = {
        "impact": impact,
        "urgency": urgency,
        "priority": level,
        "team": team.pk,
        "service": stored(service),
        "category": stored(category),
        "status": ticket.status,
        "requester": requester.pk,
        "department": requester.department_id,
        "vip": requester.is_vip,
        "tags": ticket.tags,
        **({"restricted": True} if ticket.restricted else {}),
        **{
            name: stored(value)
            for name, value in detail.items()
            if value and name in info.logged_names
        },
    }
    event = record(ticket, Verb.OPENED, by=by, data=facts)
    emit(events.Opened(ticket.pk, event.pk, by.pk))
    if assignee is not None:
        give(ticket, by=by, assignee=assignee)
    return ticket


def _check_opener(
    by: User, requester: User, team: Team | None, assignee: User | None, restricted: bool
) -> None:
    if not requester.is_active:
        raise ActionError(_("This person has left. Choose another requester."), field="requester")
    if reach_of(by).works:
        return
    if requester.pk != by.pk:
        raise NotAllowed(_("You can report for yourself only."), field="requester")
    if team is not None or assignee is not None or restricted:
        raise NotAllowed(_("The service desk chooses team, assignee and access."), field="team")


@transaction.atomic
def follow_up(ticket: Ticket, *, by: User, body: str) -> Ticket:
    """Open a new record that continues a closed one: same subject, service and team, linked."""
    ticket = lock(ticket)
    access.require(by, "follow_up", ticket)
    if ticket.phase != Phase.CLOSED:
        raise ActionError(_("It is still open: answer on the record itself."), code="still_open")
    _refuse_merged(ticket, by)
    requester = ticket.requester if ticket.requester.is_active else by
    follower = create(
        ticket.kind,
        by=by,
        requester=requester if reach_of(by).works else by,
        title=ticket.title,
        description=body,
        impact=ticket.impact,
        urgency=ticket.urgency,
        service=ticket.service,
        category=ticket.category,
        restricted=ticket.restricted,
    )
    link = Link.objects.create(source=follower, target=ticket, type=LinkType.FOLLOW_UP_OF)
    for one, other in ((follower, ticket), (ticket, follower)):
        data = {"link": link.pk, "type": link.type, "other": other.number}
        event = record(one, Verb.LINKED, by=by, data=data)
        emit(events.Linked(one.pk, event.pk, by.pk, link.pk))
    return follower


def _refuse_merged(ticket: Ticket, by: User) -> None:
    """A merged record goes on elsewhere: nothing follows it here."""
    into = merged_into(ticket)
    if into is None:
        return
    if not access.can(by, "view", into):
        raise ActionError(_("It goes on in another record."), code="merged")
    raise ActionError(
        _("It goes on in %(number)s: answer there.") % {"number": into.number}, code="merged"
    )
