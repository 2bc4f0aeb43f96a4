"""Records as the API writes them, from flat rows: one query a page, whatever is on it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.reach import reach_of
from core.api.shapes import bilingual, instant, person
from tickets import access, kinds
from tickets.api import own
from tickets.enums import LinkType
from tickets.models import Link, Ticket, TicketItem

_PEOPLE = ("requester", "opened_by", "assignee")
_PERSON = ("display_name", "roman_name")
_NAMED = ("team", "service", "category", "pending_reason")
_NAMES = ("name_ko", "name_en")
_INSTANTS = (
    "opened_at", "updated_at", "responded_at", "resolved_at", "closed_at", "resume_at",
)  # fmt: skip
_PLAIN = (
    "number", "kind", "title", "status", "phase", "impact", "urgency", "priority", "channel",
    "reopen_count", "version",
)  # fmt: skip
# What only the desk is told: how it sorts its work is no business of the requester's.
_DESK = ("tags", "restricted", "priority_overridden", "reassign_count", "requester_waits")
COLUMNS = (
    "id", "serial", *_PLAIN, *_DESK, *_INSTANTS,
    *(f"{name}_id" for name in (*_PEOPLE, *_NAMED)),
    *(f"{name}__{part}" for name in _PEOPLE for part in _PERSON),
    *(f"{name}__{part}" for name in _NAMED for part in _NAMES),
)  # fmt: skip
# The names of columns are looked up once, not for each request.
ROWS = Ticket.objects.order_by().values(*COLUMNS)


def summaries(rows: list[Mapping[str, Any]], user: User) -> list[dict[str, Any]]:
    """Rows of `.values(*COLUMNS)` as the API lists them."""
    desk = reach_of(user).opens_desk
    return [summary(row, desk=desk) for row in rows]


def summary(row: Mapping[str, Any], *, desk: bool) -> dict[str, Any]:
    """One record of a list. `desk`: its reader works there."""
    kind = kinds.get(row["kind"])
    shown: dict[str, Any] = {name: row[name] for name in _PLAIN}
    shown["status_label"] = str(kind.machine.by_key[row["status"]].label)
    shown |= {name: instant(row[name]) for name in _INSTANTS}
    shown |= {name: person(row, name) for name in _PEOPLE}
    shown |= {name: bilingual(row, name) for name in _NAMED}
    if desk:
        shown |= {name: row[name] for name in _DESK}
    shown["url"] = address(kind, row["number"])
    shown["web_url"] = f"{settings.PUBLIC_URL}/r/{row['number']}"
    return shown


def address(kind: kinds.Kind, number: str) -> str:
    """Where the API answers for the record, its kind's own fields included."""
    return f"/api/v1/{own.folder(kind)}/{number}/"


def full(ticket: Ticket, user: User, *, with_own: bool) -> dict[str, Any]:
    """One record with all its fields; `with_own`: those of its kind too."""
    desk = reach_of(user).opens_desk
    shown = summary(_row(ticket), desk=desk)
    shown["description"] = ticket.description
    shown["parent"] = _parent(ticket, user)
    into = access.goes_on_in(user, ticket)
    shown["merged_into"] = into.number if into else None
    if desk:
        shown["field_versions"] = ticket.field_versions
        shown["items"] = _items(ticket)
    if with_own:
        shown |= own.values(ticket.kind_info, ticket.pk, desk=desk)
    return shown


def _row(ticket: Ticket) -> dict[str, Any]:
    """A record at hand as the row that a list would have of it."""
    row: dict[str, Any] = {name: getattr(ticket, name) for name in (*_PLAIN, *_DESK, *_INSTANTS)}
    for names, parts in ((_PEOPLE, _PERSON), (_NAMED, _NAMES)):
        for name in names:
            row[f"{name}_id"] = getattr(ticket, f"{name}_id")
            if row[f"{name}_id"] is not None:
                other = getattr(ticket, name)
                row |= {f"{name}__{part}": getattr(other, part) for part in parts}
    return row


def _parent(ticket: Ticket, user: User) -> str | None:
    """The number of the record above, where there is one that the reader may know of."""
    links = Link.objects.filter(target=ticket, type=LinkType.PARENT_OF)
    above = links.values_list("source_id", flat=True)[:1]
    if not above:
        return None
    parent = Ticket.objects.visible_to(user).filter(pk=above[0])
    return parent.values_list("number", flat=True).first()


def _items(ticket: Ticket) -> list[dict[str, Any]]:
    affected = TicketItem.objects.filter(ticket=ticket).order_by("item__name")
    return [{"id": pk, "name": name} for pk, name in affected.values_list("item_id", "item__name")]
