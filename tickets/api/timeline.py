"""A record's events as data: everything for those who read its notes, the outline for others."""

from typing import Any

from rest_framework.response import Response

from accounts.models import User
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import instant, person
from core.api.views import ApiView
from tickets import access
from tickets.enums import Verb
from tickets.models import Event, Ticket
from tickets.queries import outline

SORTS = Sorts("id", {"id": ("id",)})
COLUMNS = (
    "id", "at", "verb", "actor_id", "actor__display_name", "actor__roman_name", "channel",
    "comment_id", "changes", "data", "request_id",
)  # fmt: skip
OUTLINE_FIELDS = frozenset({"status", "team", "assignee"})


class Events(ApiView):
    parameters = PARAMETERS

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        all_of_it = access.can(request.user, "read_notes", ticket)
        found = Event.objects.filter(ticket=ticket)
        if not all_of_it:
            found = outline(found)
        return paged(
            request,
            found.values(*COLUMNS),
            SORTS,
            lambda rows: _shown(rows, request.user, all_of_it),
        )


def _shown(rows: list[Row], user: User, all_of_it: bool) -> list[dict[str, Any]]:
    known = _known_numbers(rows, user) if all_of_it else frozenset()
    return [_event(row, all_of_it, known) for row in rows]


def _event(row: Row, all_of_it: bool, known: frozenset[str]) -> dict[str, Any]:
    shown = {
        "id": row["id"],
        "at": instant(row["at"]),
        "verb": row["verb"],
        "label": str(Verb(row["verb"]).label),
        "actor": person(row, "actor"),
        "channel": row["channel"],
        "comment": row["comment_id"],
    }
    if not all_of_it:
        changes = {name: row["changes"][name] for name in OUTLINE_FIELDS & set(row["changes"])}
        return {**shown, "changes": changes, "data": {}}
    data = dict(row["data"])
    if "other" in data and data["other"] not in known:
        data.pop("other")  # linked to a record this reader may not know of
    return {**shown, "changes": row["changes"], "data": data, "request_id": row["request_id"]}


def _known_numbers(rows: list[Row], user: User) -> frozenset[str]:
    """The linked records' numbers that the reader may know; no query when there are none."""
    named = {row["data"]["other"] for row in rows if "other" in row["data"]}
    if not named:
        return frozenset()
    visible = Ticket.objects.visible_to(user).filter(number__in=named)
    return frozenset(visible.values_list("number", flat=True))
