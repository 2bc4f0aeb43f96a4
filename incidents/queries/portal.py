"""Outages as everybody may know them: public notices of running major incidents, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.models import User
from incidents.enums import Condition, MajorState, Stage, UpdateAudience
from incidents.models import MajorIncident, Update
from tickets.enums import LinkType
from tickets.models import Link, Ticket, Watch

_PUBLIC = Update.objects.filter(audience=UpdateAudience.EVERYBODY)


@dataclass(frozen=True)
class Outage:
    """What the portal shows of one. `concerned`: the reader follows it or reported it."""

    number: str
    service: str
    service_id: int | None
    condition: str
    condition_key: str
    stage: str
    text: str
    since: datetime
    told_at: datetime
    next_update_at: datetime | None
    concerned: bool


def shown() -> Any:
    """Running, for everybody to know, and told to everybody at least once."""
    told = _PUBLIC.filter(major=OuterRef("pk"))
    return MajorIncident.objects.filter(
        Exists(told), state=MajorState.DECLARED, ticket__restricted=False
    )


def is_on_portal(ticket: Ticket) -> bool:
    return bool(shown().filter(pk=ticket.pk).exists())


def outages(user: User | None, most: int = 5) -> list[Outage]:
    """Known outages, the most severe first. Without a reader nobody is concerned by them."""
    reader = user.pk if user is not None else 0
    watching = Watch.objects.filter(ticket=OuterRef("pk"), user=reader)
    reported = Link.objects.filter(
        source=OuterRef("pk"), type=LinkType.PARENT_OF.value, target__requester=reader
    )
    found = (
        shown()
        .select_related("ticket__service")
        .annotate(concerned=Q(Exists(watching)) | Q(Exists(reported)))
        .prefetch_related(Prefetch("updates", _PUBLIC.order_by("position"), to_attr="public"))
        .order_by("severity", "declared_at")
    )
    return [_outage(major, reader) for major in found[:most]]


def _outage(major: Any, reader: int) -> Outage:
    newest: Update = major.public[-1]
    service = major.ticket.service
    return Outage(
        number=major.ticket.number,
        service=service.name if service else "",
        service_id=major.ticket.service_id,
        condition=str(Condition(newest.condition).label),
        condition_key=newest.condition,
        stage=str(Stage(newest.stage).label),
        text=newest.text,
        since=major.declared_at,
        told_at=newest.published_at,
        next_update_at=_to_come(newest.next_update_at),
        concerned=major.concerned or major.ticket.requester_id == reader,
    )


def notices_for(ticket: Ticket) -> list[Update]:
    """The public notices of a record, oldest first; of a report below one, none: it was answered
    with each of them.
    """
    return list(_PUBLIC.filter(major=ticket.pk).select_related("published_by").order_by("position"))


def _to_come(at: datetime | None) -> datetime | None:
    """An announced time that has passed is not shown: nobody outside can do anything with it."""
    return at if at is not None and at > timezone.now() else None
