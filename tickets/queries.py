"""Rows of ready-made strings, and counts that stop in time."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from core import formats
from tickets import kinds
from tickets.enums import Verb, Visibility
from tickets.models import Draft, Event, Seen, Ticket

CAP = 1000
ROW_FIELDS = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "phase",
    "priority",
    "updated_at",
    "requester__display_name",
    "requester__roman_name",
    "service__name_ko",
    "service__name_en",
    "team__name_ko",
    "team__name_en",
    "assignee__display_name",
    "assignee__roman_name",
)


class CappedCount(Subquery):
    """The number of rows of a query as one value; counts no further than CAP + 1."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _counted)"
    output_field = IntegerField()

    def __init__(self, tickets: Any, cap: int = CAP) -> None:
        super().__init__(tickets.order_by().values("pk")[: cap + 1])


def capped_count(tickets: Any, cap: int = CAP) -> int:
    """How many there are, at most `cap` + 1: then say "more than `cap`"."""
    return int(tickets.order_by().values("pk")[: cap + 1].count())


def with_reader(tickets: Any, user: User) -> Any:
    """The records with how far the person has read each (`seen`), and whether a draft waits."""
    seen = Seen.objects.filter(user=user, ticket=OuterRef("pk")).values("version")[:1]
    draft = Draft.objects.filter(user=user, ticket=OuterRef("pk"))
    return tickets.annotate(seen=Subquery(seen), has_draft=Exists(draft))


def rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values of ROW_FIELDS as what a list of hits or suggestions prints."""
    now, korean = timezone.now(), formats.is_korean()
    return [_row(values, now, korean) for values in found]


def _row(values: dict[str, Any], now: datetime, korean: bool) -> dict[str, Any]:
    kind = kinds.get(values["kind"])
    updated = values["updated_at"]
    return {
        "id": values["id"],
        "number": values["number"],
        "url": f"/{kind.path}/{values['number']}/",
        "kind": kind.key,
        "kind_icon": kind.icon,
        "title": values["title"],
        "status": values["status"],
        "status_label": str(kind.machine.by_key[values["status"]].label),
        "phase": values["phase"],
        "priority": values["priority"],
        "requester": _person(values, "requester", korean),
        "service": _named(values, "service", korean),
        "team": _named(values, "team", korean),
        "assignee": _person(values, "assignee", korean),
        "updated": formats.ago(updated, now),
        "updated_full": formats.moment(updated),
        "updated_iso": updated.isoformat(),
    }


def _person(values: dict[str, Any], role: str, korean: bool) -> str:
    """A person's name in the reader's language; empty for nobody."""
    roman, name = values[f"{role}__roman_name"], values[f"{role}__display_name"]
    return (name if korean else roman or name) or ""


def _named(values: dict[str, Any], what: str, korean: bool) -> str:
    ko, en = values[f"{what}__name_ko"], values[f"{what}__name_en"]
    return (ko or en if korean else en or ko) or ""


# What a requester is told beside what was said to them: how their request moved on.
_MOVES = (Verb.OPENED, Verb.TRANSITIONED, Verb.ASSIGNED)


def outline(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events that everybody who sees the record may know of: none of the desk's own notes."""
    public = Visibility.PUBLIC
    said = Q(verb=Verb.COMMENTED, comment__visibility=public, comment__retracted_at=None)
    filed = Q(verb=Verb.ATTACHED, data__visibility=public)
    return events.filter(Q(verb__in=_MOVES) | said | filed)


# What became of a record that was merged or split off, read from its events -----------------------


def merge_of(ticket: Ticket) -> Event | None:
    """The event by which the record was merged into another one; None when it is not merged."""
    if not ticket.state.withdrawn:
        return None
    both = Event.objects.filter(ticket=ticket, verb__in=(Verb.MERGED, Verb.UNMERGED))
    last = both.filter(data__role="source").order_by("-id").first()
    return last if last is not None and last.verb == Verb.MERGED else None


def merged_into(ticket: Ticket) -> Ticket | None:
    """The record in which a merged one goes on, at the end of the way; None when not merged."""
    found: Ticket | None = None
    merge = merge_of(ticket)
    while merge is not None:
        found = Ticket.objects.select_related("requester", "service").get(pk=merge.data["other_id"])
        merge = merge_of(found)
    return found


def split_of(ticket: Ticket) -> Event | None:
    """The event by which the record was split off another one, unless that was taken back."""
    if not ticket.is_open:
        return None
    return Event.objects.filter(ticket=ticket, verb=Verb.SPLIT, data__role="new").first()
