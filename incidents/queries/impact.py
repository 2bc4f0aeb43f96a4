"""How far a major incident reaches: services, people, reports, and what was changed before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from incidents.enums import MAJOR
from tickets import kinds
from tickets.enums import LinkType
from tickets.models import Ticket, TicketItem, Watch

SUSPECT = timedelta(hours=24)
CHANGE = "change"
MOST = 200


@dataclass(frozen=True)
class Reach:
    """`reports` counts the incidents below; `people` those who reported or follow, each once."""

    services: list[Service]
    reports: int
    people: int


def affected_services(ticket: Ticket) -> list[Service]:
    """The record's service and those that depend on it, directly or further up."""
    if ticket.service_id is None:
        return []
    found: dict[int, Service] = {}
    level = list(Service.objects.filter(pk=ticket.service_id))
    while level:
        found |= {service.pk: service for service in level}
        above = Service.objects.filter(depends_on__in=level).exclude(status=ServiceStatus.RETIRED)
        level = list(above.exclude(pk__in=found).distinct())
    return list(found.values())


def reach_of(ticket: Ticket) -> Reach:
    children = ticket.links_out.filter(type=LinkType.PARENT_OF.value)
    people = set(children.values_list("target__requester_id", flat=True))
    people.add(ticket.requester_id)
    people |= set(Watch.objects.filter(ticket_id=ticket.pk).values_list("user_id", flat=True))
    return Reach(affected_services(ticket), children.count(), len(people))


def children_of(user: User, ticket: Ticket, most: int = MOST) -> list[Ticket]:
    """The reports below that the person may see, the newest first."""
    below = ticket.links_out.filter(type=LinkType.PARENT_OF.value).values("target_id")
    seen = Ticket.objects.visible_to(user).filter(pk__in=below)
    return list(seen.select_related("requester").order_by("-opened_at", "-id")[:most])


def suggested_children(user: User, ticket: Ticket, most: int = MOST) -> list[Ticket]:
    """Open incidents on the same services since shortly before it began, that have no parent."""
    services = [service.pk for service in affected_services(ticket)]
    if not services:
        return []
    since = ticket.opened_at - timedelta(hours=2)
    return list(
        Ticket.objects.visible_to(user)
        .open()
        .filter(kind="incident", service__in=services, opened_at__gte=since, restricted=False)
        .exclude(pk=ticket.pk)
        .exclude(links_in__type=LinkType.PARENT_OF.value)
        .exclude(major__state__in=MAJOR)
        .select_related("requester")
        .order_by("-opened_at", "-id")[:most]
    )


def recent_changes(user: User, ticket: Ticket, until: datetime | None = None) -> list[Ticket]:
    """Changes of the 24 hours before it began, and since, on the same services and items: the
    first suspects. Nothing where the product has no changes.
    """
    if CHANGE not in {kind.key for kind in kinds.all_kinds()}:
        return []
    items = TicketItem.objects.filter(ticket_id=ticket.pk).values("item_id")
    same: Any = Q(ticket_items__item__in=items)
    services = [service.pk for service in affected_services(ticket)]
    if services:
        same |= Q(service__in=services)
    found = Ticket.objects.visible_to(user).filter(
        same, kind=CHANGE, updated_at__gte=ticket.opened_at - SUSPECT
    )
    if until is not None:
        found = found.filter(opened_at__lte=until)
    return list(found.distinct().order_by("-updated_at", "-id")[:10])
