"""Lists of records as flat rows of ready-made strings, and counts that stop in time."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from core import formats
from core.models import pick
from tickets import kinds
from tickets.filters import Filter
from tickets.models import Draft, Seen, Ticket
from tickets.paging import SIZE, Page

CAP = 1000
ROW_FIELDS = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "phase",
    "priority",
    "version",
    "restricted",
    "tags",
    "opened_at",
    "updated_at",
    "replied_at",
    "requester_waits",
    "requester__display_name",
    "requester__roman_name",
    "requester__department__name_ko",
    "requester__department__name_en",
    "service__name_ko",
    "service__name_en",
    "team__name_ko",
    "team__name_en",
    "assignee_id",
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


def matching(chosen: Filter, user: User) -> Any:
    """The records of a filter that the person may see: list, count, export and API start here."""
    return chosen.apply(Ticket.objects.visible_to(user), user)


def page(chosen: Filter, user: User, size: int = SIZE) -> Page:
    """One page of ready-made rows; one query, whatever the number of rows."""
    tickets = with_reader(matching(chosen, user), user)
    found = chosen.order.page(tickets, chosen.cursor, size, (*ROW_FIELDS, "seen", "has_draft"))
    return Page(rows(found.rows), found.next, found.prev)


def with_reader(tickets: Any, user: User) -> Any:
    """The records with how far the person has read each (`seen`), and whether a draft waits."""
    seen = Seen.objects.filter(user=user, ticket=OuterRef("pk")).values("version")[:1]
    draft = Draft.objects.filter(user=user, ticket=OuterRef("pk"))
    return tickets.annotate(seen=Subquery(seen), has_draft=Exists(draft))


def rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values of ROW_FIELDS (and with_reader) as what a template or a menu prints."""
    now, korean = timezone.now(), formats.is_korean()
    return [_row(values, now, korean) for values in found]


def _row(values: dict[str, Any], now: datetime, korean: bool) -> dict[str, Any]:
    kind = kinds.get(values["kind"])
    updated, opened = values["updated_at"], values["opened_at"]
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
        "restricted": values["restricted"],
        "tags": values["tags"],
        "version": values["version"],
        "requester": person(values, "requester", korean),
        "department": _named(values, "requester__department"),
        "service": _named(values, "service"),
        "team": _named(values, "team"),
        "assignee_id": values["assignee_id"],
        "assignee": person(values, "assignee", korean),
        "opened": formats.ago(opened, now),
        "opened_full": formats.moment(opened),
        "opened_iso": opened.isoformat(),
        "updated": formats.ago(updated, now),
        "updated_full": formats.moment(updated),
        "updated_iso": updated.isoformat(),
        "last_by": _last_by(values),
        "unseen": "seen" in values and (values["seen"] or 0) < values["version"],
        "draft": values.get("has_draft", False),
    }


def person(values: dict[str, Any], role: str, korean: bool) -> str:
    """A person's name in the reader's language, from values(); empty for nobody."""
    roman, name = values[f"{role}__roman_name"], values[f"{role}__display_name"]
    return (name if korean else roman or name) or ""


def _named(values: dict[str, Any], what: str) -> str:
    return pick(values[f"{what}__name_ko"] or "", values[f"{what}__name_en"] or "")


def _last_by(values: dict[str, Any]) -> str:
    """Who wrote last: requester, desk, or nobody yet."""
    if values["replied_at"] is None:
        return ""
    return "requester" if values["requester_waits"] else "desk"
